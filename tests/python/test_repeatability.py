"""The same customers give the same tables, whatever the order, the files and the machine."""

import os

import duckdb
import pandas as pd
import pytest
import yaml
from banks import sampled_bank
from forms import write_csv, write_parquet, write_parts, write_texts, write_typed
from workspaces import INPUTS, PROJECT, Workspace, skip_or_fail

STAGING = ("build", "--select", "+path:models/staging", "--exclude-resource-type", "test")


def staged(workspace):
    """The rows of every staging model, ordered, without the files they are from."""
    tables = workspace.query(
        "select table_name from information_schema.tables where table_name like 'stg_%'"
    )
    return {
        name: workspace.query(f"select * exclude (source_file) from staging.{name} order by all")
        for name in sorted(tables["table_name"])
    }


@pytest.fixture(scope="module")
def staged_bank(tmp_path_factory):
    """A bank of 150 customers, up to its staging models."""
    folder = tmp_path_factory.mktemp("staged")
    workspace = Workspace(folder)
    run = workspace.dbt(*STAGING, inputs=sampled_bank(folder / "inputs", 1, 150))
    assert run.succeeded, run.output
    return workspace


def settings(folder, **values):
    """Options with which dbt opens DuckDB with other settings."""
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text())
    output = profiles["card_segments"]["outputs"]["dev"]
    output["settings"].update(values)
    output["module_paths"] = [str(PROJECT)]
    folder.mkdir()
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return "--profiles-dir", str(folder)


FORMS = {"files": [write_csv, write_parts], "Parquet": [write_parquet]}


@pytest.mark.parametrize(
    "form",
    [pytest.param("typed Parquet", marks=pytest.mark.slow), *FORMS],
)
def test_no_value_depends_on_the_form_of_the_files(form, staged_bank, workspace, tmp_path):
    folder, options, variables = tmp_path / "inputs", (), {}
    if form in FORMS:
        write_texts(staged_bank.warehouse, folder, FORMS[form])
    else:
        write_typed(staged_bank.warehouse, folder)
        options = settings(tmp_path / "profiles", TimeZone="America/New_York")
        # it is about texts, and here there are none with numbers in them
        variables["decimal_mark"] = ","
    run = workspace.dbt(*STAGING, *options, input_dir=str(folder), **variables)
    assert run.succeeded, run.output
    found, expected = staged(workspace), staged(staged_bank)
    assert len(found) == len(INPUTS)
    for name, rows in expected.items():
        assert found[name].equals(rows), name


def published_bytes(workspace):
    """The Parquet file of each published table; of those with times or files in them, the rest."""
    folder = workspace.published / "parquet" / "."
    return {
        path.stem: rest_of(path).df().to_csv() if path.stem in APART else path.read_bytes()
        for path in sorted(folder.glob("*.parquet"))
        if path.stem != "publication"
    }


def rest_of(path):
    """A table without what differs on purpose."""
    columns = APART.get(path.stem, "*")
    return duckdb.sql(f"select {columns} from '{path}' group by all order by all")


# What a table says of times and of files; the list of tables counts the rows of input_quality.
APART = {
    "segmentations": "* exclude (fitted_at)",
    "segment_out_of_time_validation": "* exclude (validated_at)",
    "tested_claims": "* exclude (tested_at)",
    "segment_registry": "* exclude (first_published_at, last_published_at)",
    "input_quality": "columns(* exclude (source_file, measured)), sum(measured)",
    "published_tables": (
        "* replace (case when table_name <> 'input_quality' then table_rows end as table_rows)"
    ),
}

# What is said of the publication before.
COMPARED = {
    *("publication_checks", "published_tables"),
    *("segment_changes", "segment_drift", "segmentations", "segments"),
    "customer_segment_changes",
}


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("run", range(int(os.environ.get("REPEATS", "1"))))
def test_no_published_byte_depends_on_order_files_threads_or_time_zone(
    run, sample_build, tmp_path, monkeypatch
):
    """The shared build, against shuffled rows in files of three kinds, on one thread.

    REPEATS says how often: at 4 every input was in every kind of file, on one thread and on four.
    """
    threads = [1, 4][run % 2]
    if run % 4 == 3:
        write_typed(sample_build.warehouse, tmp_path / "inputs")
        # what had to be repaired and rejected is not in typed files
        apart = {"input_quality"}
    else:
        forms = [write_parts, write_csv, write_parquet]
        forms = forms[run % 4 :] + forms[: run % 4]
        write_texts(sample_build.warehouse, tmp_path / "inputs", forms, seed=run)
        apart = set()
    monkeypatch.setenv("TZ", "America/New_York")
    workspace = Workspace(tmp_path)
    built = workspace.dbt_command(
        *("build", "--exclude-resource-type", "unit_test", "--threads", str(threads)),
        *settings(tmp_path / "profiles", threads=threads),
        input_dir=str(tmp_path / "inputs"),
    )
    assert built.succeeded, built.output
    found, expected = published_bytes(workspace), published_bytes(sample_build)
    assert len(expected) > 30
    assert {name for name in expected if found.get(name) != expected[name]} <= apart


@pytest.mark.exhaustive
@pytest.mark.slow
def test_building_again_changes_nothing_but_times(workspace, tmp_path):
    """The second build compares itself with the first; the third says what the second said."""
    path = sampled_bank(tmp_path / "inputs", 1, 150)["card_relationships"]
    found = []
    for _ in range(3):
        run = workspace.dbt(
            "build",
            inputs={"card_relationships": path},
            enabled_inputs=["card_relationships"],
        )
        assert run.succeeded, run.output
        found.append(published_bytes(workspace))
    first, second, third = found
    assert {name for name in first if second[name] != first[name]} <= COMPARED
    assert third == second


def newest(*folders):
    """When a file in one of the project's folders was last written."""
    files = (path for folder in folders for path in (PROJECT / folder).rglob("*.*"))
    return max(path.stat().st_mtime for path in files if path.suffix != ".pyc")


@pytest.mark.slow
def test_duckdb_2_publishes_the_same_numbers(sample_build):
    """Texts and whole numbers alike, others but for the last of their sixteen digits."""
    database = PROJECT / "target" / "duckdb2" / "published" / "cards.duckdb"
    sources = ("models", "python_models", "macros", "seeds", "card_segments")
    if not database.exists() or database.stat().st_mtime < newest(*sources):
        skip_or_fail("nothing of these files is built on DuckDB 2.0 (make test-duckdb2)")
    paths = sorted((sample_build.published / "parquet" / ".").glob("*.parquet"))
    assert len(paths) > 30
    for path in paths:
        if path.stem != "publication":
            ours, theirs = rest_of(path), rest_of(database.parent / "parquet" / path.name)
            pd.testing.assert_frame_equal(
                ours.df(), theirs.df(), rtol=1e-13, atol=1e-15, obj=path.stem
            )
