"""A complete build of the public files against the figures published for them."""

import numpy as np
import pandas as pd
import pytest
from metrics import Metrics
from scoring import scored_by_engine
from workspaces import REAL_FILES

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


def test_everything_is_loaded(real_build):
    rows = real_build.query("select * from intermediate.int_input_rows").set_index("input_name")
    assert rows["loaded_rows"].to_dict() == {
        "customers": 4_000,
        "spends": 864_000,
        "card_relationships": 660,
        "card_usage": 8_950,
        "credit_profiles": 12_500,
    }
    assert rows["rejected_rows"].sum() == 0
    repairs = real_build.query("select * from intermediate.int_input_repairs")
    assert "identifier_cleared" not in set(repairs["repair_rule"]), "none of them is a person's"


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


def test_metrics_give_the_published_figures(real_build):
    metrics = Metrics(real_build)
    names = ["income_utilisation_pct", "credit_card_share", "contacts_per_relationship"]
    names += ["card_relationships", "minimum_payers", "customers"]
    figures = metrics.query(names, []).iloc[0]
    assert round(figures["income_utilisation_pct"], 2) == 42.82
    assert round(100 * figures["credit_card_share"], 2) == 40.74
    assert round(100 * figures["minimum_payers"] / 12_500, 1) == 52.6
    assert (figures["customers"], figures["card_relationships"]) == (4_000, 660)
    assert round(figures["contacts_per_relationship"], 3) == 8.592

    by_city = metrics.query(["income_utilisation_pct"], ["customer__city"])
    assert round(by_city.loc["Mumbai", "income_utilisation_pct"], 2) == 51.43


@pytest.mark.parametrize(
    ("table", "column", "condition"),
    [
        ("customer_demographics", "income_utilisation_ratio_of_means_pct", "not is_suppressed"),
        ("key_customer_segments", "income_utilisation_pct", "is_key_segment"),
    ],
)
def test_combinations_hold_the_published_utilisation(real_build, table, column, condition):
    rows = real_build.query_published(
        f"""
        select group_label, {column} from {table}
        where dimension_set in ('city', 'occupation') and {condition}
        """
    ).set_index("group_label")[column]
    assert round(rows["Mumbai"], 2) == 51.43
    assert round(rows["Salaried IT Employees"], 2) == 51.04


def test_everyone_in_the_demographics(real_build):
    row = real_build.query_published(
        "select * from customer_demographics where dimension_set = 'all'"
    ).iloc[0]
    assert row["customers"] == 4_000
    assert round(row["income_utilisation_ratio_of_means_pct"], 2) == 42.82
    assert round(row["income_utilisation_mean_of_ratios_pct"], 2) == 42.95
    assert round(100 * row["credit_card_share"], 2) == 40.74
    assert round(row["card_spend_to_income_pct"], 2) == 17.45


def test_september_is_the_largest_month(real_build):
    months = real_build.query_published(
        """
        select month(spend_month) as month, spend_amount, income_utilisation_pct
        from monthly_income_utilisation where attribute = 'all'
        """
    ).set_index("month")
    shares = 100 * months["spend_amount"] / months["spend_amount"].sum()
    assert shares.idxmax() == 9
    assert round(shares[9], 2) == 21.84
    assert round(months["income_utilisation_pct"].mean(), 2) == 42.82


def test_card_features_rest_on_the_published_shares(real_build):
    """Credit cards are 40.74 % of spend; benefits on spend that is not there say so."""
    rows = real_build.query_published(
        "select * from card_feature_recommendations where group_type = 'all'"
    ).set_index("benefit_key")
    assert round(100 * rows.loc["flat_cashback", "basis_share"], 2) == 40.74
    assert set(rows.index[~rows["is_testable"]]) == {
        "fuel_waiver",
        "no_foreign_markup",
        "balance_transfer",
    }
    assert rows["is_recommended"].sum() == 5


@pytest.mark.parametrize(
    ("segmentation", "k", "silhouette"), [("relationship", 3, 0.5157), ("card_usage", 4, None)]
)
def test_number_of_segments_is_chosen_by_the_rule(real_build, segmentation, k, silhouette):
    row = real_build.query_published(
        f"select * from segmentations where segmentation = '{segmentation}'"
    ).iloc[0]
    assert (row["n_segments"], row["verdict"], row["status"]) == (k, "natural", "published")
    if silhouette is not None:
        assert round(row["silhouette"], 4) == silhouette


