"""The walk-through of docs/own_segmentation.md, followed word for word."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from workspaces import PROJECT, REAL_FILES, Workspace, copy_project


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A copy of the project with the files that the page tells to save, and its variables."""
    copy = copy_project(tmp_path_factory.mktemp("own") / "card_segments")
    page = (PROJECT / "docs" / "own_segmentation.md").read_text()
    blocks = re.findall(r"^`(models/\S+)`\n\n```\w+\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    for path, text in blocks:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)
    variables = re.search(r"^```yaml\n(segmentations: .*?)^```", page, re.DOTALL | re.MULTILINE)
    return copy, yaml.safe_load(variables.group(1))


def build(followed, folder, **more):
    copy, variables = followed
    workspace = Workspace(folder, copy)
    run = workspace.dbt("build", enabled_inputs=["customers", "spends"], **variables, **more)
    assert run.succeeded, run.output
    return workspace


@pytest.mark.slow
def test_a_further_segmentation_needs_no_python(followed, tmp_path):
    copy, _ = followed
    before = {path.name for path in (PROJECT / "python_models").rglob("*.py")}
    assert {path.name for path in (copy / "python_models").rglob("*.py")} == before
    workspace = build(followed, tmp_path)
    row = workspace.query_published("select * from segmentations").iloc[0]
    assert row["segmentation"] == "category_mix"
    assert len(workspace.query_published("select * from segment_candidates")) >= 3
    if row["status"] == "published":
        assert len(workspace.query_published("select * from segments")) == row["n_segments"]
    else:
        assert row["reason"]


@pytest.mark.real_data
@pytest.mark.slow
def test_segments_that_stand_in_for_age_are_flagged(followed, real_data, tmp_path):
    files = {name: str(real_data / REAL_FILES[name]) for name in ("customers", "spends")}
    workspace = build(followed, tmp_path, inputs=files)
    proxies = workspace.query_published("select * from segment_attribute_proxies").set_index(
        "attribute"
    )
    assert proxies.loc["age_group", "is_flagged"]
    assert proxies.loc["age_group", "cramers_v"] >= 0.5


def test_a_wrong_setting_ends_in_one_sentence(followed, tmp_path):
    copy, variables = followed
    spoilt = tmp_path / "card_segments"
    shutil.copytree(copy, spoilt)
    path = Path(spoilt / "models/intermediate/category_mix/_category_mix__models.yml")
    path.write_text(path.read_text().replace("profile: [", "tresholds: {}\n          profile: ["))
    workspace = Workspace(tmp_path, spoilt)
    to_the_fit = ("--select", "+int_segmentations_fitted")
    without_tests = ("--exclude-resource-type", "test", "unit_test")
    run = workspace.dbt(
        "build",
        *to_the_fit,
        *without_tests,
        enabled_inputs=["customers", "spends"],
        **variables,
    )
    assert not run.succeeded
    assert "tresholds" in run.text
    assert "thresholds" in run.text
    assert "Traceback" not in run.output
