"""The tables of cardholders, their behaviour and their value, worked out again with pandas."""

import operator

import numpy as np
import pandas as pd
from bank import VARIABLES, reference
from comparison import MINIMUM, compare, shown_keys
from scipy.stats.contingency import association, expected_freq

COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BEHAVIOURS = ["dormant", "transactor", "cash_advance_user", "minimum_payer", "revolver"]
ESTIMATES = ["low", "base", "high"]
EVERYONE = {"segment_key": None, "segment_name": "All cardholders"}


def cash_share(rows: pd.DataFrame) -> pd.Series:
    """How much of what the card is used for is cash; nothing of an unused card."""
    return (rows["cash_advance"] / (rows["cash_advance"] + rows["purchases"])).fillna(0)


def flags(bank) -> pd.DataFrame:
    """Each behaviour as true, false or unknown: any of its rules, and of each all conditions."""
    rows = bank.cardholders
    metrics = {
        "active_month_share": np.maximum(
            rows["purchases_frequency"], rows["cash_advance_frequency"].clip(upper=1)
        ),
        "limit_utilisation_share": rows["balance"] / rows["credit_limit"].replace(0, np.nan),
        "payment_ratio": rows["payments"] / rows["minimum_payments"].replace(0, np.nan),
        "full_payment_share": rows["prc_full_payment"],
        "cash_advance_share_of_usage": cash_share(rows),
        "cash_advance_transactions": rows["cash_advance_trx"],
        "cash_advance_frequency_share": rows["cash_advance_frequency"],
        "payments_amount": rows["payments"],
    }
    found = pd.DataFrame(index=rows.index)
    for behaviour, rules in reference("behaviour_thresholds").groupby("behaviour"):
        any_rule = pd.Series(False, rows.index, dtype="boolean")
        for _, conditions in rules.groupby("rule_key"):
            all_met = pd.Series(True, rows.index, dtype="boolean")
            for condition in conditions.itertuples():
                value = metrics[condition.metric]
                is_met = COMPARISONS[condition.operator](value, condition.threshold)
                # pandas' `and` and `or` of unknown values are those of logic
                all_met &= is_met.astype("boolean").mask(value.isna())
            any_rule |= all_met
        found[behaviour] = any_rule
    return found


def classes(bank) -> pd.Series:
    """The first behaviour that applies; none where an earlier one may or may not apply."""
    found = flags(bank)
    behaviour_class = pd.Series("unclassified", found.index)
    is_open = pd.Series(True, found.index)
    for behaviour in BEHAVIOURS:
        behaviour_class[is_open & found[behaviour].eq(True).fillna(False)] = behaviour
        is_open &= found[behaviour].eq(False).fillna(False)
    return behaviour_class


def yearly(bank) -> pd.DataFrame:
    """What the rates of a year are taken of; who is not known as a transactor pays interest."""
    rows, known = bank.cardholders, flags(bank).fillna(False).astype(bool)
    cash_balance = rows["balance"] * cash_share(rows)
    carried = (rows["balance"] - cash_balance) * (1 - rows["prc_full_payment"])
    a_year = 12 / rows["tenure"]
    return pd.DataFrame(
        {
            "purchases_amount": rows["purchases"] * a_year,
            "instalment_purchases_amount": rows["installments_purchases"] * a_year,
            "cash_advance_amount": rows["cash_advance"] * a_year,
            "balance_amount": rows["balance"],
            "revolving_balance_amount": carried.mask(known["transactor"], 0),
            "cash_balance_amount": cash_balance,
            "regular_balance_amount": rows["balance"].mask(known["vulnerable"], 0),
            "vulnerable_balance_amount": rows["balance"].where(known["vulnerable"], 0),
            "credit_limit_amount": rows["credit_limit"],
        }
    )


def values(bank) -> pd.DataFrame:
    """Each component of a cardholder's value at the base rates, and the sums at all three."""
    bases = yearly(bank)
    found = pd.DataFrame(index=bases.index)
    for rate in reference("value_rates").itertuples():
        sign = 1 if rate.kind == "revenue" else -1
        for estimate in ESTIMATES:
            amount = sign * bases[rate.basis] * getattr(rate, f"rate_{estimate}")
            columns = [f"net_value_{estimate}_amount"]
            columns += [f"{rate.component}_amount"] if estimate == "base" else []
            for column in columns:
                found[column] = found.get(column, 0) + amount
    found["yearly_purchases_amount"] = bases["purchases_amount"]
    net_value = found["net_value_base_amount"]
    found["is_loss_making"] = (net_value < 0).astype("boolean").mask(net_value.isna())
    found["is_vulnerable"] = flags(bank)["vulnerable"]
    return found


def groups(bank, rows):
    """Everyone together, and each published segment: key, name and rows."""
    yield EVERYONE, rows
    names = bank.names("card_usage")
    for key, members in bank.members("card_usage").groupby(bank.members("card_usage")):
        yield {"segment_key": key, "segment_name": names[key]}, rows.loc[members.index]