def test_relationship_segments_have_the_published_sizes(real_build):
    sizes = real_build.query_published(
        "select customers from segments where segmentation = 'relationship' order by 1 desc"
    )
    assert sizes["customers"].tolist() == [386, 224, 50]


def test_customers_with_fewer_cards_call_most(real_build, real_data):
    """Segments and numbers of cards against the file itself, counted in pandas."""
    raw = pd.read_csv(real_data / REAL_FILES["card_relationships"])
    by_cards = raw.groupby("Total_Credit_Cards").agg(
        customers=("Sl_No", "size"), contacts=("Total_calls_made", "sum")
    )
    calls = real_build.query_published("select * from service_demand where channel = 'calls'")
    cards = calls[calls["group_type"] == "credit_cards"].sort_values("group_position")
    assert cards["group_position"].tolist() == by_cards.index.tolist()
    assert cards["customers"].tolist() == by_cards["customers"].tolist()
    assert cards["contacts"].tolist() == by_cards["contacts"].tolist()
    one_to_three = cards[cards["group_position"] <= 3]
    assert round(one_to_three["customer_share"].sum(), 3) == 0.267
    assert round(one_to_three["contact_share"].sum(), 3) == 0.505
    assert (one_to_three["contacts_per_customer_lower"] > raw["Total_calls_made"].mean()).all()

    segments = calls[calls["group_type"] == "segment"].set_index("customers")
    assert segments["contacts"].to_dict() == {386: 772, 224: 1_539, 50: 54}
    assert segments["index_100"].round(1).to_dict() == {386: 55.8, 224: 191.7, 50: 30.1}


def test_staff_goes_to_those_who_call(real_build):
    """100,000 customers: 2,365 / 660 calls each, 6 minutes a call, 14 percent in the busy hour."""
    plan = real_build.query_published(
        "select * from staffing_plan where channel = 'calls' and handling_estimate = 'base'"
    )
    everyone = plan[plan["group_type"] == "all"].iloc[0]
    assert round(everyone["yearly_contacts"]) == 358_333
    assert round(everyone["busy_hour_erlangs"], 2) == 16.72
    assert (everyone["busy_hour_agents"], everyone["ordinary_hour_agents"]) == (21, 15)
    # 300 days of 21 + 9 * 15 agent hours, by 1,800 paid hours of which 70 percent are at work
    assert round(everyone["stand_alone_staff"], 3) == round(300 * (21 + 9 * 15) / 1_260, 3)
    segments = plan[plan["group_type"] == "segment"].set_index("customers")
    assert segments["pooled_staff"].round(1).to_dict() == {386: 12.1, 224: 24.2, 50: 0.8}
    assert segments["stand_alone_staff"].sum() > segments["pooled_staff"].sum() * 1.2


def test_tiers_and_targets_fit_the_segments(real_build):
    tiers = real_build.query_published(
        "select * from segment_product_tiers where group_type = 'segment'"
    ).set_index("customers")
    assert tiers["tier_key"].to_dict() == {386: "standard", 224: "entry", 50: "premium"}
    assert tiers["median_credit_limit_amount"].to_dict() == {386: 31_000, 224: 12_000, 50: 145_500}
    assert tiers["is_service_covered_by_fee"].to_dict() == {386: True, 224: False, 50: True}
    targets = real_build.query_published(
        "select * from digital_migration_targets where group_type = 'segment' and is_target"
    )
    assert set(zip(targets["customers"], targets["channel"], strict=True)) == {
        (386, "branch"),
        (224, "calls"),
    }


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
        select column_name, repair_rule, repaired_values from intermediate.int_input_repairs
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


