"""Segments over builds: models are reused, keys and names stay."""

import shutil

import pandas as pd
import pytest
from workspaces import PROJECT, Workspace, rewrite

SAMPLE = PROJECT / "seeds" / "inputs"
RELATIONSHIPS = {"enabled_inputs": ["card_relationships"]}


# The segments by themselves; they are not published, so what was published stays the same.
SEGMENTS = (
    *("--select", "+segmentations", "+segments", "+segment_members"),
    *("--exclude-resource-type", "test", "unit_test"),
)
MEMBERS = "select segmentation, customer_id, segment_key, segment_name from {} order by all"


def build(workspace, *arguments, **variables):
    run = workspace.dbt("build", *arguments, **variables)
    assert run.succeeded, run.output
    return run


def members(workspace):
    """Who is published in which segment."""
    members = workspace.query_published(MEMBERS.format("segment_members"))
    return members.set_index(["segmentation", "customer_id"])


def built_members(workspace):
    """Who was last built into which segment."""
    members = workspace.query(MEMBERS.format("marts.segment_members"))
    return members.set_index(["segmentation", "customer_id"])


@pytest.fixture(scope="module")
def first_build(tmp_path_factory):
    """A folder with the relationships of the sample, and what is built of it for the first time."""
    folder = tmp_path_factory.mktemp("first_build")
    (folder / "delivery").mkdir()
    shutil.copy(SAMPLE / "card_relationships.csv", folder / "delivery")
    workspace = Workspace(folder)
    build(workspace, **RELATIONSHIPS, input_dir=str(folder / "delivery"))
    return folder


