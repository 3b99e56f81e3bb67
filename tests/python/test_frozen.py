"""A frozen build: published parameters score in SQL alone; what needs Python is carried over."""

import ast
import json
import re
import shutil

import duckdb
import pandas as pd
import pytest
from workspaces import PROJECT, Workspace, rewrite

SAMPLE = PROJECT / "seeds" / "inputs"
RELATIONSHIPS = {"enabled_inputs": ["card_relationships"]}
SEGMENTS = (
    *("--select", "+segmentations", "+segments", "+segment_members"),
    *("--exclude-resource-type", "test", "unit_test"),
)
# What fits and tests; a frozen build does without.
PACKAGES = ("sklearn", "scipy")
# What is said of the build itself and of the publication before it.
OF_THE_BUILD = {
    *("publication", "publication_checks", "published_tables", "segment_changes"),
    *("customer_segment_changes", "segment_drift"),
}
OF_THE_DECISION = {
    "segmentations": ["reason", "decision_reason", "is_fitted"],
    "segments": ["key_status"],
    "segment_registry": ["last_published_at"],
}


def tables(database):
    """Every published table as a frame, but for what is said of its build."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.sql("select table_name from duckdb_tables()").fetchall()
        frames = {name: connection.sql(f'from "{name}" order by all').df() for (name,) in names}
    return {
        name: frame.drop(columns=OF_THE_DECISION.get(name, []))
        for name, frame in frames.items()
        if name not in OF_THE_BUILD
    }


def change_published(workspace, *statements):
    """Change what is published, as an earlier build with other rules would have left it."""
    with duckdb.connect(str((workspace.published / "cards.duckdb").resolve())) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_rows_that_stand_for_the_fits_have_the_columns_of_the_fits():
    model = PROJECT / "python_models" / "segmentation" / "int_segmentations_fitted.py"
    types = next(
        node.value
        for node in ast.parse(model.read_text()).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "TYPES"
    )
    macro = (PROJECT / "macros" / "segments" / "fits.sql").read_text()
    assert re.findall(r"'(\w+)': ", macro) == list(ast.literal_eval(types))


def test_no_python_model_is_left(workspace):
    nodes = workspace.manifest({"refit": "frozen"}).nodes.values()
    assert {node.language for node in nodes if node.resource_type == "model"} == {"sql"}
    assert {
        node.language
        for node in workspace.manifest({}).nodes.values()
        if node.resource_type == "model"
    } == {"sql", "python"}


def test_without_a_publication_it_stops_in_one_sentence(workspace):
    run = workspace.dbt("build", refit="frozen")
    assert not run.succeeded
    assert (
        "A frozen build scores with what was published before, and nothing is published in "
        f"{workspace.published} yet: build once without refit: frozen, or name the folder of a "
        "publication in published_dir."
    ) in run.text
    assert not workspace.published.exists()


@pytest.mark.slow
def test_unchanged_data_give_the_same_publication(sample_build, tmp_path, monkeypatch):
    """From another warehouse, and where nothing that fits is installed."""
    workspace = Workspace(tmp_path)
    shutil.copytree(sample_build.published, workspace.published, symlinks=True)
    changed = "minimum_payers_of_all_are_most"
    change_published(
        workspace, f"update tested_claims set threshold = 0.4 where claim_key = '{changed}'"
    )
    for name in PACKAGES:
        (tmp_path / "blocked").mkdir(exist_ok=True)
        (tmp_path / "blocked" / f"{name}.py").write_text(f"raise ImportError('{name} is needed')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "blocked"))
    run = workspace.dbt_command("build", "--exclude-resource-type", "unit_test", refit="frozen")
    assert run.succeeded, run.output
    results = json.loads((tmp_path / "target" / "run_results.json").read_text())["results"]
    assert not {"int_segmentations_fitted", "int_claim_tests", "int_segment_validations"} & {
        result["unique_id"].split(".")[-1] for result in results
    }

    before = tables(sample_build.published / "cards.duckdb")
    after = tables(workspace.published / "cards.duckdb")
    claims = after["tested_claims"].set_index("claim_key")
    untested = claims.loc[changed]
    assert untested["verdict"] == "undecided" and pd.isna(untested["tested_at"])
    assert untested["reason"].startswith("Not tested: the build is frozen")
    for frames in (before, after):
        frames["tested_claims"] = frames["tested_claims"].query(f"claim_key != '{changed}'")
    assert before.keys() == after.keys()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(
            after[name].reset_index(drop=True), frame.reset_index(drop=True), obj=name
        )

    # what is carried over has its date, in the tables, at the end of the build and on the page
    date = claims["tested_at"].max().strftime("%Y-%m-%d")
    assert f"tested_claims: {len(claims) - 1} claims as they were tested on {date}" in run.text
    assert "tested_claims: 1 claims are not tested" in run.text
    assert f"segment_out_of_time_validation: as measured on {date}" in run.text
    page = (workspace.published / "report.html").read_text()
    assert f"Tested on {date}: the build was frozen" in page
    assert f"Measured on {date}: the build was frozen" in page


@pytest.fixture(scope="module")
def full_build(tmp_path_factory):
    """A folder with the relationships of the sample and what a full build made of them."""
    folder = tmp_path_factory.mktemp("full_build")
    (folder / "delivery").mkdir()
    shutil.copy(SAMPLE / "card_relationships.csv", folder / "delivery")
    run = Workspace(folder).dbt("build", **RELATIONSHIPS, input_dir=str(folder / "delivery"))
    assert run.succeeded, run.output
    return folder


@pytest.fixture
def frozen(full_build, tmp_path):
    """A copy of the full build, and a function that builds frozen in it."""
    shutil.copytree(full_build, tmp_path, symlinks=True, dirs_exist_ok=True)
    workspace = Workspace(tmp_path)

    def build(*arguments):
        delivery = str(tmp_path / "delivery")
        return workspace.dbt(
            "build", *arguments, **RELATIONSHIPS, input_dir=delivery, refit="frozen"
        )

    return workspace, build


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_new_customer_is_scored_with_published_parameters(frozen):
    workspace, build = frozen
    members = "select customer_id, segment_key, margin from {}segment_members order by all"
    before = workspace.query_published(members.format("")).set_index("customer_id")
    version = workspace.query_published("select model_version from segmentations").iloc[0, 0]
    twins = {}

    def add_customers(rows):
        known = {row[0]: row for row in rows}
        for key, group in before.groupby("segment_key"):
            twins[f"new_{key}"] = group.index[0]
        return [*rows, *([new, *known[old][1:]] for new, old in twins.items())]

    rewrite(workspace.folder / "delivery" / "card_relationships.csv", add_customers)
    run = build(*SEGMENTS)
    assert run.succeeded, run.output
    after = workspace.query(members.format("marts.")).set_index("customer_id")
    assert len(twins) == 3 and len(after) == len(before) + 3
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    for new, old in twins.items():
        assert after.loc[new].tolist() == before.loc[old].tolist()
    row = workspace.query("select * from marts.segmentations").iloc[0]
    assert (row["model_version"], row["decision_reason"]) == (
        version,
        "kept: the variable refit is frozen",
    )


@pytest.mark.exhaustive
@pytest.mark.slow
def test_segments_that_cannot_be_kept_end_the_build_in_one_sentence(frozen):
    workspace, build = frozen
    rewrite(
        workspace.folder / "delivery" / "card_relationships.csv",
        lambda rows: [[f"other_{row[0]}", *row[1:]] for row in rows],
    )
    run = build(*SEGMENTS)
    assert not run.succeeded
    assert (
        "A frozen build cannot keep the segments of relationship, for there is no published model "
        "of these customers: build without refit: frozen."
    ) in run.text


@pytest.mark.slow
def test_a_segmentation_that_was_not_published_stays_so(frozen):
    """Its scoreboard says why; nothing is fitted for it."""
    workspace, build = frozen
    change_published(
        workspace,
        "update segmentations set status = 'not_published', model_version = null",
    )
    run = build(*SEGMENTS)
    assert run.succeeded, run.output
    row = workspace.query("select * from marts.segmentations").iloc[0]
    assert row["status"] == "not_published" and not row["is_fitted"]
    assert row["reason"] == "not fitted: there is no published model of these customers"
    assert workspace.query("select * from marts.segment_members").empty
