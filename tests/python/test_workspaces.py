"""Running dbt with what was parsed before gives what its command line gives."""

import json

import pytest
from workspaces import PROJECT, RUNTIME_VARIABLES, Workspace, copy_project

# Other values than those of dbt_project.yml.
CHANGED = {
    "accept_changes": ["rows_dropped"],
    "column_names": {"card_usage": {"balance": "saldo"}},
    "contact_period_months": 6,
    "decimal_mark": ",",
    "input_dir": "somewhere",
    "input_relations": {"customers": "gone.customers"},
    "inputs": {"customers": "gone.csv"},
    "maximum_recommendations": 3,
    "maximum_reject_share": 0.5,
    "minimum_recommendations": 1,
    "published_dir": "elsewhere",
    "same_customers": ["spending", "repayment"],
    "spends_year": 2001,
    "staffing_customers": None,
    "time_zone": "Asia/Tokyo",
    "trusted_columns": {"customers": ["customer_id"]},
}
KINDS = ("nodes", "unit_tests", "metrics", "semantic_models", "saved_queries", "exposures")
# When and how often it was parsed, and what compiling adds.
PASSING = {"created_at", "compiled", "compiled_code", "compiled_path", "extra_ctes"}
PASSING |= {"build_path", "extra_ctes_injected", "relation_name", "contract", "deferred"}


def parsed(workspace):
    """Everything that parsing found, but for what it says of the parsing itself."""
    manifest = json.loads((workspace.folder / "target" / "manifest.json").read_text())
    for node in manifest["nodes"].values():
        # which macros were called serves to choose nodes by what changed
        node.get("depends_on", {}).pop("macros", None)
    return {
        key: {name: value for name, value in node.items() if name not in PASSING}
        for kind in KINDS
        for key, node in manifest[kind].items()
    }


@pytest.mark.exhaustive
@pytest.mark.slow
def test_parsing_reads_no_variable_that_is_said_to_matter_for_running_only(tmp_path):
    assert set(CHANGED) == RUNTIME_VARIABLES
    workspace = Workspace(tmp_path)
    found = []
    for variables in ({}, CHANGED):
        run = workspace.dbt("parse", "--no-partial-parse", **variables)
        assert run.succeeded, run.output
        found.append(parsed(workspace))
    before, after = found
    assert before.keys() == after.keys()
    assert len(before) > 700
    different = [
        (key, name)
        for key, node in before.items()
        for name in node
        if node[name] != after[key][name]
    ]
    assert not different


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_changed_file_is_parsed_again_and_only_for_its_copy(tmp_path):
    copy = copy_project(tmp_path / "card_segments")

    def compiled(project, folder):
        workspace = Workspace(tmp_path / folder, project)
        run = workspace.dbt("compile", "--select", "stg_customers__customers")
        assert run.succeeded, run.output
        return next(
            (workspace.folder / "target" / "compiled").rglob("stg_customers__customers.sql")
        ).read_text()

    before = compiled(copy, "before")
    path = next((copy / "models").rglob("stg_customers__customers.sql"))
    path.write_text("-- a change\n" + path.read_text())
    assert compiled(copy, "after") == "-- a change\n" + before
    assert compiled(PROJECT, "project") == before
