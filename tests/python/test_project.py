"""What holds of the project as a whole, read from its manifest."""

import json
import re

import duckdb
import pytest
import yaml
from jinja2 import Template
from workspaces import INPUTS, PROJECT, published_tables

# Where each row of an input came from; no part of the contract.
ADDED_BY_THE_LOADER = {"source_file", "source_row", "source_fault"}


@pytest.fixture(scope="module")
def models(manifest):
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


@pytest.fixture(scope="module")
def public(models):
    """The ids of the public models."""
    found = {node["unique_id"] for node in models if node["config"]["access"] == "public"}
    assert len(found) > 30
    return found


def ancestors(manifest, unique_id):
    found, waiting = set(), [unique_id]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


@pytest.mark.parametrize(
    ("selected", "tested"),
    [("+monthly_spend", "int_spend_cells_summed"), ("monthly_spend", "monthly_spend")],
)
def test_tests_of_a_part_look_at_nothing_else(workspace, manifest, selected, tested):
    """Or the part, built in an empty warehouse, ends red; what it is made from is there."""
    keys = ("--output-keys", "unique_id", "resource_type", "depends_on")
    run = workspace.dbt("--quiet", "ls", "--select", selected, "--output", "json", *keys)
    nodes = [json.loads(line) for line in run.output.splitlines() if line.startswith("{")]
    tests = [one for one in nodes if one["resource_type"] == "test"]
    there = {one["unique_id"] for one in nodes if one not in tests}
    there |= set().union(*(ancestors(manifest, one) for one in there))
    looked_at = {parent for one in tests for parent in one["depends_on"]["nodes"]}
    assert looked_at <= there, sorted(looked_at - there)
    assert f"model.card_segments.{tested}" in looked_at


def test_published_figures_come_from_inputs(manifest, public):
    """The lineage of a published table holds the inputs that it is said to need, or all of them."""
    names = {node["unique_id"]: node["name"] for node in manifest["nodes"].values()}
    for one in public:
        above = {names.get(parent) for parent in ancestors(manifest, one)}
        needed = published_tables().get(names[one]) or list(INPUTS)
        assert set(needed) <= above, one


def test_every_seed_reaches_a_published_table(manifest, public):
    reached = set().union(*(ancestors(manifest, one) for one in public))
    seeds = {one for one in manifest["nodes"] if one.startswith("seed.")}
    assert not seeds - reached


def test_every_model_states_its_grain(models):
    without = [node["name"] for node in models if not node["description"].startswith("One row")]
    assert not without


def test_descriptions_say_more_than_the_name(manifest):
    def words(text):
        return set(re.findall(r"[a-z]+", text.lower()))

    empty = [
        f"{node['name']}.{name}"
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        for name, column in node["columns"].items()
        if not words(column["description"]) - words(name) - {"the", "of", "a", "an"}
    ]
    assert not empty


def test_everything_is_described(manifest):
    kinds = ("nodes", "exposures", "metrics", "semantic_models", "unit_tests", "groups")
    described = [one for kind in kinds for one in manifest[kind].values()]
    # hooks are nodes too, but dbt has no place for their descriptions
    described = [one for one in described if one.get("resource_type") != "operation"]
    assert len(described) > 700
    assert not [one["name"] for one in described if not (one["description"] or "").strip()]


