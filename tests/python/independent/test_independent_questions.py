"""The twelve questions of docs/questions.md: as short as promised, and answered as the files do."""

import re

import duckdb
import numpy as np
import pandas as pd
import pytest
from bank import VARIABLES, age_groups, reference

from tools import write_tours

PAGE = write_tours.QUESTIONS.read_text(encoding="utf-8")
SECTION = re.compile(r"^## (\d+)\. [^\n]*\?\n.*?^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
STATEMENTS = {int(number): statement for number, statement in SECTION.findall(PAGE)}
MOST_LINES, MOST_SIGNS = 12, 120


@pytest.fixture
def answer(bank):
    """The answer to a question, by its number, from the published file."""
    return lambda number: bank.build.query_published(STATEMENTS[number])


def assert_same(found, expected):
    """The same rows in the same order, in the columns that the question asks for."""
    assert len(found)
    expected = expected.reset_index()[list(found.columns)]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9)


def members(bank, segmentation):
    """Key, name and margin of each customer's segment."""
    rows = bank.published("segment_members")
    return rows[rows["segmentation"] == segmentation].set_index("customer_id").sort_index()


def test_they_are_twelve_statements_of_at_most_twelve_lines():
    assert list(STATEMENTS) == list(range(1, 13)) and PAGE.count("```sql\n") == 12
    for number, statement in STATEMENTS.items():
        lines = statement.splitlines()
        assert len(lines) <= MOST_LINES and ";" not in statement, number
        assert max(map(len, lines)) <= MOST_SIGNS, number


def test_the_page_shows_the_answers_of_the_sample(sample_build):
    database = str(sample_build.published / "cards.duckdb")
    with duckdb.connect(database, read_only=True) as cards:
        assert write_tours.written(write_tours.QUESTIONS, cards) == PAGE, "run make tours"


def test_1_the_segment_of_most_value_in_each_city(bank, answer):
    people = bank.spenders.join(members(bank, "spending")["segment_name"], how="inner")
    amounts = people.groupby(["city", "segment_name"])["total"].agg(["sum", "size"])
    expected = amounts.loc[amounts.groupby("city")["sum"].idxmax()]
    expected["share_of_city"] = expected["sum"] / amounts["sum"].groupby("city").sum()
    expected = expected.rename(columns={"sum": "spend_amount", "size": "customers"})
    assert_same(answer(1), expected.sort_values("spend_amount", ascending=False))


def test_2_the_use_of_income_month_by_month(bank, answer):
    segments = members(bank, "spending")["segment_name"]
    groups = pd.concat({"city": bank.customers["city"], "spending": segments})
    groups = groups.rename_axis(["kind", "customer_id"]).rename("name").reset_index()
    by_group = groups.merge(bank.customers["income"], on="customer_id").groupby(["kind", "name"])
    keys = ["kind", "name", "spend_month"]
    spends = groups.merge(bank.spends.rename(columns={"month": "spend_month"}), on="customer_id")
    used = 100 * spends.groupby(keys)["spend"].sum() / by_group["income"].sum()
    expected = pd.DataFrame({"income_utilisation_pct": used})
    expected["income_utilisation_change_points"] = used.groupby(["kind", "name"]).diff()
    assert_same(answer(2), expected)


def test_3_the_campaign_list_without_border_and_vulnerable(bank, answer):
    values = bank.published("cardholder_value").set_index("customer_id")
    people = members(bank, "card_usage").join(values)
    people = people[people["segment_key"] == "card_usage_1"]
    kept = people[(people["margin"] >= 0.05) & people["is_vulnerable"].eq(False)]
    assert people["is_vulnerable"].any() and people["margin"].min() < 0.05
    kept = kept.rename(columns={"net_value_base_amount": "yearly_value"}).reset_index()
    assert_same(answer(3), kept.sort_values(["margin", "customer_id"], ascending=[False, True]))


def test_4_the_segments_of_each_age(bank, answer):
    """Each share that is shown; those of too few people are null."""
    ages = {
        "spending": bank.customers["age_group"],
        "repayment": age_groups(bank.profiles["age"], "broad"),
    }
    found = answer(4)
    assert set(found["segmentation"]) == set(ages)
    for segmentation, groups in ages.items():
        names = members(bank, segmentation)["segment_name"]
        shares = pd.crosstab(groups.loc[names.index], names, normalize="index")
        rows = found[(found["segmentation"] == segmentation) & found["share_in_segment"].notna()]
        # a segment for each age, or nearly so, leaves few cells of enough people
        assert len(rows) >= shares.shape[1]
        for row in rows.itertuples():
            assert row.customers_of_age == (groups.loc[names.index] == row.age_group).sum()
            expected = shares.loc[row.age_group, row.segment_name]
            np.testing.assert_allclose(row.share_in_segment, expected)


def test_5_who_is_high_in_two_segmentations(bank):
    """The files of the sample are of different people: here their rows are laid side by side."""
    both = bank.published("customer_segments")
    spenders, holders = (
        both[both[f"{name}_segment_key"].notna()].reset_index(drop=True)
        for name in ("spending", "card_usage")
    )
    people = spenders.combine_first(holders).loc[spenders.index]
    segments = bank.published("segments")
    with duckdb.connect() as connection:
        connection.register("customer_segments", people)
        connection.register("segments", segments)
        found = connection.sql(STATEMENTS[5]).df()
    high = segments[segments["value_share"] > segments["customer_share"]]["segment_key"]
    is_high = people[["spending_segment_key", "card_usage_segment_key"]].isin(set(high)).all(axis=1)
    expected = people[is_high].rename(columns={"net_value_base_amount": "yearly_value"})
    order = ["yearly_value", "customer_id"]
    assert 0 < is_high.sum() < len(people) / 2
    assert_same(found, expected.sort_values(order, ascending=[False, True]))


