"""Every analysis answers its question, from published tables alone."""

import json

import duckdb
import pytest
from workspaces import PROJECT, Workspace

ANALYSES = sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql"))
# Scores whatever relation one names; as an example, those that the feature model holds.
READS_MORE = {"score_new_customers": {"int_card_usage__features"}}


@pytest.fixture(scope="module")
def compiled(sample_build, tmp_path_factory):
    """The folder of the compiled analyses, and the manifest they were compiled from."""
    workspace = Workspace(tmp_path_factory.mktemp("analyses"))
    workspace.warehouse = sample_build.warehouse
    run = workspace.dbt("compile", "--select", "path:analyses")
    assert run.succeeded, run.output
    target = workspace.folder / "target"
    manifest = json.loads((target / "manifest.json").read_text())
    return target / "compiled" / "card_segments" / "analyses", manifest


@pytest.fixture(scope="module")
def readers_view(sample_build):
    """The published file, under the names that the compiled SQL uses."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as build")
        connection.execute("create schema build.marts")
        connection.execute("create schema build.intermediate")
        connection.execute(
            f"attach '{sample_build.published / 'cards.duckdb'}' as cards (read_only)"
        )
        connection.execute(f"attach '{sample_build.warehouse}' as warehouse (read_only)")
        tables = connection.sql(
            "select table_name from duckdb_tables() where database_name = 'cards'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f'create view build.marts."{table}" as from cards.main."{table}"')
        for table in set().union(*READS_MORE.values()):
            connection.execute(
                f'create view build.intermediate."{table}" as from warehouse.intermediate."{table}"'
            )
        yield connection


def test_every_analysis_is_described_and_states_its_question(compiled):
    _, manifest = compiled
    nodes = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "analysis"
    }
    assert set(nodes) == set(ANALYSES)
    for name, node in nodes.items():
        first = (PROJECT / "analyses" / f"{name}.sql").read_text().splitlines()[0]
        assert first.startswith("-- ") and first.endswith("?"), name
        assert node["description"], name


def test_analyses_read_published_tables_only(compiled):
    _, manifest = compiled
    for node in manifest["nodes"].values():
        if node["resource_type"] == "analysis":
            read = [manifest["nodes"][parent] for parent in node["depends_on"]["nodes"]]
            others = {parent["name"] for parent in read if parent["fqn"][1] != "marts"}
            assert others <= READS_MORE.get(node["name"], set()), node["name"]


@pytest.mark.parametrize("name", ANALYSES)
def test_analysis_has_an_answer(compiled, readers_view, name):
    folder, _ = compiled
    statement = (folder / f"{name}.sql").read_text()
    answer = readers_view.sql(statement).df()
    assert len(answer) > 0
    # a column that is empty throughout would be a question left open
    empty = [column for column in answer.columns if answer[column].isna().all()]
    assert not empty
