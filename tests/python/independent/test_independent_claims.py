"""The tested claims, worked out again customer by customer with SciPy."""

import re

import numpy as np
import pandas as pd
from bank import VARIABLES, reference
from comparison import MINIMUM, compare
from features import features
from scipy import optimize, stats

SMALLEST_GROUP = max(VARIABLES["minimum_claim_customers"], MINIMUM)
MEASURES = {
    "one_proportion": "Cohen's h",
    "two_proportion": "Cohen's h",
    "one_mean": "Cohen's d",
    "largest_part": "Cohen's d",
    "mann_whitney": "rank-biserial correlation",
    "largest_group": "rank-biserial correlation",
    "spearman": "rank correlation",
    "chi_square": "Cramer's V",
    "kruskal_wallis": "epsilon squared",
}


def is_true(condition: pd.Series, known: pd.Series) -> pd.Series:
    """1 or 0, and unknown where what decides is."""
    return condition.astype(float).where(known.notna())


def shares_of_spend(bank, kind: str) -> pd.DataFrame:
    """One row per customer and part: its share of the customer's spend, 0 where there is none."""
    spend = bank.spends.pivot_table("spend", "customer_id", kind, "sum").fillna(0)
    spend = spend[spend.sum(axis=1) > 0]
    shares = spend.div(spend.sum(axis=1), axis=0)
    return shares.melt(ignore_index=False, var_name=kind, value_name="spend_share")


def populations(bank) -> dict[str, pd.DataFrame]:
    """What claims are about, with every metric and column to group by that they name."""
    profiles = bank.profiles
    usage = features(bank, "card_usage")
    relationships = features(bank, "relationship")
    return {
        "credit_profiles": profiles.assign(
            age_years=profiles["age"],
            credit_score=profiles["score"],
            minimum_payment=profiles["answer"].map({"Yes": 1.0, "No": 0.0}),
            minimum_payment_of_all_answers=is_true(profiles["answer"] == "Yes", profiles["answer"]),
            good_credit_score=is_true(profiles["score"] == "Good", profiles["score"]),
            credit_score_rank=profiles["score"].map({"Poor": 1, "Standard": 2, "Good": 3}),
        ),
        "customers": bank.spenders.assign(income_utilisation_pct=bank.spenders["utilisation"]),
        "customer_categories": shares_of_spend(bank, "category"),
        "customer_payment_types": shares_of_spend(bank, "payment_type"),
        "card_relationships": relationships,
        "card_usage": usage.assign(
            takes_cash_advances=np.where(usage["cash_advance_amount"] > 0, "Yes", "No"),
            pays_in_full_mostly=(usage["full_payment_share"] > 0.5).astype(float),
        ),
    }


def is_in(values: pd.Series, group: str) -> pd.Series:
    """Who is in a group: a value, several with `;` between them, or a range with both ends."""
    if pd.api.types.is_numeric_dtype(values):
        low, high = re.fullmatch(r"(\d*)-(\d*)", group).groups()
        return values.between(float(low or -np.inf), float(high or np.inf))
    return values.isin(group.split(";"))


def reach(confidence: float) -> float:
    """How many standard errors a normal interval reaches to each side."""
    return stats.norm.isf((1 - confidence) / 2)


def cohens_h(share: float, other: float) -> float:
    return 2 * np.arcsin(np.sqrt(share)) - 2 * np.arcsin(np.sqrt(other))


def one_proportion(group, threshold, confidence):
    share, people = group.mean(), len(group)
    z = (share - threshold) / np.sqrt(threshold * (1 - threshold) / people)
    interval = stats.binomtest(int(group.sum()), people).proportion_ci(confidence, method="wilson")
    ends = (cohens_h(end, threshold) for end in (interval.low, interval.high))
    return z, 2 * stats.norm.sf(abs(z)), cohens_h(share, threshold), *ends


def one_mean(group, threshold, confidence):
    test, people = stats.ttest_1samp(group, threshold), len(group)
    effect = (group.mean() - threshold) / group.std(ddof=1)
    half = reach(confidence) * np.sqrt(1 / people + effect**2 / (2 * people))
    return test.statistic, test.pvalue, effect, effect - half, effect + half


