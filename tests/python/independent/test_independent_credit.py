"""The tables of repayment and credit scores, worked out again with pandas and SciPy."""

import numpy as np
import pandas as pd
from bank import UNKNOWN, VARIABLES, age_groups, reference
from comparison import compare, fold, shown_keys
from scipy import stats

SCORES = ["Good", "Standard", "Poor"]


def share(name: str, successes: int, people: int) -> dict:
    """A share and its interval after Wilson; unknown of no one."""
    if not people:
        return dict.fromkeys([name, f"{name}_lower", f"{name}_upper"], np.nan)
    interval = stats.binomtest(int(successes), int(people)).proportion_ci(method="wilson")
    return {
        name: successes / people,
        f"{name}_lower": interval.low,
        f"{name}_upper": interval.high,
    }


def repayment(rows: pd.DataFrame) -> dict:
    """How a group repays, each figure over those of whom it is known."""
    answers = rows["answer"].dropna()
    stated = answers[answers != "NM"]
    delays = rows["payment_delay_days"].dropna()
    late = (delays > VARIABLES["late_payment_days"]).sum()
    debtors = rows.dropna(subset=["debt", "salary"])
    payers = rows.dropna(subset=["instalments", "salary"])
    return {
        **share("minimum_payment_share_of_yes_or_no", (stated == "Yes").sum(), len(stated)),
        "stated": len(stated),
        **share("minimum_payment_share_of_all_answers", (answers == "Yes").sum(), len(answers)),
        "not_mentioned_share_of_all_answers": (answers == "NM").mean(),
        "answers": len(answers),
        "average_payment_delay_days": delays.mean(),
        **share("late_payer_share", late, len(delays)),
        "delays": len(delays),
        "average_delayed_payments": rows["delayed_payments"].mean(),
        "delayed": rows["delayed_payments"].count(),
        "debt_to_income_ratio_of_means": debtors["debt"].mean() / debtors["salary"].mean(),
        "median_debt_to_income_ratio": (debtors["debt"] / debtors["salary"]).median(),
        "debtors": len(debtors),
        "average_credit_line_utilisation_pct": rows["credit_line_utilisation_pct"].mean(),
        "users": rows["credit_line_utilisation_pct"].count(),
        "instalment_share_of_salary": payers["instalments"].mean() / payers["salary"].mean(),
        "payers": len(payers),
    }


BEHIND = {
    **{
        f"minimum_payment_share_of_{of}{end}": people
        for of, people in (("yes_or_no", "stated"), ("all_answers", "answers"))
        for end in ("", "_lower", "_upper")
    },
    "not_mentioned_share_of_all_answers": "answers",
    "average_payment_delay_days": "delays",
    **{f"late_payer_share{end}": "delays" for end in ("", "_lower", "_upper")},
    "average_delayed_payments": "delayed",
    "debt_to_income_ratio_of_means": "debtors",
    "median_debt_to_income_ratio": "debtors",
    "average_credit_line_utilisation_pct": "users",
    "instalment_share_of_salary": "payers",
}


def test_repayment_behaviour(bank):
    profiles, names = bank.profiles, bank.names("repayment")
    kinds = {
        "all": pd.Series("all", profiles.index),
        "segment": bank.members("repayment").reindex(profiles.index),
        "age_group": age_groups(profiles["age"], "broad"),
        "occupation": profiles["occupation"].fillna(UNKNOWN),
        "credit_score": profiles["score"].fillna(UNKNOWN),
        "credit_mix": profiles["credit_mix"].fillna(UNKNOWN),
    }
    expected = pd.DataFrame(
        {
            "group_type": kind,
            "group_key": key,
            "group_name": names.get(key, key),
            "customers": len(group),
            "people": len(group),
            "customer_share": len(group) / len(profiles),
            "is_unknown": key == UNKNOWN,
            **repayment(group),
        }
        for kind, keys in kinds.items()
        for key, group in profiles.groupby(keys)
    )
    published = bank.published("repayment_behaviour")
    compare(published, expected, ["group_type", "group_key"], behind=BEHIND)


def scores_by_group(profiles: pd.DataFrame, groups: pd.Series, name: str) -> pd.DataFrame:
    """Credit scores of each group against everyone's, over those with a score."""
    scored = profiles.dropna(subset="score")
    everyone = (scored["score"] == "Good").mean()
    known = scored[groups[scored.index] != UNKNOWN]
    table = pd.crosstab(groups[known.index], known["score"])
    association = stats.contingency.association(table, method="cramer")
    rows = []
    for key, group in profiles.groupby(groups):
        counts = group["score"].value_counts().reindex(SCORES, fill_value=0)
        people = counts.sum()
        row = {
            name: key,
            "customers": len(group),
            "customer_share": len(group) / len(profiles),
            "people": people,
            "average_age_years": group["age"].mean(),
            "ages": group["age"].count(),
            "customers_without_score": len(group) - people,
            "median_score_month": group["score_month"].quantile(0.5, interpolation="lower"),
            "cramers_v": association,
            "is_unknown": key == UNKNOWN,
        }
        for score in SCORES:
            row |= share(f"{score.lower()}_share", counts[score], people)
        row["good_index_100"] = 100 * row["good_share"] / everyone
        rows.append(row)
    return pd.DataFrame(rows)


def rank_good_shares(expected: pd.DataFrame, published: pd.DataFrame, keys: list) -> pd.Series:
    """The highest share of good scores first, by name where equal, of what is shown and known."""
    is_shown = pd.MultiIndex.from_frame(expected[keys]).isin(shown_keys(published, keys))
    ranked = expected[is_shown & ~expected["is_unknown"]]
    ranked = ranked.sort_values(["good_share", *keys], ascending=[False] + [True] * len(keys))
    return ranked.groupby(keys[:-1] or (lambda _: "everyone")).cumcount() + 1


def test_credit_score_by_age(bank):
    profiles, bands = bank.profiles, reference("age_bands")
    keys = ["age_scheme", "age_group"]
    published = bank.published("credit_score_by_age")
    schemes = []
    for scheme, rows in published.groupby("age_scheme"):
        groups = fold(age_groups(profiles["age"], scheme), rows["age_group"])
        schemes.append(scores_by_group(profiles, groups, "age_group").assign(age_scheme=scheme))
    expected = pd.concat(schemes, ignore_index=True).merge(
        bands[[*keys, "band_position"]], "left", keys
    )
    assert len(schemes) == bands["age_scheme"].nunique()
    expected["good_rank"] = rank_good_shares(expected, published, keys)
    compare(published, expected, keys, behind={"average_age_years": "ages"})


def test_credit_score_by_occupation(bank):
    published = bank.published("credit_score_by_occupation")
    groups = fold(bank.profiles["occupation"].fillna(UNKNOWN), published["occupation"])
    expected = scores_by_group(bank.profiles, groups, "occupation")
    expected["good_rank"] = rank_good_shares(expected, published, ["occupation"])
    compare(published, expected, ["occupation"], behind={"average_age_years": "ages"})
