"""A complete build of the public files against the figures published for them."""

import numpy as np
import pandas as pd
import pytest
from scoring import scored_by_engine
from workspaces import REAL_FILES

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
