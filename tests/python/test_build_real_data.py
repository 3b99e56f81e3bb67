"""A complete build of the public files against the figures published for them."""

import numpy as np
import pandas as pd
import pytest
from metrics import Metrics
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
