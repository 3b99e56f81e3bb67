"""The page docs/subjects.md: its tables and files are there, and its examples do what it says."""

import re
import shutil
from types import SimpleNamespace

import pytest
from workspaces import PROJECT, Workspace, copy_project, published_tables, query, rewrite

PAGE = (PROJECT / "docs" / "subjects.md").read_text()
SEEDS = PROJECT / "seeds" / "reference"
EDITED = [
    "age_bands",
    "behaviour_thresholds",
    "card_tier_conditions",
    "segment_playbook",
    "segment_playbook_conditions",
    "service_channels",
    "value_rates",
]
REBUILT = [
    "int_card_usage__behaviours",
    "cardholder_behaviour",
    "int_card_usage__values",
    "int_card_usage__segment_values",
    "cardholder_value",
    "segment_value",
    "int_card_tiers_assigned",
    "int_segment_rule_conditions",
    "segment_recommendations",
    "int_credit_customers_by_group",
    "int_credit_scores_by_group",
    "credit_score_by_age",
    "int_queue_agents_tried",
    "staffing_plan",
]


@pytest.fixture(scope="module")
def changed(sample_build, tmp_path_factory):
    """The sample before and after the page's examples, all of them edited as people edit them."""
    folder = tmp_path_factory.mktemp("subjects")
    project = copy_project(folder / "project")

    def path(seed):
        return project / "seeds" / "reference" / f"{seed}.csv"

    def put(seed, column, value, **where):
        header = path(seed).read_text().splitlines()[0].split(",")

        def change(rows):
            chosen = [
                row for row in rows if all(row[header.index(k)] == w for k, w in where.items())
            ]
            assert len(chosen) == 1, (seed, where)
            chosen[0][header.index(column)] = value
            return rows

        rewrite(path(seed), change)

    def add(seed, line):
        assert line in PAGE
        path(seed).write_text(path(seed).read_text().rstrip("\n") + "\n" + line + "\n")

    for line in re.findall(r"^(segment_playbook\w*)\.csv +(\S.*)$", PAGE, re.MULTILINE):
        add(*line)
    add("card_tier_conditions", "plus,service_cost_index_100,<=,150")
    put(
        "behaviour_thresholds",
        "threshold",
        "1",
        rule_key="pays_the_minimum",
        metric="payment_ratio",
    )
    for estimate in ("low", "base", "high"):
        put("value_rates", f"rate_{estimate}", "0", component="rewards")
    put("service_channels", "target_answer_seconds", "60", channel="calls")
    put("age_bands", "maximum_age", "54", age_scheme="broad", age_group="45 and over")
    add_band = path("age_bands").read_text().rstrip("\n") + "\nbroad,55 and over,55,,5\n"
    path("age_bands").write_text(add_band.replace("45 and over", "45-54"))

    after = Workspace(folder / "run", project)
    after.folder.mkdir()
    shutil.copy(sample_build.warehouse, after.warehouse)
    for command, nodes in (("seed", EDITED), ("run", REBUILT)):
        run = after.dbt(command, "--select", *nodes)
        assert run.succeeded, run.output
    return SimpleNamespace(
        before=lambda statement: query(sample_build.warehouse, statement),
        after=lambda statement: query(after.warehouse, statement),
    )


def test_the_new_advice_is_for_segments_that_use_little_of_their_limit(changed):
    met = changed.after(
        """
        select segment_key, metric_value, is_met from intermediate.int_segment_rule_conditions
        where recommendation_key = 'lower_unused_limit' order by segment_key
        """
    )
    assert set(met["is_met"]) == {True, False}
    assert list(met["is_met"]) == list(met["metric_value"] <= 0.1)
    given = changed.after(
        "select * from marts.segment_recommendations "
        "where recommendation_key = 'lower_unused_limit'"
    )
    assert len(given) > 0
    assert set(given["segment_key"]) <= set(met["segment_key"][met["is_met"]])


def test_a_stricter_minimum_leaves_fewer_minimum_payers(changed):
    statement = "select count(*) from marts.cardholder_behaviour where is_minimum_payer"
    assert 0 < changed.after(statement).iat[0, 0] < changed.before(statement).iat[0, 0]


def test_without_rewards_customers_are_worth_what_rewards_cost(changed):
    statement = "select * from marts.segment_value where segment_key is null"
    before, after = changed.before(statement).iloc[0], changed.after(statement).iloc[0]
    assert before["rewards_amount"] < 0
    assert after["rewards_amount"] == 0
    assert after["net_value_base_amount"] > before["net_value_base_amount"]


