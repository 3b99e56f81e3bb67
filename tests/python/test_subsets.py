"""Any combination of the inputs can be built, and the catalogue says what is absent and why."""

import itertools
import json
import re

import pytest
import yaml
from workspaces import INPUTS, PROJECT, Workspace

COMBINATIONS = [
    set(chosen)
    for size in range(1, len(INPUTS) + 1)
    for chosen in itertools.combinations(INPUTS, size)
]
FOLDERS = ("models", "python_models", "seeds", "snapshots", "tests/data_tests", "analyses")
# What a model asks that loops over whatever the enabled inputs can feed.
QUESTIONS = {
    f"macro.card_segments.{name}"
    for name in ("missing_inputs", "has_inputs", "active_segmentations")
}
NAMED_INPUT = re.compile(r"'(\w+)' in var\('enabled_inputs'\)")
REFERENCE = re.compile(r"ref\('(\w+)'\)")


def condition(described):
    """The inputs that a YAML entry needs; every condition is a conjunction of inputs."""
    enabled = str((described.get("config") or {}).get("enabled", ""))
    needed = NAMED_INPUT.findall(enabled)
    expected = " and ".join(f"'{name}' in var('enabled_inputs')" for name in needed)
    assert enabled == (f"{{{{ ({expected}) | as_bool }}}}" if needed else ""), described["name"]
    return frozenset(needed)


def generic_tests(model):
    """Column (None: the whole model), kind and condition of each generic test in a YAML entry."""
    for column in [{"name": None, **model, "columns": []}, *model.get("columns", [])]:
        name = column["name"] if column["name"] != model["name"] else None
        for test in column.get("data_tests") or []:
            kind, settings = (test, {}) if isinstance(test, str) else next(iter(test.items()))
            yield (name, kind), condition({"name": kind, **(settings or {})})


def conditional_references(exposure):
    """(name of a model, condition) for each model that an exposure depends on."""
    for entry in exposure.get("depends_on", []):
        named, _, asked = entry.partition(" if ")
        needed = NAMED_INPUT.findall(asked)
        expected = " and ".join(f"'{name}' in var('enabled_inputs')" for name in needed)
        assert not asked or asked == f"({expected}) else 'none' }}}}", exposure["name"]
        yield from ((name, frozenset(needed)) for name in REFERENCE.findall(named))


@pytest.fixture(scope="module")
def conditions():
    """(resource type, name) -> the inputs that the entry needs."""
    found = {}
    for path in itertools.chain.from_iterable((PROJECT / one).rglob("*.yml") for one in FOLDERS):
        for kind, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for entry in entries if isinstance(entries, list) else []:
                resource = "analysis" if kind == "analyses" else kind.removesuffix("s")
                found[resource.removeprefix("data_"), entry["name"]] = condition(entry)
                for name, needed in conditional_references(entry):
                    found["exposure", entry["name"], name] = needed
                for (column, test), needed in generic_tests(entry):
                    key = ("test", entry["name"], column, test)
                    found[key] = found.get(key, needed) & needed
    return found


@pytest.fixture(scope="module")
def manifest(sample_manifest):
    return sample_manifest


def asks(manifest, node):
    """Whether what a node refers to depends on the inputs that are enabled."""
    waiting, seen = list(node["depends_on"].get("macros", [])), set()
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            waiting += manifest["macros"].get(name, {"depends_on": {"macros": []}})["depends_on"][
                "macros"
            ]
    return bool(seen & QUESTIONS)


def test_nothing_enabled_needs_what_is_disabled(manifest, conditions):
    """All 31 combinations. Models that ask are parsed with the smallest combinations instead.

    Such models refer to what a conjunction of inputs allows. A combination in which they fail
    therefore has a smallest one in which they fail as well: a single input, or customers and
    spends. Those are parsed by the builds below and in test_publication, test_identity and
    test_own_segmentation.
    """
    kinds = ("nodes", "metrics", "semantic_models", "unit_tests")
    nodes = {key: node for kind in kinds for key, node in manifest[kind].items()}

    def needed(key):
        node = nodes[key]
        own = conditions.get((node["resource_type"], node["name"]), frozenset())
        attached = node.get("attached_node")
        if not attached:
            return own
        column = node.get("column_name")
        key = ("test", nodes[attached]["name"], column, node["test_metadata"]["name"])
        return needed(attached) | conditions.get(key, frozenset())

    edges = [
        (key, parent)
        for key, node in nodes.items()
        if not asks(manifest, node)
        for parent in node["depends_on"].get("nodes", [])
    ]
    assert len(edges) > 1000
    for enabled in COMBINATIONS:
        broken = [
            (child, parent)
            for child, parent in edges
            if needed(child) <= enabled and not needed(parent) <= enabled
        ]
        assert not broken, sorted(enabled)


def test_exposures_refer_to_what_there_is(manifest, conditions):
    """A reference stands under the condition of the model that it is to, no more and no less."""
    references = {key[1:]: needed for key, needed in conditions.items() if key[0] == "exposure"}
    references = {key: needed for key, needed in references.items() if len(key) == 2}
    assert {exposure for exposure, _ in references} == {
        exposure["name"] for exposure in manifest["exposures"].values()
    }
    for (exposure, name), needed in references.items():
        assert needed == conditions["model", name], (exposure, name)


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
    scope="module", params=[("spends",), ("card_usage",), ("spends", "credit_profiles")], ids=str
)
def subset(request, tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("subset"))
    workspace.has_unit_tests = False
    run = workspace.dbt("build", enabled_inputs=list(request.param))
    assert run.succeeded, run.output
    return workspace, set(request.param)


def test_a_subset_publishes_what_it_can_feed_and_says_what_is_absent(subset, conditions):
    workspace, enabled = subset
    published = {
        path.stem: conditions["model", path.stem]
        for path in (PROJECT / "models" / "published").rglob("*.sql")
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
            assert set(re.findall(r"\w+", row["absent_because"])) & set(INPUTS) == missing, name
    assert set(catalogue.index) == set(published) - {"published_tables"}
    assert (
        set(
            workspace.query_published("select distinct input_name from input_quality")["input_name"]
        )
        == enabled
    )