def test_cardholders_are_in_the_classes_known_of_them(real_build):
    """Each cardholder again with pandas: independent/test_independent_card_usage.py."""
    published = real_build.query_published("select * from cardholder_behaviour")
    assert (~published["is_minimum_payment_known"]).sum() == 313
    assert published["behaviour_class"].value_counts().to_dict() == {
        "revolver": 3_248,
        "cash_advance_user": 2_834,
        "minimum_payer": 1_385,
        "transactor": 885,
        "dormant": 417,
        "unclassified": 181,
    }
    assert published["is_vulnerable"].sum() == 948
    assert published["is_vulnerable"].isna().sum() == 1
    # the one cardholder without a limit has no known value
    values = real_build.query_published("select net_value_base_amount from cardholder_value")
    assert values["net_value_base_amount"].isna().sum() == 1


def test_the_most_valuable_segment_buys_least_and_needs_help(real_build):
    """Ranking by purchases ranks wrongly, and ranking by value alone would sell more debt."""
    segments = real_build.query_published(
        "select * from segment_value where segment_key is not null order by net_value_rank"
    ).set_index("segment_name")
    assert segments["purchases_rank"].to_dict() == {
        "Cash-advance users": 4,
        "High spenders": 1,
        "Low activity": 3,
        "Instalment buyers who pay in full": 2,
    }
    assert segments["net_value_base_amount"].round(2).tolist() == [391.99, 268.94, 22.57, -31.31]
    assert segments["vulnerable_customer_share"].round(3).tolist() == [0.182, 0.074, 0.1, 0]
    # the third is worth less than the average and pays the minimum: no offer may add to its balance
    assert segments["treatment"].tolist() == ["serve", "keep", "serve", "reprice"]
    assert segments["is_upsell_allowed"].tolist() == [False, True, False, False]


def test_segments_part_cardholders_by_behaviour(real_build):
    cells = real_build.query_published("select * from behaviour_by_segment")
    assert cells["cramers_v"].round(4).unique().tolist() == [0.627]
    shares = cells.set_index(["segment_name", "behaviour_class"])["customer_share"].round(3)
    assert shares["Cash-advance users", "cash_advance_user"] == 0.788
    assert shares["Instalment buyers who pay in full", "transactor"] == 0.679
    assert shares["High spenders", "revolver"] == 0.618
    assert shares["All cardholders", "dormant"] == 0.047


def test_minimum_payment_shares(real_build):
    """6,571 say yes and 4,491 no; 1,438 are not mentioned."""
    row = real_build.query_published(
        "select * from repayment_behaviour where group_type = 'all'"
    ).iloc[0]
    assert row["customers"] == 12_500
    assert round(100 * row["minimum_payment_share_of_all_answers"], 1) == 52.6
    assert round(100 * row["minimum_payment_share_of_yes_or_no"], 1) == 59.4
    assert row["minimum_payment_share_of_all_answers_lower"] > 0.5


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
    assert (known["cramers_v"] < 0.05).all()
    assert rows.loc[rows["is_unknown"].astype(bool), "customers"].tolist() == [880]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("minimum_payers_of_all_are_most", "supported"),
        ("ages_20_to_50_score_better_than_older", "contradicted"),
        ("ages_20_to_50_score_better_than_rest", "no difference that matters"),
        ("older_customers_score_better", "supported"),
        ("media_managers_beat_entrepreneurs", "no difference that matters"),
        ("score_differs_by_occupation", "no difference that matters"),
        ("occupation_hardly_matters", "supported"),
        ("score_differs_by_credit_mix", "supported"),
        ("it_employees_use_most_of_income", "supported"),
        ("mumbai_uses_most_of_income", "supported"),
        ("men_use_more_of_income", "supported"),
        ("married_use_more_of_income", "no difference that matters"),
        ("bills_are_largest_category", "supported"),
        ("most_spend_is_by_credit_card", "contradicted"),
        ("credit_card_is_largest_payment_type", "supported"),
        ("fewer_cards_call_more", "supported"),
        ("high_limits_prefer_online", "no difference that matters"),
        ("cash_advance_users_carry_more", "supported"),
        ("few_pay_in_full", "supported"),
    ],
)
def test_verdicts_on_claims(real_build, claim, verdict):
    row = real_build.query_published(
        f"select * from tested_claims where claim_key = '{claim}'"
    ).iloc[0]
    assert row["verdict"] == verdict, row["reason"]