def test_6_who_calls_most(bank, answer):
    people = bank.relationships.join(members(bank, "relationship"), how="inner")
    callers = people[people["calls"] > 8].rename(columns={"segment_name": "segment"})
    assert_same(
        answer(6),
        callers.reset_index().sort_values(["calls", "customer_id"], ascending=[False, True]),
    )


def test_7_who_pays_late_and_owes_how_much(bank, answer):
    people = bank.profiles.join(members(bank, "repayment"), how="inner")
    late = people[people["payment_delay_days"] > VARIABLES["late_payment_days"]]
    late = late.rename(columns={"debt": "outstanding_debt_amount"}).reset_index()
    order = ["payment_delay_days", "outstanding_debt_amount", "customer_id"]
    assert_same(answer(7), late.sort_values(order, ascending=[False, False, True]))


def test_8_segments_by_month_are_those_of_the_published_table(bank, answer):
    """The counts are worked out again in test_monthly_utilisation_by_segment."""
    names = bank.names("spending")
    found, rows = answer(8), bank.published("monthly_utilisation_by_segment")
    assert len(found) == len(names) * bank.spends["month"].nunique()
    assert set(found["segment_name"]) == set(names.values())
    # everyone is in some segment each month
    by_month = found.groupby("spend_month")[["customers_in_month", "customers_today"]].sum()
    assert (by_month == len(bank.spenders)).all(axis=None)
    assert found["customers_in_month"].sum() == rows["customers_in_month"].sum()
    assert (found["customers_in_month"] != found["customers_today"]).any()


def test_9_the_behaviours_of_a_segment(bank, answer):
    behaviours = bank.published("cardholder_behaviour").set_index("customer_id")["behaviour_class"]
    segments = members(bank, "card_usage")
    own = behaviours.loc[segments.index[segments["segment_key"] == "card_usage_4"]].value_counts()
    found = answer(9).set_index("behaviour_class")
    assert set(found["segment_name"]) == {bank.names("card_usage")["card_usage_4"]}
    shown = found.index.intersection(own.index)
    assert len(shown) > 1 and found["customers"].sum() == own.sum()
    assert (found.loc[shown, "customers"] == own[shown]).all()
    np.testing.assert_allclose(found.loc[shown, "share_of_segment"], own[shown] / own.sum())
    index = 100 * own / own.sum() / behaviours.value_counts(normalize=True)
    np.testing.assert_allclose(found.loc[shown, "index_100"], index[shown])


def test_10_what_an_offer_brings_the_bank(bank, answer):
    benefits = reference("card_benefits").set_index("benefit_name")
    recommended = bank.published("card_feature_recommendations").query(
        "group_type == 'segment' and is_recommended"
    )
    spend = recommended.set_index(["group_name", "benefit_name"])["yearly_basis_amount"]
    months, customers = bank.spends["month"].nunique(), len(bank.customers)
    yearly = bank.spends["spend"].sum() / customers / months * 12
    found = answer(10)
    assert len(found) == len(recommended) and found["net"].is_monotonic_decreasing
    for row in found.itertuples():
        rates, spent = benefits.loc[row.offer], spend[row.segment, row.offer]
        uptakes = [rates[f"uptake_share_{name}"] for name in ("low", "base", "high")]
        worst, usual, best = (
            spent * (rates[f"revenue_rate_{name}"] - rates[f"cost_rate_{other}"])
            for name, other in (("low", "high"), ("base", "base"), ("high", "low"))
        )
        fixed = yearly * rates["fixed_cost_rate"]
        np.testing.assert_allclose(
            [row.revenue, row.cost, row.fixed_cost, row.net_low, row.net, row.net_high]
            + [row.break_even_uptake_share],
            [
                *(spent * uptakes[1] * rates[f"{kind}_rate_base"] for kind in ("revenue", "cost")),
                fixed,
                min(worst * uptakes[0], worst * uptakes[2]) - fixed,
                usual * uptakes[1] - fixed,
                max(best * uptakes[0], best * uptakes[2]) - fixed,
                fixed / usual if usual > 0 else np.nan,
            ],
        )


def test_11_who_changed_segment_and_why(bank):
    """Nobody has yet in a first publication, so two customers change here."""
    changes = bank.published("customer_segment_changes").head(0)
    registry = bank.published("segment_registry")
    changes = changes.reindex(range(2)).assign(
        segmentation="card_usage",
        customer_id=["b", "a"],
        from_segment_key=["card_usage_1", "card_usage_2"],
        to_segment_key=["card_usage_2", "card_usage_9"],
        cause=["behaviour", "model"],
        reason=["Spends less.", "The model is new."],
    )
    with duckdb.connect() as connection:
        connection.register("customer_segment_changes", changes)
        connection.register("segment_registry", registry)
        found = connection.sql(STATEMENTS[11]).df()
    names = bank.names("card_usage")
    assert found.to_numpy(dtype=object, na_value=None).tolist() == [
        ["b", names["card_usage_1"], names["card_usage_2"], "behaviour", "Spends less."],
        # a key without a name on record leaves nobody out
        ["a", names["card_usage_2"], None, "model", "The model is new."],
    ]


def test_12_how_many_are_near_a_border(bank, answer):
    found = answer(12)
    rows = bank.published("segment_members").assign(near=lambda one: one["margin"] < 0.05)
    keys = ["segmentation", "segment_key", "segment_name"]
    expected = rows.groupby(keys)["near"].agg(["size", "sum"]).reset_index()
    expected = expected.rename(columns={"size": "customers", "sum": "near_a_border"})
    order = ["near_a_border", "segment_key"]
    assert_same(found, expected.sort_values(order, ascending=[False, True]))