def two_proportion(group, other, confidence):
    table = [[one.sum(), len(one) - one.sum()] for one in (group, other)]
    test = stats.chi2_contingency(table, correction=False)
    effect = cohens_h(group.mean(), other.mean())
    half = reach(confidence) * np.sqrt(1 / len(group) + 1 / len(other))
    z = np.sign(group.mean() - other.mean()) * np.sqrt(test.statistic)
    return z, test.pvalue, effect, effect - half, effect + half


def mann_whitney(group, other, confidence):
    test = stats.mannwhitneyu(group, other, use_continuity=False, method="asymptotic")
    n, m = len(group), len(other)
    both = np.concatenate([group, other])
    ties = np.unique(both, return_counts=True)[1]
    spread = np.sqrt(n * m / 12 * (n + m + 1 - (ties**3 - ties).sum() / ((n + m) * (n + m - 1))))
    # DeLong's variance, from how many of the other group each customer is above
    ranks = stats.rankdata(both)
    above = (ranks[:n] - stats.rankdata(group)) / m
    below = (ranks[n:] - stats.rankdata(other)) / n
    half = 2 * reach(confidence) * np.sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m)
    effect = 2 * test.statistic / (n * m) - 1
    z = (test.statistic - n * m / 2) / spread
    return z, test.pvalue, effect, max(effect - half, -1), min(effect + half, 1)


def spearman(group, numbers, confidence):
    effect, p_value = stats.spearmanr(numbers, group)
    people = len(group)
    half = reach(confidence) * np.sqrt((1 + effect**2 / 2) / (people - 3))
    ends = (np.tanh(np.arctanh(effect) + side * half) for side in (-1, 1))
    return effect * np.sqrt((people - 2) / (1 - effect**2)), p_value, effect, *ends


def noncentral_limits(statistic: float, freedom: int, confidence: float):
    """Expected statistics, from the lowest to the highest that do not make this one unlikely."""

    def noncentrality(chance):
        def excess(one):
            return stats.ncx2.cdf(statistic, freedom, one) - chance

        return optimize.brentq(excess, 1e-9, 10 * statistic + 100) if excess(1e-9) > 0 else 0

    low, high = (noncentrality((1 + side * confidence) / 2) for side in (1, -1))
    return low + freedom if low else 0, high + freedom


def chi_square(groups, confidence):
    table = pd.DataFrame({key: one.value_counts() for key, one in groups.items()}).fillna(0)
    test = stats.chi2_contingency(table, correction=False)
    scale = table.to_numpy().sum() * (min(table.shape) - 1)
    low, high = noncentral_limits(test.statistic, test.dof, confidence)
    effect = np.sqrt(test.statistic / scale)
    return test.statistic, test.pvalue, effect, np.sqrt(low / scale), min(np.sqrt(high / scale), 1)


def kruskal_wallis(groups, confidence):
    statistic, p_value = stats.kruskal(*groups.values())
    scale = sum(map(len, groups.values())) - 1
    low, high = noncentral_limits(statistic, len(groups) - 1, confidence)
    return statistic, p_value, statistic / scale, low / scale, min(high / scale, 1)


FIGURES = ["statistic", "p_value", "effect_size", "effect_lower", "effect_upper"]