def test_cardholder_behaviour(bank):
    rows, known = bank.cardholders, flags(bank)
    expected = known.drop(columns="vulnerable").add_prefix("is_")
    expected["is_vulnerable"] = known["vulnerable"]
    expected["behaviour_class"] = classes(bank)
    expected["full_payment_share"] = rows["prc_full_payment"]
    minimum = rows["minimum_payments"].replace(0, np.nan)
    expected["payment_ratio"] = rows["payments"] / minimum
    expected["limit_utilisation_share"] = rows["balance"] / rows["credit_limit"].replace(0, np.nan)
    expected["is_minimum_payment_known"] = minimum.notna()
    compare(bank.published("cardholder_behaviour"), expected.reset_index(), ["customer_id"])


def test_cardholder_value(bank):
    expected = values(bank).assign(behaviour_class=classes(bank))
    compare(bank.published("cardholder_value"), expected.reset_index(), ["customer_id"])


def test_behaviour_by_segment(bank):
    behaviour_class = classes(bank)
    every_class = reference("behaviour_classes")["behaviour_class"]
    of_everyone = behaviour_class.value_counts().reindex(every_class, fill_value=0)
    rows = []
    for group, members in groups(bank, behaviour_class):
        counts = members.value_counts().reindex(every_class, fill_value=0)
        share = counts / len(members)
        rows.append(
            pd.DataFrame(
                {
                    **group,
                    "segment_customers": len(members),
                    "customers": counts,
                    "people": counts,
                    "customer_share": share,
                    "class_share": counts / of_everyone.replace(0, np.nan),
                    "index_100": 100 * share / (of_everyone / len(behaviour_class)),
                }
            ).reset_index()
        )
    expected = pd.concat(rows, ignore_index=True).assign(segmentation="card_usage")
    segmented = expected.dropna(subset="segment_key")
    table = segmented.pivot(index="segment_key", columns="behaviour_class", values="customers")
    table = table.loc[:, table.sum() > 0]
    by_chance = expected_freq(table)
    in_segment = table.sum(axis=1).to_numpy()[:, None] / table.to_numpy().sum()
    in_class = table.sum(axis=0).to_numpy() / table.to_numpy().sum()
    residuals = (table - by_chance) / np.sqrt(by_chance * (1 - in_segment) * (1 - in_class))
    keys = ["segment_key", "behaviour_class"]
    residuals = residuals.stack().rename("standardised_residual").reset_index()
    expected = expected.merge(residuals, "left", keys)
    expected["cramers_v"] = association(table, method="cramer")
    compare(bank.published("behaviour_by_segment"), expected, keys)


def test_segment_value(bank):
    found, behaviours = values(bank), flags(bank)
    everyone = found["net_value_base_amount"]
    components = [f"{name}_amount" for name in reference("value_rates")["component"].unique()]
    net_values = [f"net_value_{estimate}_amount" for estimate in ESTIMATES]
    advice = bank.published("segment_recommendations")
    advice = advice.merge(reference("segment_playbook"), on=["recommendation_key", "stage"])
    rows = []
    for group, members in groups(bank, found):
        known = members[members["net_value_base_amount"].notna()]
        total = known[net_values].sum()
        net_value = known["net_value_base_amount"].mean()
        vulnerable = behaviours.loc[members.index, "vulnerable"].dropna().mean()
        row = {
            **group,
            "segmentation": "card_usage",
            "customers": len(members),
            "people": len(members),
            "customers_with_value": len(known),
            "with_and_without": min(len(known), len(members) - len(known) or MINIMUM),
            "yearly_purchases_amount": members["yearly_purchases_amount"].mean(),
            **known[[*components, *net_values]].mean(),
            **total.add_prefix("total_"),
            "net_value_share": total["net_value_base_amount"] / everyone.sum(),
            "net_value_index_100": 100 * net_value / everyone.mean(),
            "loss_making_share": (known["net_value_base_amount"] < 0).mean(),
            "vulnerable_customer_share": vulnerable,
        }
        if group is not EVERYONE:
            own = treatment(net_value, everyone.mean(), vulnerable)
            row["treatment"] = held_back(own, advice[advice["segment_key"] == group["segment_key"]])
        rows.append(row)
    expected = pd.DataFrame(rows)
    if everyone.mean() <= 0:
        expected[["net_value_share", "net_value_index_100"]] = np.nan
    allows = reference("segment_treatments").set_index("treatment")["is_upsell_allowed"]
    expected["is_upsell_allowed"] = expected["treatment"].map(allows).eq(True)

    published = bank.published("segment_value")
    is_shown = expected["segment_key"].isin(
        shown_keys(published, ["segment_key"]).get_level_values(0).dropna()
    )
    for name, by in {
        "net_value_rank": "net_value_base_amount",
        "purchases_rank": "yearly_purchases_amount",
    }.items():
        expected[name] = expected.loc[is_shown, by].rank(ascending=False)
    behind = {"customers_with_value": "with_and_without"}
    compare(published, expected, ["segment_key"], behind=behind)


def treatment(net_value: float, average: float, vulnerable: float) -> str:
    """Help comes first; then a loss, then whether the segment earns as much as others."""
    if not vulnerable <= VARIABLES["maximum_vulnerable_share"]:
        return "serve"
    if net_value < 0:
        return "reprice"
    return "keep" if net_value >= average else "grow"


def held_back(own: str, advice: pd.DataFrame) -> str:
    """No treatment invites what the advice to the segment holds back."""
    stages = set(advice.loc[advice["holds_back"] == "growth", "stage"])
    if "protect" in stages or (own == "grow" and (advice["holds_back"] == "balance").any()):
        return "serve"
    return "reprice" if "repair" in stages and own != "serve" else own
