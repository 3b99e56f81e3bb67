"""The playbook as people edit it: wrong words stop the build, changed rules change the advice."""

import shutil

import pytest
from workspaces import PROJECT, Workspace, copy_project, query, rewrite

SEEDS = ("segment_playbook", "segment_playbook_conditions", "segment_vulnerability_signs")
# what the rules are checked by, without tests that look at models
RULES = ("assert_playbook_uses_known_metrics", "assert_name_conditions_use_known_metrics")
CAUTIOUS = ("--indirect-selection", "cautious")
NAMES = ("segment_names", "segment_name_conditions")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project to edit, and a warehouse of its own; parsed once for all tests here."""
    folder = tmp_path_factory.mktemp("playbook")
    return Workspace(folder, copy_project(folder / "card_segments"))


@pytest.fixture
def workspace(project):
    """The copy, its seeds as they were after the test."""
    yield project
    for seed in (*SEEDS, *NAMES):
        shutil.copy(PROJECT / "seeds" / "reference" / f"{seed}.csv", seed_file(project, seed))


def seed_file(workspace, seed):
    return workspace.project / "seeds" / "reference" / f"{seed}.csv"


def put(workspace, seed, column, value, rule=None):
    """Write a value into a column of a seed: of a rule's first row, or of the first row of all."""
    path = seed_file(workspace, seed)
    position = path.read_text().splitlines()[0].split(",").index(column)

    def change(rows):
        row = next(row for row in rows if rule in (None, row[0]))
        row[position] = value
        return rows

    rewrite(path, change)


@pytest.mark.parametrize(
    ("seed", "column", "word", "nearest"),
    [
        ("segment_playbook", "team", "markting", "marketing"),
        ("segment_playbook", "segmentation", "spendings", "spending"),
        ("segment_playbook_conditions", "operator", "> =", ">="),
        ("segment_playbook_conditions", "statistic", "index", "index_100"),
        ("segment_vulnerability_signs", "segmentation", "card_usages", "card_usage"),
    ],
)
def test_a_wrong_word_stops_with_the_rule(workspace, seed, column, word, nearest):
    put(workspace, seed, column, word)
    run = workspace.dbt("seed", "--select", seed)
    assert not run.succeeded
    rule = seed_file(workspace, seed).read_text().splitlines()[1]
    assert f"The rule '{rule.split(',')[0]}' in seeds/reference/{seed}.csv has '{word}'" in run.text
    assert f"Did you mean '{nearest}'?" in run.text


