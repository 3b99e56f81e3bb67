"""What holds of the project as a whole, read from its manifest."""

import json
import re

import pytest
import yaml
from workspaces import INPUTS, PROJECT, Workspace, published_tables

PREFIXES = {
    "staging": r"stg_\w+__\w+|input_(rows|repairs|rejects)",
    "intermediate": r"int_\w+",
    "marts": r"(dim|fct|rpt)_\w+",
    "segments": r"int_\w+",
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("parsed"))
    run = workspace.dbt("parse")
    assert run.succeeded, run.output
    return json.loads((workspace.folder / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest):
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def ancestors(manifest, unique_id):
    found, waiting = set(), [unique_id]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def test_every_test_stands_before_publication(manifest):
    """dbt runs a test before a model only if all that it looks at is upstream of the model."""
    upstream = ancestors(manifest, "model.card_segments.publication")
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(tests) > 100
    late = {
        node["name"]: sorted(set(node["depends_on"]["nodes"]) - upstream)
        for node in tests
        if not set(node["depends_on"]["nodes"]) <= upstream
    }
    assert not late


def test_everything_stands_before_publication(manifest, models):
    upstream = ancestors(manifest, "model.card_segments.publication")
    built = {
        node["unique_id"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }
    # the history is taken of what was published, so it comes after
    assert built - upstream == {
        "model.card_segments.publication",
        "snapshot.card_segments.segment_members_history",
    }


def test_published_figures_come_from_inputs(manifest, models):
    """The lineage of a published table holds the inputs that it is said to need, or all of them."""
    names = {node["unique_id"]: node["name"] for node in manifest["nodes"].values()}
    for node in models:
        if node["fqn"][1] != "published":
            continue
        above = {names.get(one) for one in ancestors(manifest, node["unique_id"])}
        needed = published_tables().get(node["name"]) or list(INPUTS)
        assert set(needed) <= above, node["name"]


def test_every_seed_reaches_a_published_table(manifest, models):
    published = [node["unique_id"] for node in models if node["fqn"][1] == "published"]
    reached = set().union(*(ancestors(manifest, one) for one in published))
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


def test_models_are_named_after_their_layer(models):
    misnamed = [
        node["name"]
        for node in models
        if not re.fullmatch(PREFIXES.get(node["fqn"][1], r"\w+"), node["name"])
    ]
    assert not misnamed


def test_published_models_are_contracts(models):
    published = [node for node in models if node["fqn"][1] == "published"]
    assert len(published) >= 13
    for node in published:
        assert node["contract"]["enforced"], node["name"]
        assert node["access"] == "public", node["name"]
        assert node["group"], node["name"]


def test_macros_are_described(manifest):
    undescribed = [
        macro["name"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "card_segments"
        and not macro["description"]
        and not macro["name"].startswith(("materialization_", "test_"))
    ]
    assert not undescribed


def test_no_package_is_downloaded():
    assert not (PROJECT / "packages.yml").exists()
    assert not (PROJECT / "dependencies.yml").exists()


def test_locks_have_hashes_and_no_address():
    for lock in PROJECT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text, lock
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        assert len(pinned) > 0
        assert text.count("--hash=sha256:") >= len(pinned), lock


def test_versions_agree():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["version"]
    assert f'version = "{project}"' in (PROJECT / "pyproject.toml").read_text()
    assert f"## {project}" in (PROJECT / "CHANGELOG.md").read_text()
