"""The walk-through of docs/own_segmentation.md, followed word for word."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from workspaces import PROJECT, REAL_FILES, Workspace, copy_project


def follow(folder, section):
    """A copy of the project with the files that a part of the page saves, and its variables."""
    copy = copy_project(folder / "card_segments")
    own, other = (PROJECT / "docs" / "own_segmentation.md").read_text().split("\n## On a file", 1)
    page = {"category_mix": own, "channel_use": other}[section]
    blocks = re.findall(r"^`(models/\S+)`\n\n```\w+\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(blocks) == {"category_mix": 3, "channel_use": 2}[section]
    for path, text in blocks:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text)
    variables = re.search(r"^```yaml\n(segmentations: .*?)^```", page, re.DOTALL | re.MULTILINE)
    return copy, yaml.safe_load(variables.group(1))


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The project with the segmentation that stands on two of the inputs."""
    return follow(tmp_path_factory.mktemp("own"), "category_mix")


def build(followed, folder, **more):
    copy, variables = followed
    workspace = Workspace(folder, copy)
    run = workspace.dbt("build", enabled_inputs=["customers", "spends"], **variables, **more)
    assert run.succeeded, run.output
    return workspace


@pytest.mark.exhaustive
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
@pytest.mark.exhaustive
def test_segments_that_stand_in_for_age_are_flagged(followed, real_data, tmp_path):
    files = {name: str(real_data / REAL_FILES[name]) for name in ("customers", "spends")}
    workspace = build(followed, tmp_path, inputs=files)
    proxies = workspace.query_published("select * from segment_attribute_proxies").set_index(
        "attribute"
    )
    assert proxies.loc["age_group", "is_flagged"]
    assert proxies.loc["age_group", "cramers_v"] >= 0.5


@pytest.mark.slow
def test_a_file_that_is_no_input_has_segments_that_stay(tmp_path):
    copy, variables = follow(tmp_path, "channel_use")
    rows = pd.read_csv(PROJECT / "seeds" / "inputs" / "card_relationships.csv", dtype=str)
    columns = {
        "Customer Key": "customer_id",
        "Total_visits_bank": "branch_visits",
        "Total_visits_online": "online_visits",
        "Total_calls_made": "calls",
    }
    rows = rows.rename(columns=columns)[list(columns.values())]
    # the sample is unclean on purpose, and nothing cleans a file that is no input
    rows = rows.apply(pd.to_numeric, errors="coerce").dropna().drop_duplicates("customer_id")
    (copy / "data").mkdir()
    rows.to_csv(copy / "data" / "channel_use.csv", index=False)

    workspace = Workspace(tmp_path / "built", copy)
    workspace.folder.mkdir()
    members = "select customer_id, segment_key, segment_name from segment_members order by all"
    found = []
    for _ in range(2):
        run = workspace.dbt("build", enabled_inputs=["customers"], **variables)
        assert run.succeeded, run.output
        found.append(workspace.query_published(members))
    assert len(found[0]) == len(rows)
    pd.testing.assert_frame_equal(*found)
    row = workspace.query_published("select * from segmentations").iloc[0]
    assert row["decision_reason"] == "kept: the published model still fits these customers"
    checks = workspace.query_published(
        "select check_name, description, observed from publication_checks"
    )
    moved = checks[checks["check_name"] == "segment_share_moved"]
    assert moved["description"].item().startswith("largest change")
    assert moved["observed"].item() == 0


@pytest.mark.slow
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
