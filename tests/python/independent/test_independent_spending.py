"""The tables of customers, income and spending, worked out again with pandas and SciPy."""

from itertools import combinations

import numpy as np
import pandas as pd
from bank import ATTRIBUTES, PROTECTED, VARIABLES, reference
from comparison import compare, shown_keys
from scipy import stats

GROUP = ["attribute", "attribute_value"]
COMBINATION = ["dimension_set", "group_label"]


def by_attribute(rows: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Every row once for everyone and once for each attribute of its customer."""
    values = customers[ATTRIBUTES].assign(all="all")
    values = values.melt(ignore_index=False, var_name=GROUP[0], value_name=GROUP[1])
    return values.merge(rows, left_index=True, right_on="customer_id")


def by_combination(rows: pd.DataFrame, smallest: int = 0) -> pd.DataFrame:
    """Every customer once under everyone, each attribute, each pair, and all five together."""
    sets = [(), *combinations(ATTRIBUTES, 1), *combinations(ATTRIBUTES, 2), tuple(ATTRIBUTES)]
    found = []
    for names in sets:
        if len(names) < smallest:
            continue
        own = rows.copy()
        own[[name for name in ATTRIBUTES if name not in names]] = None
        own["attribute_count"] = len(names)
        own["dimension_set"] = " × ".join(names) or "all"
        own["group_label"] = rows[list(names)].agg(" × ".join, axis=1) if names else "all"
        found.append(own)
    return pd.concat(found)


def with_a_row(expected: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """A combination that is suppressed has no row; every value of an attribute has."""
    rows = pd.MultiIndex.from_frame(published[COMBINATION])
    is_there = pd.MultiIndex.from_frame(expected[COMBINATION]).isin(rows)
    return expected[(expected["attribute_count"] <= 1) | is_there]


def utilisation(groups) -> pd.DataFrame:
    """What groups of customers earn and spend, as ratios of means and as means of ratios."""
    means = groups[["income", "spend", "card", "utilisation"]].mean()
    return pd.DataFrame(
        {
            "customers": groups.size(),
            "people": groups.size(),
            "average_monthly_income_amount": means["income"],
            "average_monthly_spend_amount": means["spend"],
            "income_utilisation_ratio_of_means_pct": 100 * means["spend"] / means["income"],
            "income_utilisation_mean_of_ratios_pct": means["utilisation"],
            "credit_card_share": means["card"] / means["spend"],
            "card_spend_to_income_pct": 100 * means["card"] / means["income"],
        }
    )


def test_customer_income_utilisation(bank):
    rows = bank.spenders
    expected = rows[ATTRIBUTES].assign(
        months_observed=rows["months"],
        monthly_income_amount=rows["income"],
        spend_amount=rows["total"],
        average_monthly_spend_amount=rows["total"] / rows["months"],
        income_utilisation_pct=100 * rows["total"] / rows["months"] / rows["income"],
        credit_card_spend_amount=rows["card_total"],
        credit_card_share=rows["card_total"] / rows["total"],
        card_spend_to_income_pct=100 * rows["card_total"] / rows["months"] / rows["income"],
    )
    published = bank.published("customer_income_utilisation")
    compare(published, expected.reset_index(), ["customer_id"])


def test_income_utilisation_by_demographic(bank):
    groups = by_attribute(bank.spenders.drop(columns=ATTRIBUTES), bank.customers).groupby(GROUP)
    expected = utilisation(groups)
    expected["average_monthly_credit_card_spend_amount"] = groups["card"].mean()
    published = bank.published("income_utilisation_by_demographic")
    compare(published, expected.reset_index(), GROUP)


def test_customer_demographics(bank):
    groups = by_combination(bank.spenders).groupby(
        [*COMBINATION, "attribute_count", *ATTRIBUTES], dropna=False
    )
    expected = utilisation(groups)
    expected["customer_share"] = groups.size() / len(bank.spenders)
    expected["spend_share"] = groups["spend"].sum() / bank.spenders["spend"].sum()
    published = bank.published("customer_demographics")
    compare(published, with_a_row(expected.reset_index(), published), COMBINATION)


def test_monthly_income_utilisation(bank):
    spends = by_attribute(bank.spends, bank.customers)
    keys = [*GROUP, "spend_month"]
    spends = spends.rename(columns={"month": "spend_month"})
    spend = spends.groupby(keys)["spend"].sum()
    card = spends[spends["is_card"]].groupby(keys)["spend"].sum().reindex(spend.index, fill_value=0)
    group = by_attribute(bank.spenders[["income"]], bank.customers).groupby(GROUP)["income"]
    expected = pd.DataFrame({"spend_amount": spend}).join(
        pd.DataFrame({"customers": group.size(), "people": group.size(), "income": group.sum()})
    )
    expected["average_spend_amount"] = spend / expected["customers"]
    expected["income_utilisation_pct"] = 100 * spend / expected["income"]
    expected["credit_card_share"] = card / spend
    expected["card_spend_to_income_pct"] = 100 * card / expected["income"]
    # the rows are in the order of months
    before = expected.groupby(GROUP).shift()
    expected["spend_change_pct"] = 100 * (spend / before["spend_amount"] - 1)
    expected["income_utilisation_change_points"] = (
        expected["income_utilisation_pct"] - before["income_utilisation_pct"]
    )
    published = bank.published("monthly_income_utilisation")
    compare(published, expected.drop(columns="income").reset_index(), keys)


def spend_by_cell(bank, keys) -> pd.DataFrame:
    """Spend in each cell of an attribute's value, and its share of all that the value spends."""
    spends = by_attribute(bank.spends, bank.customers).rename(columns={"month": "spend_month"})
    cells = spends.groupby(keys)
    expected = pd.DataFrame({"spend_amount": cells["spend"].sum()})
    spent = spends[spends["spend"] > 0]
    expected["customers"] = spent.groupby(keys)["customer_id"].nunique()
    expected["people"] = expected["customers"]
    of_the_value = spends.groupby(GROUP)["spend"].sum().rename("of_the_value")
    expected = expected.join(of_the_value)
    expected["spend_share"] = expected["spend_amount"] / expected["of_the_value"]
    return expected.drop(columns="of_the_value").reset_index()


def test_spend_by_demographic(bank):
    keys = [*GROUP, "category", "payment_type"]
    compare(bank.published("spend_by_demographic"), spend_by_cell(bank, keys), keys)


def test_monthly_spend(bank):
    keys = [*GROUP, "spend_month", "category", "payment_type"]
    compare(bank.published("monthly_spend"), spend_by_cell(bank, keys), keys)


def ratio(rows: pd.DataFrame, of: str, to: str) -> tuple[float, float]:
    """A ratio of means and its linearised variance (Cochran 1977, section 6.4)."""
    value = rows[of].sum() / rows[to].sum()
    residuals = rows[of] - value * rows[to]
    people = len(rows)
    if people < 2:
        return value, np.nan
    return value, people / (people - 1) * (residuals**2).sum() / rows[to].sum() ** 2


def key_figures(group, others, probability, of, to) -> dict:
    """A ratio, its interval, and the least by which it lies above everyone else's."""
    (value, variance), (other, other_variance) = ratio(group, of, to), ratio(others, of, to)
    fewer = min(len(group), len(others))
    half = stats.t.isf(probability, len(group) - 1) * np.sqrt(variance)
    margin = stats.t.isf(probability, fewer - 1) * np.sqrt(variance + other_variance)
    # the published quantile is an approximation, rough for few people
    roughness = 0.015 if fewer < 30 else 0.0003
    return {
        "value": value,
        "lower": max(value - half, 0),
        "upper": value + half,
        "above": value - other - margin,
        "own_margin": roughness * half,
        "above_margin": roughness * margin,
    }


def test_key_customer_segments(bank):
    published, everyone = bank.published("key_customer_segments"), bank.spenders
    shown = shown_keys(published, COMBINATION)
    # both ends of two ratios and the lower ends of two differences, of each combination shown
    probability = VARIABLES["key_segment_error_rate"] / (6 * len(shown))
    everywhere = ratio(everyone, "spend", "income")[0], ratio(everyone, "card", "spend")[0]
    rows = []
    for keys, group in by_combination(everyone, smallest=1).groupby(COMBINATION):
        others = everyone.drop(index=group.index)
        use = key_figures(group, others, probability, "spend", "income")
        card = key_figures(group, others, probability, "card", "spend")
        rows.append(
            {
                **dict(zip(COMBINATION, keys, strict=True)),
                **group[[*ATTRIBUTES, "attribute_count"]].iloc[0],
                "people": len(group),
                "customers": len(group),
                "customer_share": len(group) / len(everyone),
                "spend_share": group["spend"].sum() / everyone["spend"].sum(),
                "income_utilisation_pct": 100 * use["value"],
                "income_utilisation_pct_lower": 100 * use["lower"],
                "income_utilisation_pct_upper": 100 * use["upper"],
                "use_margin": 100 * use["own_margin"],
                "income_utilisation_index_100": 100 * use["value"] / everywhere[0],
                "income_utilisation_above_others_points_lower": 100 * use["above"],
                "use_above_margin": 100 * use["above_margin"],
                "credit_card_share": card["value"],
                "credit_card_share_lower": card["lower"],
                "credit_card_share_upper": min(card["upper"], 1),
                "card_margin": card["own_margin"],
                "credit_card_share_index_100": 100 * card["value"] / everywhere[1],
                "credit_card_share_above_others_lower": card["above"],
                "card_above_margin": card["above_margin"],
                "has_protected_attribute": group[PROTECTED].notna().any(axis=None),
            }
        )
    ranked = [
        *("utilisation_rank", "credit_card_rank", "value_rank", "size_rank", "key_rank"),
        "is_key_segment",
    ]
    compare(
        published,
        with_a_row(pd.DataFrame(rows), published),
        COMBINATION,
        words=["reason", *ranked],
        allowed={
            "income_utilisation_pct_lower": "use_margin",
            "income_utilisation_pct_upper": "use_margin",
            "income_utilisation_above_others_points_lower": "use_above_margin",
            "credit_card_share_lower": "card_margin",
            "credit_card_share_upper": "card_margin",
            "credit_card_share_above_others_lower": "card_above_margin",
        },
    )


def test_key_customer_segments_are_ranked_by_what_is_shown(bank):
    """By the bounds that the test before has compared with SciPy's."""
    published = bank.published("key_customer_segments")
    rows = published[~published["is_suppressed"]].copy()
    above = "income_utilisation_above_others_points_lower"
    for name, by in {
        "utilisation_rank": above,
        "credit_card_rank": "credit_card_share_above_others_lower",
        "value_rank": "spend_share",
        "size_rank": "customers",
    }.items():
        ordered = rows.sort_values([by, *COMBINATION], ascending=[False, True, True])
        rank = ordered.groupby("attribute_count").cumcount() + 1
        assert (rows[name] == rank.reindex(rows.index)).all(), name
    is_key = (rows[above] > 0) & (rows["customer_share"] >= VARIABLES["minimum_key_segment_share"])
    assert (rows["is_key_segment"] == is_key).all()
    assert is_key.any()
    key_rank = rows[is_key].sort_values([above, *COMBINATION], ascending=[False, True, True])
    assert key_rank["key_rank"].tolist() == list(range(1, is_key.sum() + 1))
    hidden = published[published["is_suppressed"]]
    assert not hidden["is_key_segment"].any()
    assert published.loc[~published["is_key_segment"], "key_rank"].isna().all()


def audiences(bank) -> pd.DataFrame:
    """One row per audience and customer: everyone, each attribute's value and each segment."""
    members = bank.members("spending").rename("attribute_value").reset_index()
    people = by_attribute(pd.DataFrame({"customer_id": bank.customers.index}), bank.customers)
    return pd.concat([people, members.assign(attribute="segment")])


def applies(benefit, spends: pd.DataFrame) -> pd.Series:
    """The spends that a benefit rests on."""
    is_category = spends["category"].str.lower() == str(benefit.basis_value).lower()
    is_payment = spends["payment_type"].str.lower() == str(benefit.basis_value).lower()
    return {
        "spend": pd.Series(True, spends.index),
        "credit_card_spend": spends["is_card"],
        "category": is_category,
        "category_on_credit_card": is_category & spends["is_card"],
        "payment_type": is_payment,
    }[benefit.basis]


def test_card_feature_recommendations(bank):
    groups = ["group_type", "group_key"]
    people = audiences(bank).rename(columns=dict(zip(GROUP, groups, strict=True)))
    customers = people.groupby(groups)["customer_id"].size()
    months = bank.spends["month"].nunique()
    total = people.join(bank.spenders["total"], on="customer_id").groupby(groups)["total"].sum()
    rows = []
    for benefit in reference("card_benefits").itertuples():
        basis = bank.spends[applies(benefit, bank.spends)]
        spend = basis.groupby("customer_id")["spend"].sum().rename("basis_spend")
        spend = people.join(spend, on="customer_id").groupby(groups)["basis_spend"].sum()
        spend = spend if len(basis) else spend * np.nan
        row = pd.DataFrame(
            {
                "benefit_key": benefit.benefit_key,
                "benefit_name": benefit.benefit_name,
                "basis": benefit.basis,
                "basis_value": benefit.basis_value,
                "team": benefit.team,
                "customers": customers,
                "people": customers,
                "yearly_basis_amount": spend / customers / months * 12,
                "basis_share": spend / total,
                "is_testable": len(basis) > 0,
                "is_assumption": benefit.is_assumption,
            }
        )
        everyone = row.loc[("all", "all")]
        yearly = row["yearly_basis_amount"]
        row["index_100"] = 100 * yearly / everyone["yearly_basis_amount"]
        row["mix_index_100"] = 100 * row["basis_share"] / everyone["basis_share"]
        for estimate in ("low", "base", "high"):
            used = yearly * getattr(benefit, f"uptake_share_{estimate}")
            worth = used * getattr(benefit, f"reward_rate_{estimate}")
            row[f"customer_benefit_{estimate}_amount"] = worth
            cost = used * getattr(benefit, f"cost_rate_{estimate}")
            revenue = used * getattr(benefit, f"revenue_rate_{estimate}")
            row[f"bank_cost_{estimate}_amount"] = cost
            row[f"bank_revenue_{estimate}_amount"] = revenue
            row[f"bank_net_{estimate}_amount"] = revenue - cost
        worth, cost = row["customer_benefit_base_amount"], row["bank_cost_base_amount"]
        row["benefit_per_cost"] = worth / cost
        row["net_benefit_amount"] = worth - cost
        row["weighted_net_benefit_amount"] = (worth - cost) * row["mix_index_100"] / 100
        rows.append(row.reset_index())
    expected = pd.concat(rows, ignore_index=True)
    published = bank.published("card_feature_recommendations")
    expected["has_protected_attribute"] = expected["group_type"].isin(PROTECTED)
    expected["group_name"] = expected["group_key"].replace(bank.names("spending"))

    # what is shown and not zero is ranked, by worth less cost in the audience's mix of spend
    keys = [*groups, "benefit_key"]
    is_shown = pd.MultiIndex.from_frame(expected[keys]).isin(shown_keys(published, keys))
    ranked = expected[is_shown & (expected["yearly_basis_amount"] > 0)]
    ranked = ranked.round({"weighted_net_benefit_amount": 9})
    ranked = ranked.sort_values(
        ["weighted_net_benefit_amount", "benefit_key"], ascending=[False, True]
    )
    rank = ranked.groupby(groups).cumcount() + 1
    expected["benefit_rank"] = rank.reindex(expected.index)
    expected["is_recommended"] = (
        expected["benefit_rank"] <= VARIABLES["recommended_card_features"]
    ) & (expected["net_benefit_amount"] > 0)
    compare(published, expected, keys, words=["reason"])