@pytest.fixture
def workspace(first_build, tmp_path):
    """A copy of the first build, to build in again."""
    shutil.copytree(first_build, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Workspace(tmp_path)


@pytest.fixture
def delivery(workspace):
    """The folder of the files."""
    return workspace.folder / "delivery"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_model_lives_on_until_its_features_drift(workspace, delivery):
    options = {**RELATIONSHIPS, "input_dir": str(delivery)}
    first = members(workspace)
    version = workspace.query_published("select model_version from segmentations").iloc[0, 0]

    # The same customers again, even from a warehouse that is new: the published model is reused.
    workspace.warehouse.unlink()
    run = build(workspace, **options)
    assert "relationship: compared with" not in run.text
    row = workspace.query_published("select * from segmentations").iloc[0]
    assert (row["model_version"], bool(row["is_fitted"])) == (version, False)
    assert row["decision_reason"].startswith("kept:")
    pd.testing.assert_frame_equal(members(workspace), first)
    assert len(workspace.query_published("select * from segment_candidates")) > 0
    moves = workspace.query_published(
        "select cause, sum(customers) as n from segment_changes group by 1"
    )
    assert moves.to_dict("records") == [{"cause": "stayed", "n": len(first)}]

    # Fitted again on purpose: another run of the same, so the same keys and names.
    build(workspace, *SEGMENTS, **options, refit="always")
    pd.testing.assert_frame_equal(built_members(workspace), first)
    keys = workspace.query("select segment_key, key_status from marts.segments")
    assert set(keys["key_status"]) == {"matched"}

    # Every limit tenfold is a major drift. With refit: never whatever is published is kept.
    rewrite(
        delivery / "card_relationships.csv",
        lambda rows: [
            [*row[:2], str(float(row[2].replace(",", "")) * 10), *row[3:]] for row in rows
        ],
    )
    build(workspace, *SEGMENTS, **options, refit="never")
    row = workspace.query("select * from marts.segmentations").iloc[0]
    assert (row["model_version"], bool(row["is_fitted"])) == (version, False)

    # Otherwise the model is fitted anew; the segments are the same.
    build(workspace, **options)
    row = workspace.query_published("select * from segmentations").iloc[0]
    assert bool(row["is_fitted"])
    assert "credit_limit_amount has drifted" in row["decision_reason"]
    stayed = (members(workspace)["segment_key"] == first["segment_key"]).mean()
    assert stayed >= 0.98
    history = workspace.query("select count(*) as spans from history.segment_members_history")
    assert history["spans"].item() >= len(first)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_other_customers_begin_anew(workspace, delivery):
    options = {**RELATIONSHIPS, "input_dir": str(delivery)}
    rewrite(
        delivery / "card_relationships.csv",
        lambda rows: [[f"other_{row[0]}", *row[1:]] for row in rows],
    )
    build(workspace, *SEGMENTS, **options)
    row = workspace.query("select * from marts.segmentations").iloc[0]
    assert row["decision_reason"] == "fitted: there is no published model of these customers"
    keys = workspace.query("select key_status, segment_key from marts.segments order by 2")
    assert set(keys["key_status"]) == {"first"}
    assert keys["segment_key"].iloc[0] == "relationship_1"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_an_input_that_was_absent_for_one_build_returns_with_its_keys(workspace, delivery):
    first = members(workspace)
    dates = "select segment_key, segment_name, first_published_at from {} order by all"
    registry = workspace.query_published(dates.format("segment_registry"))
    known = "select * from {} order by all"
    tables = ["segment_parameters", "segment_reference_bins"]
    before = [workspace.query_published(known.format(table)) for table in tables]

    build(workspace, enabled_inputs=["customers"])
    assert members(workspace).empty
    row = workspace.query_published("select distinct status from segment_registry")
    assert row["status"].tolist() == ["absent"]
    for table, frame in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(workspace.query_published(known.format(table)), frame)

    # A fifth of the customers has left meanwhile.
    rewrite(delivery / "card_relationships.csv", lambda rows: rows[len(rows) // 5 :])
    select, *others = SEGMENTS
    build(
        workspace,
        *(select, "+segment_registry", "+segment_changes", *others),
        **RELATIONSHIPS,
        input_dir=str(delivery),
    )
    pd.testing.assert_frame_equal(workspace.query(dates.format("marts.segment_registry")), registry)
    now = built_members(workspace)["segment_key"]
    assert (now == first["segment_key"].reindex(now.index)).mean() >= 0.98
    assert workspace.query("select * from marts.segment_changes").empty


def test_a_customer_is_scored_from_the_command_line(workspace, delivery):
    customer = workspace.query(
        """
        select features.*, members.segment_name, members.segment_key, members.margin
        from intermediate.int_relationship__features as features
        inner join marts.segment_members as members using (customer_id)
        order by customer_id limit 1
        """
    ).iloc[0]
    names = ["credit_limit_amount", "credit_cards", "branch_visits", "online_visits", "calls"]

    def score(features, segmentation="relationship"):
        given = ", ".join(f"{name}: {value}" for name, value in features.items())
        arguments = f"{{segmentation: {segmentation}, features: {{{given}}}}}"
        command = ("run-operation", "score_customer", "--args", arguments)
        return workspace.dbt(*command, **RELATIONSHIPS, input_dir=str(delivery))

    run = score({name: customer[name] for name in names})
    assert run.succeeded, run.output
    assert f"{customer['segment_name']} ({customer['segment_key']})" in run.text
    assert f"Margin: {customer['margin']:.2f}" in run.text
    advice = workspace.query_published(
        "select team, action, what_not_to_do from segment_recommendations "
        f"where segment_key = '{customer['segment_key']}' order by priority"
    )
    assert len(advice) >= 2
    for team, action, avoid in advice.itertuples(index=False):
        assert f"{team}: {action} {avoid}" in run.text

    others = {name: customer[name] for name in names[:-1]}
    assert "Imputed: calls" in score(others).text
    assert "Imputed: calls" in score({**others, "calls": "null"}).text
    unknown = score({"cals": 3})
    assert not unknown.succeeded
    assert "has no feature 'cals'. Did you mean 'calls'?" in unknown.text
    assert "There is no segmentation 'relation'" in score({"calls": 3}, "relation").text