def result_of(claim, rows: pd.DataFrame, confidence: float = 0.95) -> dict:
    """The figures of one claim; none where a group is too small."""
    if isinstance(claim.group_by, str):
        rows = rows.dropna(subset=claim.group_by)
    outcome = rows[claim.metric].dropna()
    groups = rows.loc[rows[claim.metric].notna(), claim.group_by] if claim.group_by else None
    found = {"customers": outcome.index.nunique()}

    if claim.test in ("chi_square", "kruskal_wallis"):
        every = {key: one for key, one in outcome.groupby(groups) if len(one) >= SMALLEST_GROUP}
        if len(every) < 2:
            return found
        test = {"chi_square": chi_square, "kruskal_wallis": kruskal_wallis}[claim.test]
        return found | dict(zip(FIGURES, test(every, confidence), strict=True))

    if claim.test == "spearman":
        found |= {"customers_a": len(outcome), "mean_a": outcome.mean()}
        return found | dict(zip(FIGURES, spearman(outcome, groups, confidence), strict=True))

    own = outcome[is_in(groups, claim.group_a)] if claim.group_a else outcome
    found |= {"customers_a": len(own), "mean_a": own.mean()}
    if len(own) < SMALLEST_GROUP:
        return found
    if claim.threshold is not None:
        test = {"one_proportion": one_proportion, "one_mean": one_mean}[claim.test]
        found["customers"] = len(own)
        return found | dict(zip(FIGURES, test(own, claim.threshold, confidence), strict=True))

    others = outcome[~is_in(groups, claim.group_a)]
    if claim.test in ("largest_group", "largest_part"):
        rivals = dict(list(others.groupby(groups[~is_in(groups, claim.group_a)])))
    else:
        named = claim.group_b != "rest"
        rivals = {claim.group_b: outcome[is_in(groups, claim.group_b)] if named else others}
        found["customers"] = len(own) + len(rivals[claim.group_b])
    test = {
        "two_proportion": two_proportion,
        "mann_whitney": mann_whitney,
        "largest_group": mann_whitney,
        "largest_part": lambda part, rival, confidence: one_mean(part - rival, 0, confidence),
    }[claim.test]
    rivals = {key: rival for key, rival in rivals.items() if len(rival) >= SMALLEST_GROUP}
    if not rivals:
        return found
    # the closest rival decides
    results = {key: test(own, rival, confidence) for key, rival in rivals.items()}
    closest = min(results, key=lambda key: results[key][0])
    found |= {"compared_with": closest, "customers_b": len(rivals[closest])}
    found["mean_b"] = rivals[closest].mean()
    return found | dict(zip(FIGURES, results[closest], strict=True))


def holm(claims: pd.DataFrame) -> pd.Series:
    """Holm's correction: the smallest times the number of claims, the next times one less.

    A claim of no difference is settled by its interval, so the next is not spared for it.
    """
    ordered = claims.dropna(subset="p_value").sort_values("p_value")
    earlier = (ordered["expected"] != "none").cumsum().shift(fill_value=0)
    return (ordered["p_value"] * (len(ordered) - earlier)).cummax().clip(upper=1)


def verdict(claim) -> str:
    if np.isnan(claim.adjusted_p_value):
        return "undecided"
    limit = claim.smallest_effect
    is_small = -limit < claim.effect_lower and claim.effect_upper < limit
    matters = claim.is_significant and abs(claim.effect_size) >= limit
    if claim.expected == "none":
        return "supported" if is_small else "contradicted" if matters else "undecided"
    effect = -claim.effect_size if claim.expected == "less" else claim.effect_size
    effect = abs(effect) if claim.expected == "different" else effect
    if not matters:
        return "no difference that matters" if is_small else "undecided"
    return "supported" if effect > 0 else "contradicted"


def test_tested_claims(bank):
    claims = reference("claims").astype(object)
    claims = list(claims.where(claims.notna(), None).itertuples(index=False))
    rows, level = populations(bank), VARIABLES["claim_significance_level"]
    results = [result_of(claim, rows[claim.population]) for claim in claims]
    tested = sum("p_value" in result for result in results)
    for claim, result in zip(claims, results, strict=True):
        if claim.expected == "none":
            # its interval decides, so it has to hold together with all the other verdicts
            result |= result_of(claim, rows[claim.population], 1 - level / tested)
    expected = pd.DataFrame(
        {
            **claim._asdict(),
            "compared_with": claim.group_b,
            "effect_measure": MEASURES[claim.test],
            **result,
        }
        for claim, result in zip(claims, results, strict=True)
    )
    expected["adjusted_p_value"] = holm(expected)
    expected["is_significant"] = expected["adjusted_p_value"] <= level
    expected["verdict"] = [verdict(claim) for claim in expected.itertuples()]
    expected["tested_at"] = bank.published("publication")["published_at"].item()
    published = bank.published("tested_claims")
    compare(
        published, expected.drop(columns="group_b"), ["claim_key"], words=["reason", "statistics"]
    )