def test_every_column_is_described(manifest, sample_build):
    """Of models, seeds and snapshots, and none is left out of the YAML."""
    nodes = {
        node["relation_name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }
    there = sample_build.query(
        """
        select
            format('"{}"."{}"."{}"', database_name, schema_name, table_name) as relation_name,
            lower(column_name) as column_name
        from duckdb_columns() where not internal
        """
    )
    found = there.groupby("relation_name")["column_name"].agg(set)
    for relation_name, node in nodes.items():
        columns = {name.lower(): one["description"] for name, one in node["columns"].items()}
        assert all(columns.values()), node["name"]
        added = ADDED_BY_THE_LOADER if node["fqn"][1] == "inputs" else set()
        assert found[relation_name] - added == set(columns), node["name"]


def test_parts_of_semantic_models_are_described(manifest):
    parts = [
        (model["name"], part["name"], part["description"])
        for model in manifest["semantic_models"].values()
        for kind in ("entities", "dimensions", "measures")
        for part in model[kind]
    ]
    assert len(parts) > 40
    assert not [one for one in parts if not one[2]]


def test_everything_that_can_have_a_group_has_one(manifest):
    kinds = ("nodes", "metrics", "semantic_models")
    owned = [one for kind in kinds for one in manifest[kind].values()]
    assert not [one["name"] for one in owned if not one["config"].get("group")]
    assert all(
        group["owner"]["name"] and group["owner"]["email"] for group in manifest["groups"].values()
    )


def test_exposures_say_what_they_are_and_whose(manifest, public):
    exposures = list(manifest["exposures"].values())
    assert {"report_page", "bi_dashboards", "customer_scoring"} <= {
        one["name"] for one in exposures
    }
    for exposure in exposures:
        assert exposure["label"] and exposure["maturity"], exposure["name"]
        assert exposure["owner"]["name"] and exposure["owner"]["email"], exposure["name"]
        parents = set(exposure["depends_on"]["nodes"])
        # readers see what was published, and nothing else
        assert parents and parents <= public, exposure["name"]


def test_the_report_reads_what_its_exposure_says(manifest):
    sources = (PROJECT / "card_segments" / "report").glob("*.py")
    # the pictures and dbt docs are not the report
    code = "".join(one.read_text() for one in sources if one.stem not in ("pictures", "dbt_docs"))
    read = {
        name
        for name in [*published_tables(), "published_tables"]
        if re.search(rf'\b(from|join)\s+{name}\b|"{name}"', code)
    }
    exposure = manifest["exposures"]["exposure.card_segments.report_page"]
    assert {one.split(".")[-1] for one in exposure["depends_on"]["nodes"]} == read


def test_every_published_table_is_read_by_someone(manifest, public):
    read = {
        one
        for exposure in manifest["exposures"].values()
        for one in exposure["depends_on"]["nodes"]
    }
    assert not public - read


def test_layers_have_colours_of_their_own(manifest):
    colours = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed", "snapshot"):
            # whatever is Python is one layer to the reader
            layer = "python" if node.get("language") == "python" else node["fqn"][1]
            colours.setdefault(layer, set()).add(node["docs"]["node_color"])
    assert all(len(used) == 1 and None not in used for used in colours.values()), colours
    assert len(set().union(*colours.values())) == len(colours) == 7


def test_macros_are_described(manifest):
    undescribed = [
        macro["name"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "card_segments"
        and not macro["description"]
        # the variants for an engine are described where they are chosen
        and not macro["name"].startswith(("materialization_", "test_", "default__", "spark__"))
    ]
    assert not undescribed


def test_no_package_is_downloaded():
    assert not (PROJECT / "packages.yml").exists()
    assert not (PROJECT / "dependencies.yml").exists()


def test_locks_have_hashes_and_no_address():
    locks = list((PROJECT / "requirements").glob("*.lock"))
    assert len(locks) >= 7
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        assert len(pinned) > 0
        assert text.count("--hash=sha256:") >= len(pinned), lock


def test_versions_agree():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["version"]
    assert f'version = "{project}"' in (PROJECT / "pyproject.toml").read_text()
    assert f"## {project}" in (PROJECT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    ("keys", "faults"),
    [
        ("(1), (2)", []),
        ("(1)", [("only in the spine", 2)]),
        ("(1), (2), (3)", [("only in the model", 3)]),
        ("(1), (2), (2)", [("twice in the model", 2)]),
    ],
)
def test_the_keys_of_a_model_are_those_of_its_spine_each_once(manifest, keys, faults):
    macro = manifest["macros"]["macro.card_segments.test_same_keys_as"]["macro_sql"]
    query = Template(macro.partition("%}")[2].rpartition("{%")[0]).render(
        model=f"(values {keys}) as model (key)",
        to="(values (1), (2), (2)) as spine (key)",
        columns=["key"],
    )
    assert duckdb.sql(query).fetchall() == faults
