"""A complete build of the public files against the figures published for them."""

import numpy as np
import pandas as pd
import pytest
from scoring import scored_by_engine

pytestmark = pytest.mark.real_data


def test_everything_is_loaded(real_build):
    rows = real_build.query("select * from staging.input_rows").set_index("input_name")
    assert rows["loaded_rows"].to_dict() == {
        "customers": 4_000,
        "spends": 864_000,
        "card_relationships": 660,
        "card_usage": 8_950,
        "credit_profiles": 12_500,
    }
    assert rows["rejected_rows"].sum() == 0


@pytest.mark.parametrize(
    ("attribute", "value", "ratio_of_means", "mean_of_ratios"),
    [
        ("all", "all", 42.8223, 42.948),
        ("occupation", "Salaried IT Employees", 51.04, 50.93),
        ("city", "Mumbai", 51.43, 51.58),
    ],
)
def test_income_utilisation(real_build, attribute, value, ratio_of_means, mean_of_ratios):
    row = real_build.query_published(
        f"""
        select * from income_utilisation_by_demographic
        where attribute = '{attribute}' and attribute_value = '{value}'
        """
    ).iloc[0]
    digits = 4 if attribute == "all" else 2
    assert round(row["income_utilisation_ratio_of_means_pct"], digits) == ratio_of_means
    assert round(row["income_utilisation_mean_of_ratios_pct"], min(digits, 3)) == mean_of_ratios


@pytest.mark.parametrize(
    ("column", "value", "share_pct"),
    [
        ("category", "Bills", 19.76),
        ("payment_type", "Credit Card", 40.74),
        ("month(spend_month)", "9", 21.84),
    ],
)
def test_spend_shares(real_build, column, value, share_pct):
    shares = real_build.query_published(
        f"""
        select cast({column} as varchar) as part, 100 * sum(spend_share) as share_pct
        from monthly_spend where attribute = 'all' group by 1
        """
    ).set_index("part")["share_pct"]
    assert round(shares[value], 2) == share_pct


@pytest.mark.parametrize(
    ("segmentation", "k", "silhouette"), [("relationship", 3, 0.5157), ("card_usage", 4, None)]
)
def test_number_of_segments_is_chosen_by_the_rule(real_build, segmentation, k, silhouette):
    row = real_build.query_published(
        f"select * from segmentations where segmentation = '{segmentation}'"
    ).iloc[0]
    assert (row["k"], row["verdict"], row["status"]) == (k, "natural", "published")
    if silhouette is not None:
        assert round(row["silhouette"], 4) == silhouette


def test_relationship_segments_have_the_published_sizes(real_build):
    sizes = real_build.query_published(
        "select customers from segments where segmentation = 'relationship' order by 1 desc"
    )
    assert sizes["customers"].tolist() == [386, 224, 50]


def test_no_number_of_segments_is_written_for_a_data_set(real_build):
    """The specifications give a range at most, and the public files are never named."""
    specifications = real_build.query("select * from intermediate.int_segmentation_specifications")
    for text in specifications["specification_json"]:
        assert '"k"' not in text
        assert '"maximum": 3' not in text
        assert '"maximum": 4' not in text


def test_cleaning_counts_every_kind_of_dirt(real_build):
    repairs = real_build.query(
        """
        select column_name, repair_rule, repaired_values from staging.input_repairs
        where input_name = 'credit_profiles'
        """
    ).set_index(["column_name", "repair_rule"])["repaired_values"]
    expected = {
        ("age", "mark_removed"): 637,
        ("annual_income", "mark_removed"): 859,
        ("num_of_loan", "mark_removed"): 623,
        ("num_of_delayed_payment", "mark_removed"): 374,
        ("outstanding_debt", "mark_removed"): 139,
        ("age", "out_of_range_cleared"): 104 + 215,
        ("changed_credit_limit", "placeholder_cleared"): 254,
        ("amount_invested_monthly", "placeholder_cleared"): 558,
        ("occupation", "placeholder_cleared"): 880,
        ("credit_mix", "placeholder_cleared"): 2_611,
        ("payment_behaviour", "placeholder_cleared"): 998,
    }
    assert {key: repairs.get(key) for key in expected} == expected


@pytest.mark.parametrize("segmentation", ["relationship", "card_usage"])
def test_sql_scores_as_the_engine_does(real_build, segmentation):
    in_sql, in_engine = scored_by_engine(real_build, segmentation)
    pd.testing.assert_series_equal(in_sql["segment_key"], in_engine["segment_key"])
    np.testing.assert_allclose(in_sql["distance"], in_engine["distance"], rtol=0, atol=1e-9)


def test_minimum_payment_shares(real_build):
    """6,571 say yes and 4,491 no; 1,438 are not mentioned."""
    row = real_build.query_published(
        "select * from repayment_behaviour where group_type = 'all'"
    ).iloc[0]
    assert row["customers"] == 12_500
    assert round(100 * row["minimum_payment_share_of_all_answers"], 1) == 52.6
    assert round(100 * row["minimum_payment_share_of_yes_or_no"], 1) == 59.4
    assert row["minimum_payment_share_of_all_answers_low"] > 0.5


def test_older_customers_have_better_scores(real_build):
    shares = real_build.query_published(
        "select * from credit_score_by_age where age_scheme = 'broad'"
    ).set_index("age_group")
    assert 0.15 <= shares.loc["below 25", "good_share"] <= 0.18
    assert round(100 * shares.loc["45 and over", "good_share"], 1) == 29.8
    assert shares.loc["45 and over", "good_rank"] == 1
    assert shares.loc["unknown", "customers"] == 104 + 215
    assert shares["customers"].sum() == 12_500


def test_scores_hardly_differ_by_occupation(real_build):
    rows = real_build.query_published("select * from credit_score_by_occupation")
    known = rows[~rows["is_unknown"].astype(bool)]
    assert round(100 * known["good_share"].min(), 1) == 15.9
    assert round(100 * known["good_share"].max(), 1) == 21.4
    assert (known["table_cramers_v"] < 0.05).all()
    assert rows.loc[rows["is_unknown"].astype(bool), "customers"].tolist() == [880]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("minimum_payers_of_all_are_most", "supported"),
        ("ages_20_to_50_score_better_than_older", "reversed"),
        ("ages_20_to_50_score_better_than_rest", "not supported"),
        ("older_customers_score_better", "supported"),
        ("media_managers_beat_entrepreneurs", "not supported"),
        ("score_differs_by_occupation", "not supported"),
        ("occupation_hardly_matters", "supported"),
        ("score_differs_by_credit_mix", "supported"),
        ("it_employees_use_most_of_income", "supported"),
        ("mumbai_uses_most_of_income", "supported"),
        ("men_use_more_of_income", "supported"),
        ("married_use_more_of_income", "not supported"),
        ("bills_are_largest_category", "supported"),
        ("most_spend_is_by_credit_card", "reversed"),
        ("credit_card_is_largest_payment_type", "supported"),
        ("fewer_cards_call_more", "supported"),
        ("high_limits_prefer_online", "not supported"),
        ("cash_advance_users_carry_more", "supported"),
        ("few_pay_in_full", "supported"),
    ],
)
def test_verdicts_on_claims(real_build, claim, verdict):
    row = real_build.query_published(
        f"select * from tested_claims where claim_key = '{claim}'"
    ).iloc[0]
    assert row["verdict"] == verdict, row["verdict_reason"]