@pytest.mark.parametrize(
    ("seed", "metric", "sentence"),
    [
        (
            "segment_playbook_conditions",
            "credit_card_shar",
            "which is not a metric of the segmentation 'spending'. "
            "Did you mean 'credit_card_share'?",
        ),
        # a metric of another segmentation is as unknown as one that does not exist
        pytest.param(
            "segment_playbook_conditions",
            "calls",
            "which is not a metric of the segmentation 'spending'.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "segment_vulnerability_signs",
            "cash_share",
            "which is not a metric of the segmentation 'card_usage'.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "segment_name_conditions",
            "online_visit",
            "which is not a metric of the segmentation 'relationship'. "
            "Did you mean 'online_visits'?",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_unknown_metric_stops_with_the_rule(workspace, seed, metric, sentence):
    put(workspace, seed, "metric", metric)
    run = workspace.dbt("build", "--select", *SEEDS, *NAMES, *RULES, *CAUTIOUS)
    assert not run.succeeded
    rule = seed_file(workspace, seed).read_text().splitlines()[1]
    assert (
        f"The rule '{rule.split(',')[0]}' in seeds/reference/{seed}.csv has '{metric}' "
        f"as its metric, {sentence}" in run.text
    )


@pytest.mark.parametrize(
    "seed",
    ["segment_playbook", pytest.param("segment_name_conditions", marks=pytest.mark.slow)],
)
def test_other_columns_stop_with_their_names(workspace, seed):
    path = seed_file(workspace, seed)
    header, *rows = path.read_text().splitlines()
    last = header.split(",")[-1]
    misspelt = header.removesuffix(last) + last[:-1]
    path.write_text("\n".join([misspelt, *rows]) + "\n")
    run = workspace.dbt("seed", "--select", seed)
    assert not run.succeeded
    assert f"The file seeds/reference/{seed}.csv has no column '{last}'." in run.text
    assert f"Is it the column '{last[:-1]}'?" in run.text

    path.write_text("\n".join([f"{header},remark", *(f"{row}," for row in rows)]) + "\n")
    run = workspace.dbt("seed", "--select", seed)
    assert not run.succeeded
    assert f"seeds/reference/{seed}.csv has a column 'remark', which nothing reads" in run.text

    # dbt would put this name into its statement as it is
    statement = '"x"" integer); create table main.made (a integer); --"'
    path.write_text("\n".join([f"{header},{statement}", *(f"{row}," for row in rows)]) + "\n")
    run = workspace.dbt("seed", "--select", seed)
    assert "has a column 'x\" integer); create table main.made" in run.text
    assert len(workspace.query("from duckdb_tables() where table_name = 'made'")) == 0


def test_rules_of_inputs_that_are_not_there_do_not_stop_a_build(workspace):
    run = workspace.dbt(
        "build",
        "--select",
        *SEEDS,
        *NAMES,
        *RULES,
        *CAUTIOUS,
        enabled_inputs=["card_relationships"],
    )
    assert run.succeeded, run.output


def test_a_changed_rule_changes_the_advice(workspace, sample_build):
    shutil.copy(sample_build.warehouse, workspace.warehouse)
    first = query(
        workspace.warehouse,
        """
        select segment_key, recommendation_key, evidence_value
        from marts.segment_recommendations
        where evidence_statistic = 'index_100' and operator = '>='
        order by priority, segment_key limit 1
        """,
    ).iloc[0]
    rule = first["recommendation_key"]

    def build():
        models = "int_segment_rule_conditions segment_value segment_recommendations"
        run = workspace.dbt("build", "--select", *SEEDS, *models.split())
        assert run.succeeded, run.output
        return workspace.query(
            "select * from marts.segment_recommendations "
            f"where segment_key = '{first['segment_key']}' order by priority"
        )

    put(workspace, "segment_playbook", "action", "Send a postcard.", rule)
    advice = build().set_index("recommendation_key")
    assert advice.loc[rule, "action"] == "Send a postcard."

    put(workspace, "segment_playbook_conditions", "threshold", "1000000", rule)
    advice = build()
    assert rule not in set(advice["recommendation_key"])
    assert list(advice["priority"]) == list(range(1, len(advice) + 1))


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"maximum_recommendations": 2.5}, "maximum_recommendations is '2.5'"),
        ({"minimum_recommendations": 0}, "minimum_recommendations is '0'"),
        (
            {"minimum_recommendations": 7},
            "minimum_recommendations is 7, but may not be above maximum_recommendations",
        ),
    ],
)
def test_limits_of_the_advice_are_checked(workspace, variables, sentence):
    run = workspace.dbt("seed", "--select", "segment_playbook", **variables)
    assert not run.succeeded
    assert sentence in run.text


def test_every_segment_of_the_sample_has_advice_with_evidence(sample_build):
    advice = sample_build.query_published("select * from segment_recommendations")
    segments = sample_build.query_published("select segment_key from segments")
    assert set(advice["segment_key"]) == set(segments["segment_key"])
    assert advice.groupby("segment_key").size().between(2, 6).all()
    vulnerable = advice[advice["is_vulnerable"].ne(False)]
    assert len(vulnerable) > 0
    assert not vulnerable["is_upsell"].any()


@pytest.mark.real_data
@pytest.mark.slow
def test_the_published_actions_come_out_on_the_public_files(real_build):
    advice = real_build.query_published("select * from segment_recommendations")
    given = advice.groupby("recommendation_key")["segment_name"].agg(set)
    assert given["staff_phone_support"] == {"Frequent callers"}
    assert given["online_migration"] == {"Branch visitors"}
    assert given["cash_advance_education"] == {"Cash-advance users"}
    assert given["repayment_plan"] == {"Late payers with high debt"}
    assert "High spenders" in given["premium_loyalty_usage"]
    # no cashback beside "do not add to the balance", no campaign before the loss is found out
    assert not {"reactivation_cashback", "retention_cashback"} & set(given.index)
    # mean of 6.87 calls against 3.58 of everyone
    calls = advice[advice["recommendation_key"] == "staff_phone_support"].iloc[0]
    assert calls["evidence"] == "calls: mean 6.87, index 192 (at least 120)"
    assert calls["evidence_value"] == pytest.approx(191.8, abs=0.2)