def test_a_slower_answer_needs_fewer_agents(changed):
    statement = """
        select busy_hour_agents from marts.staffing_plan
        where group_type = 'all' and channel = 'calls' and handling_estimate = 'base'
    """
    assert changed.after(statement).iat[0, 0] <= changed.before(statement).iat[0, 0]
    staff = "select sum(stand_alone_staff) from marts.staffing_plan where channel = 'calls'"
    assert changed.after(staff).iat[0, 0] < changed.before(staff).iat[0, 0]


def test_dear_customers_get_no_plus_card(changed):
    statement = """
        select count(*) from intermediate.int_card_tiers_assigned as assigned
        inner join intermediate.int_service_costs_by_subject as costs
            using (subject_type, subject_key)
        where assigned.tier_key = 'plus' and costs.service_cost_index_100 > 150
    """
    assert changed.before(statement).iat[0, 0] > 0
    assert changed.after(statement).iat[0, 0] == 0


def test_a_split_age_band_keeps_everyone(changed):
    statement = """
        select age_group, customers from marts.credit_score_by_age where age_scheme = 'broad'
    """
    before = changed.before(statement).set_index("age_group")["customers"]
    after = changed.after(statement).set_index("age_group")["customers"]
    assert after["45-54"] + after["55 and over"] == before["45 and over"]
    assert after.sum() == before.sum()


def test_the_page_names_every_table_of_the_subjects():
    first_table = PAGE.split("## What to change")[0]
    named = set(re.findall(r"`(\w+)`", first_table)) - {"which_claims_hold"}
    assert named <= set(published_tables())
    of_inputs = {
        name
        for name, inputs in published_tables().items()
        if inputs and not name.startswith("segment_")
    }
    # one row a customer, which every page on utilisation rests on
    assert of_inputs - named == {"customer_income_utilisation"}


def test_the_page_names_seeds_and_settings_that_are_there():
    seeds = set(re.findall(r"`(\w+\.csv)`", PAGE))
    assert seeds <= {path.name for path in SEEDS.glob("*.csv")}
    # the one that is only read, never edited, for its words
    assert {path.name for path in SEEDS.glob("*.csv")} - seeds == {
        "behaviour_classes.csv",
        "segment_metrics.csv",
    }
    settings = (PROJECT / "dbt_project.yml").read_text()
    for name in re.findall(r"\(`(\w+)`\)", PAGE):
        assert f"  {name}: " in settings, name


def test_everything_that_a_claim_may_name_is_said_in_words():
    text = (PROJECT / "macros" / "configuration" / "claim_words.sql").read_text()
    populations = text.split("macro claim_populations()")[1].split("endmacro")[0]
    labels = text.split("macro claim_metric_labels()")[1]
    named = set(re.findall(r"'(\w+)': '(?:share|category|number|text)'", populations))
    assert named == set(re.findall(r"'(\w+)': \['", labels))


@pytest.mark.parametrize(
    ("words", "macro", "model"),
    [
        ("card_usage_words", "behaviour_metrics", "card_usage/int_card_usage__behaviours"),
        ("card_usage_words", "value_bases", "card_usage/int_card_usage__values"),
        ("service_words", "contact_metrics", "relationship/int_contacts_by_relationship"),
        ("claim_words", "claim_populations", "claims/int_claim_members"),
        ("claim_words", "claim_tests", "claims/int_claim_results"),
    ],
)
def test_every_word_that_a_rule_may_hold_is_read_in_sql(words, macro, model):
    text = (PROJECT / "macros" / "configuration" / f"{words}.sql").read_text()
    body = text.split(f"macro {macro}()")[1].split("endmacro")[0]
    if macro == "claim_populations":
        names = re.findall(r"'(\w+)': '(?:share|category|number|text)'", body)
        names += re.findall(r"'(\w+)': \{\s+'inputs'", body)
    elif macro == "claim_tests":
        names = re.findall(r"'(\w+)': \{", body)
    else:
        names = re.findall(r"'(\w+)'", body)
    models = PROJECT / "models" / "intermediate"
    sql = (models / f"{model}.sql").read_text()
    read = set(re.findall(r"'(\w+)'", sql))
    # what stands in a column is turned into rows, so the words are its names
    for lists in [sql, (PROJECT / "macros" / "spending" / "by_attribute.sql").read_text()]:
        for columns in re.findall(r"unpivot [^(]*\(\w+ for \w+ in \(([^)]*)\)", lists):
            read |= set(re.findall(r"\w+", columns))
    assert names
    assert set(names) <= read
