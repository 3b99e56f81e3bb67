"""Any combination of the inputs can be built, and the catalogue says what is absent and why."""

import itertools
import json
import re

import pytest
import yaml
from jinja2 import Template
from workspaces import (
    INPUTS,
    PROJECT,
    RAW_INPUTS,
    Workspace,
    asks_for_inputs,
    declared_inputs,
    published_tables,
    tables_of_events,
)

COMBINATIONS = [
    set(chosen)
    for size in range(1, len(INPUTS) + 1)
    for chosen in itertools.combinations(INPUTS, size)
]
FOLDERS = ("models", "python_models", "seeds", "snapshots", "tests/data_tests", "analyses")
NAMED_INPUT = re.compile(r"'(\w+)' in var\('enabled_inputs'\)")
REFERENCE = re.compile(r"ref\('(\w+)'\)")


def condition(described):
    """The inputs that a YAML entry needs; of the tables, every condition is a conjunction."""
    enabled = str((described.get("config") or {}).get("enabled", "")).replace(" | as_bool", "")
    if not enabled:
        return frozenset()
    holds = [
        one
        for one in COMBINATIONS
        if Template(enabled).render(var={"enabled_inputs": one}.get) == "True"
    ]
    if not holds:
        # with a bank's events only
        return frozenset(NAMED_INPUT.findall(enabled))
    needed = frozenset.intersection(*map(frozenset, holds))
    assert holds == [one for one in COMBINATIONS if needed <= one], described["name"]
    return needed


def referred_to(exposure, enabled):
    """The models that an exposure depends on with some inputs enabled."""
    return {
        name
        for entry in exposure["depends_on"]
        for name in REFERENCE.findall(Template(entry).render(var={"enabled_inputs": enabled}.get))
    }


@pytest.fixture(scope="module")
def conditions():
    """(resource type, name) -> the inputs it needs, as its SQL or its YAML says."""
    found = {
        (resource, path.stem): declared_inputs(path.read_text(encoding="utf-8"))
        for resource, folder in (("model", "models"), ("analysis", "analyses"))
        for path in (PROJECT / folder).rglob("*.sql")
    }
    for path in itertools.chain.from_iterable((PROJECT / one).rglob("*.yml") for one in FOLDERS):
        for kind, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for entry in entries if isinstance(entries, list) and kind != "anchors" else []:
                resource = "analysis" if kind == "analyses" else kind.removesuffix("s")
                key = (resource.removeprefix("data_"), entry["name"])
                found[key] = found.get(key, frozenset()) | condition(entry)
    return found


def test_nothing_enabled_needs_what_is_disabled(manifest, conditions):
    """All 31 combinations. Models that ask are parsed with the smallest combinations instead.

    Such models refer to what a conjunction of inputs allows. A combination in which they fail
    therefore has a smallest one in which they fail as well: a single input, or customers and
    spends. Those are parsed by the builds below and in test_publication, test_identity and
    test_own_segmentation.
    """
    kinds = ("nodes", "metrics", "semantic_models")
    nodes = {key: node for kind in kinds for key, node in manifest[kind].items()}

    def needed(key):
        return conditions.get((nodes[key]["resource_type"], nodes[key]["name"]), frozenset())

    edges = [
        (key, parent)
        for key, node in nodes.items()
        # dbt leaves out a test of something that is switched off
        if node["resource_type"] != "test" and not asks_for_inputs(manifest, node)
        for parent in node["depends_on"].get("nodes", [])
    ]
    assert len(edges) > 200
    for enabled in COMBINATIONS:
        broken = [
            (child, parent)
            for child, parent in edges
            if needed(child) <= enabled and not needed(parent) <= enabled
        ]
        assert not broken, sorted(enabled)


def test_unit_tests_give_rows_of_what_there_is(manifest, conditions):
    """A unit test is there where its model is, so it may not give rows of what then may be off."""
    wrong = {
        test["name"]: given["input"]
        for test in manifest["unit_tests"].values()
        for given in test["given"]
        for name in REFERENCE.findall(given["input"])
        if not conditions.get(("model", name), frozenset())
        <= conditions["unit_test", test["name"]] | conditions["model", test["model"]]
    }
    assert not wrong


def test_exposures_refer_to_what_there_is(conditions):
    """With any combination to all that is there, and to nothing that is switched off."""
    exposures = yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text())["exposures"]
    assert len(exposures) >= 5
    for exposure in exposures:
        all_models = referred_to(exposure, set(INPUTS))
        for enabled in COMBINATIONS:
            there = {name for name in all_models if conditions["model", name] <= enabled}
            assert referred_to(exposure, enabled) == there, (exposure["name"], enabled)


@pytest.mark.slow
@pytest.mark.parametrize("enabled", [("card_relationships",), ("spends", "credit_profiles")])
def test_nothing_warns_of_what_is_switched_off(tmp_path, enabled):
    workspace = Workspace(tmp_path)
    run = workspace.parse_strictly(enabled_inputs=list(enabled))
    assert run.succeeded, run.output
    manifest = json.loads((workspace.folder / "target" / "manifest.json").read_text())
    assert len(manifest["exposures"]) >= 4
    for exposure in manifest["exposures"].values():
        assert set(exposure["depends_on"]["nodes"]) <= set(manifest["nodes"])


# one that feeds no segmentation, one that does, and two that have nothing to do with each other
@pytest.fixture(
    scope="module",
    params=[
        ("spends",),
        *(
            # test_own_data builds the first as well
            pytest.param(inputs, marks=(pytest.mark.slow, pytest.mark.exhaustive))
            for inputs in [("card_usage",), ("spends", "credit_profiles")]
        ),
    ],
    ids=str,
)
def subset(request, tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("subset"))
    run = workspace.dbt("build", enabled_inputs=list(request.param))
    assert run.succeeded, run.output
    return workspace, set(request.param)


def test_a_subset_publishes_what_it_can_feed_and_says_what_is_absent(subset, conditions):
    workspace, enabled = subset
    published = {
        name: conditions["model", name] for name in [*published_tables(), "published_tables"]
    }
    there = {name for name, needed in published.items() if needed <= enabled}
    files = {path.stem for path in (workspace.published / "parquet").glob("*.parquet")}
    assert files == there | {"publication"}

    catalogue = workspace.query_published("from published_tables").set_index("table_name")
    for name, row in catalogue.iterrows():
        missing = published[name] - enabled
        assert row["status"] == ("absent" if missing else "published"), name
        if missing:
            assert row["absent_because"].startswith("needs the input "), name
            words = set(re.findall(r"\w+", row["absent_because"]))
            instead = {raw for one in missing for raw in tables_of_events().get(one, [])}
            assert words & {*INPUTS, *RAW_INPUTS} == missing | instead, name
    assert set(catalogue.index) == set(published) - {"published_tables"}
    assert (
        set(
            workspace.query_published("select distinct input_name from input_quality")["input_name"]
        )
        == enabled
    )


@pytest.mark.exhaustive
@pytest.mark.slow
def test_unit_tests_pass_with_a_subset(subset):
    workspace, enabled = subset
    run = workspace.dbt_command(
        "test", "--select", "test_type:unit", enabled_inputs=sorted(enabled)
    )
    assert run.succeeded, run.output
    assert "PASS=0" not in run.text
