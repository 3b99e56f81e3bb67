"""Statistical tests on counted outcomes, each with an effect size and an interval of it.

Every function takes the distinct outcomes of a group and how many customers have each, so that a
group of millions costs no more than its distinct values. p-values are two-sided. An effect above 0
says that the first group, or the group against its threshold, is higher. Intervals hold with the
`confidence` asked for, 95 % unless said otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import brentq

FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
PERFECT = 1 - 1e-12


@dataclass(frozen=True)
class ClaimTest:
    """Outcome of a test; every figure is NaN where there is nothing to test.

    Attributes
    ----------
    statistic, p_value
        The test statistic, and the chance of one at least as far out if there is no effect.
    effect_size, effect_lower, effect_upper
        Size of the effect and the limits of its interval.
    compared_with
        The group that decided, where several were compared with.
    """

    statistic: float
    p_value: float
    effect_size: float
    effect_lower: float
    effect_upper: float
    compared_with: str | None = None


UNTESTABLE = ClaimTest(math.nan, math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Counted:
    """Distinct outcomes in ascending order, shape (n,), and how many customers have each."""

    outcomes: FloatArray
    customers: FloatArray

    @classmethod
    def of(cls, outcomes: ArrayLike, customers: ArrayLike | None = None) -> Counted:
        """Sort and count outcomes; each stands for one customer unless `customers` says more.

        Examples
        --------
        >>> counted = Counted.of([2, 1, 2])
        >>> counted.outcomes.tolist(), counted.customers.tolist()
        ([1.0, 2.0], [1.0, 2.0])
        """
        values = np.asarray(outcomes, dtype=np.float64)
        weights = np.ones(len(values)) if customers is None else np.asarray(customers, np.float64)
        if values.ndim != 1 or weights.shape != values.shape:
            raise ValueError("Outcomes and customers have to be two columns of one length.")
        if not np.isfinite(values).all() or not (weights > 0).all():
            raise ValueError("Outcomes have to be finite and customers above zero.")
        distinct, places = np.unique(values, return_inverse=True)
        return cls(distinct, np.bincount(places, weights, minlength=len(distinct)))

    @property
    def size(self) -> float:
        """How many customers there are."""
        return float(self.customers.sum())

    @property
    def mean(self) -> float:
        """Mean outcome over the customers."""
        return float((self.outcomes * self.customers).sum() / self.size)

    @property
    def variance(self) -> float:
        """Variance over the customers, with n - 1."""
        deviations = self.outcomes - self.mean
        return float((deviations * deviations * self.customers).sum() / (self.size - 1))


def one_proportion(group: Counted, threshold: float, confidence: float = CONFIDENCE) -> ClaimTest:
    """Test a share against a threshold: score test, Cohen's h, interval from Wilson's.

    References
    ----------
    Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, chapter 6.
    Wilson, E. B. (1927). Probable inference. JASA 22, 209-212.

    Examples
    --------
    >>> result = one_proportion(Counted.of([0, 1], [400, 600]), 0.5)
    >>> round(result.statistic, 3), round(result.effect_size, 3)
    (6.325, 0.201)
    """
    share, size, reach = group.mean, group.size, _reach(confidence)
    z = (share - threshold) / math.sqrt(threshold * (1 - threshold) / size)
    centre = share + reach * reach / (2 * size)
    half = reach * math.sqrt(share * (1 - share) / size + reach * reach / (4 * size * size))
    low, high = ((centre + side * half) / (1 + reach * reach / size) for side in (-1, 1))
    return ClaimTest(
        z,
        _two_sided(z),
        cohens_h(share, threshold),
        cohens_h(max(low, 0.0), threshold),
        cohens_h(min(high, 1.0), threshold),
    )


def one_mean(group: Counted, threshold: float = 0.0, confidence: float = CONFIDENCE) -> ClaimTest:
    """Test a mean against a threshold: t test, Cohen's d with its normal interval.

    References
    ----------
    Hedges, L. V. & Olkin, I. (1985). Statistical Methods for Meta-Analysis, chapter 5.

    Examples
    --------
    >>> result = one_mean(Counted.of([1, 2, 3, 4, 5]), 2)
    >>> round(result.statistic, 4), round(result.p_value, 4), round(result.effect_size, 4)
    (1.4142, 0.2302, 0.6325)
    """
    if group.size < 2 or len(group.outcomes) < 2:
        return UNTESTABLE
    effect = (group.mean - threshold) / math.sqrt(group.variance)
    t = effect * math.sqrt(group.size)
    half = _reach(confidence) * math.sqrt(1 / group.size + effect * effect / (2 * group.size))
    p_value = float(2 * stats.t.sf(abs(t), group.size - 1))
    return ClaimTest(t, p_value, effect, effect - half, effect + half)


def two_proportion(first: Counted, second: Counted, confidence: float = CONFIDENCE) -> ClaimTest:
    """Compare two shares: z test with the pooled share, Cohen's h.

    Examples
    --------
    Of 100 and 100 customers 30 and 20: z = 0.1 / sqrt(0.25 * 0.75 * 0.02).

    >>> result = two_proportion(Counted.of([0, 1], [70, 30]), Counted.of([0, 1], [80, 20]))
    >>> round(result.statistic, 3), round(result.p_value, 3), round(result.effect_size, 3)
    (1.633, 0.102, 0.232)
    """
    pooled = (first.mean * first.size + second.mean * second.size) / (first.size + second.size)
    if not 0 < pooled < 1:
        return UNTESTABLE
    parts = 1 / first.size + 1 / second.size
    z = (first.mean - second.mean) / math.sqrt(pooled * (1 - pooled) * parts)
    effect = cohens_h(first.mean, second.mean)
    half = _reach(confidence) * math.sqrt(parts)
    return ClaimTest(z, _two_sided(z), effect, effect - half, effect + half)


def mann_whitney(first: Counted, second: Counted, confidence: float = CONFIDENCE) -> ClaimTest:
    """Compare two groups by rank: tie-corrected z, rank-biserial correlation.

    The correlation is the chance that a customer of the first group is higher than one of the
    second, less the chance of the reverse; its interval follows DeLong.

    References
    ----------
    Kerby, D. S. (2014). The simple difference formula. Comprehensive Psychology 3.
    DeLong, E. R. et al. (1988). Comparing areas under correlated ROC curves. Biometrics 44.

    Examples
    --------
    >>> result = mann_whitney(Counted.of([3, 4, 5]), Counted.of([1, 2, 3]))
    >>> round(result.effect_size, 4)
    0.8889
    """
    total = Counted.of(
        np.concatenate([first.outcomes, second.outcomes]),
        np.concatenate([first.customers, second.customers]),
    )
    if len(total.outcomes) < 2 or min(first.size, second.size) < 2:
        return UNTESTABLE
    above = _chance_above(first.outcomes, second)
    below = _chance_above(second.outcomes, first)
    area = float((above * first.customers).sum() / first.size)
    deviation = math.sqrt((total.size + 1) * _tie_factor(total) / (12 * first.size * second.size))
    z = (area - 0.5) / deviation
    error = math.sqrt(_variance_of_mean(above, first) + _variance_of_mean(below, second))
    effect = 2 * area - 1
    half = 2 * _reach(confidence) * error
    low, high = max(effect - half, -1.0), min(effect + half, 1.0)
    return ClaimTest(z, _two_sided(z), effect, low, high)


def chi_square(groups: Sequence[Counted], confidence: float = CONFIDENCE) -> ClaimTest:
    """Test whether outcomes differ between groups: Pearson's chi-square, Cramér's V.

    The interval comes from the noncentrality of the statistic (Smithson 2003).

    References
    ----------
    Cramér, H. (1946). Mathematical Methods of Statistics, chapter 21.
    Smithson, M. (2003). Confidence Intervals, chapter 4.

    Examples
    --------
    Expected are 25 and 75 in each group: four times 5² / 25 or 75.

    >>> result = chi_square([Counted.of([0, 1], [70, 30]), Counted.of([0, 1], [80, 20])])
    >>> round(result.statistic, 4), round(result.effect_size, 4)
    (2.6667, 0.1155)
    """
    outcomes = np.unique(np.concatenate([group.outcomes for group in groups] or [[]]))
    if len(groups) < 2 or len(outcomes) < 2:
        return UNTESTABLE
    table = np.zeros((len(groups), len(outcomes)))
    for row, group in zip(table, groups, strict=True):
        row[np.searchsorted(outcomes, group.outcomes)] = group.customers
    size = float(table.sum())
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / size
    statistic = float(((table - expected) ** 2 / expected).sum())
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    scale = size * (min(table.shape) - 1)
    low, high = chi_square_limits(statistic, freedom, confidence)
    return ClaimTest(
        statistic,
        float(stats.chi2.sf(statistic, freedom)),
        math.sqrt(statistic / scale),
        math.sqrt(low / scale),
        min(1.0, math.sqrt(high / scale)),
    )


def kruskal_wallis(groups: Sequence[Counted], confidence: float = CONFIDENCE) -> ClaimTest:
    """Test whether groups differ by rank: tie-corrected H, epsilon squared.

    Its interval is approximate: the noncentrality of H as a chi-square.

    References
    ----------
    Tomczak, M. & Tomczak, E. (2014). The need to report effect size estimates revisited.
    Trends in Sport Sciences 1(21), 19-25.

    Examples
    --------
    >>> result = kruskal_wallis([Counted.of([1, 2, 3]), Counted.of([4, 5, 6])])
    >>> round(result.statistic, 4), round(result.effect_size, 4)
    (3.8571, 0.7714)
    """
    if len(groups) < 2:
        return UNTESTABLE
    total = Counted.of(
        np.concatenate([group.outcomes for group in groups]),
        np.concatenate([group.customers for group in groups]),
    )
    if len(total.outcomes) < 2:
        return UNTESTABLE
    ranks = _midranks(total)
    middle = (total.size + 1) / 2
    spread = 0.0
    for group in groups:
        own = ranks[np.searchsorted(total.outcomes, group.outcomes)]
        mean_rank = float((own * group.customers).sum() / group.size)
        spread += group.size * (mean_rank - middle) ** 2
    statistic = 12 * spread / (total.size * (total.size + 1)) / _tie_factor(total)
    freedom = len(groups) - 1
    low, high = chi_square_limits(statistic, freedom, confidence)
    scale = total.size - 1
    return ClaimTest(
        statistic,
        float(stats.chi2.sf(statistic, freedom)),
        statistic / scale,
        low / scale,
        min(1.0, high / scale),
    )


def spearman(
    numbers: ArrayLike,
    outcomes: ArrayLike,
    customers: ArrayLike,
    confidence: float = CONFIDENCE,
) -> ClaimTest:
    """Test whether outcomes rise with a number: rank correlation, t test.

    Parameters
    ----------
    numbers, outcomes, customers
        Number and outcome, and how many customers have both; shape (n,) each.

    References
    ----------
    Bonett, D. G. & Wright, T. A. (2000). Sample size requirements for estimating Pearson,
    Kendall and Spearman correlations. Psychometrika 65, 23-28.

    Examples
    --------
    >>> round(spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [1, 1, 1, 1, 1]).effect_size, 4)
    0.8
    """
    weights = np.asarray(customers, dtype=np.float64)
    size = float(weights.sum())
    columns = []
    for column in (numbers, outcomes):
        values = np.asarray(column, dtype=np.float64)
        counted = Counted.of(values, weights)
        if len(counted.outcomes) < 2 or size < 4:
            return UNTESTABLE
        ranks = _midranks(counted)[np.searchsorted(counted.outcomes, values)]
        columns.append(ranks - (size + 1) / 2)
    first, second = columns
    product = float((first * second * weights).sum())
    spread = float((first * first * weights).sum()) * float((second * second * weights).sum())
    # Perfect order has no finite t; a hair below it has.
    effect = max(-PERFECT, min(PERFECT, product / math.sqrt(spread)))
    t = effect * math.sqrt((size - 2) / (1 - effect * effect))
    half = _reach(confidence) * math.sqrt((1 + effect * effect / 2) / (size - 3))
    return ClaimTest(
        t,
        float(2 * stats.t.sf(abs(t), size - 2)),
        effect,
        math.tanh(math.atanh(effect) - half),
        math.tanh(math.atanh(effect) + half),
    )


def largest(tests: Sequence[ClaimTest]) -> ClaimTest:
    """Join the tests of a group against each of its rivals: it is largest if it beats them all.

    The closest rival decides, so no correction for their number is needed: an intersection-union
    test (Berger 1982, Technometrics 24, 295-300). The closest is the one with the smallest
    effect, by its test; of two alike, the first.

    Examples
    --------
    >>> first = ClaimTest(3.0, 0.003, 0.4, 0.2, 0.6, "Food")
    >>> second = ClaimTest(2.5, 0.012, 0.3, 0.1, 0.5, "Travel")
    >>> largest([first, second]).compared_with
    'Travel'
    """
    usable = [test for test in tests if not math.isnan(test.statistic)]
    if not usable or len(usable) < len(tests):
        return UNTESTABLE
    return min(usable, key=lambda test: test.statistic)


def cohens_h(share: float, other: float) -> float:
    """Return the difference of two shares on the arcsine scale.

    Examples
    --------
    >>> round(cohens_h(1, 0), 4)
    3.1416
    """
    return 2 * math.asin(math.sqrt(share)) - 2 * math.asin(math.sqrt(other))


def chi_square_limits(
    statistic: float, freedom: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return between which expected statistics an observed chi-square is not surprising.

    The expectation is the noncentrality plus the degrees of freedom (Smithson 2003, chapter 4);
    the lower limit is 0 where no effect at all is not surprising either.

    Examples
    --------
    >>> low, high = chi_square_limits(0.5, 3)
    >>> low, high > 0.5
    (0.0, True)
    """
    low = _noncentrality(statistic, freedom, (1 + confidence) / 2)
    high = _noncentrality(statistic, freedom, (1 - confidence) / 2)
    return (low + freedom if low > 0 else 0.0), high + freedom


def _noncentrality(statistic: float, freedom: int, chance: float) -> float:
    """Return the noncentrality under which a chi-square is at most the statistic by this chance."""
    if stats.chi2.cdf(statistic, freedom) <= chance:
        return 0.0
    top = statistic + 10 * math.sqrt(2 * (freedom + 2 * statistic)) + 100
    return float(
        brentq(
            lambda noncentrality: stats.ncx2.cdf(statistic, freedom, noncentrality) - chance,
            1e-9,
            top,
            xtol=1e-9,
        )
    )


def _reach(confidence: float) -> float:
    """Return how many standard errors a normal interval of this confidence reaches to each side."""
    return float(stats.norm.ppf((1 + confidence) / 2))


def _two_sided(z: float) -> float:
    """Return the chance of a standard normal value at least as far from 0."""
    return float(2 * stats.norm.sf(abs(z)))


def _midranks(counted: Counted) -> FloatArray:
    """Return the mean rank, from 1, of each distinct outcome; shape (n,)."""
    last = np.cumsum(counted.customers)
    return last - (counted.customers - 1) / 2


def _tie_factor(counted: Counted) -> float:
    """Return by how much ties shrink the variance of ranks, above 0 up to 1."""
    ties = counted.customers
    return 1 - float((ties**3 - ties).sum()) / (counted.size**3 - counted.size)


def _chance_above(values: FloatArray, others: Counted) -> FloatArray:
    """Return for each value the share of others below it, ties as half; shape (n,)."""
    cumulated = np.concatenate([[0.0], np.cumsum(others.customers)])
    below = cumulated[np.searchsorted(others.outcomes, values, side="left")]
    up_to = cumulated[np.searchsorted(others.outcomes, values, side="right")]
    return (below + up_to) / (2 * others.size)


def _variance_of_mean(values: FloatArray, counted: Counted) -> float:
    """Return the variance of the mean of values that the counted customers have."""
    return Counted(values, counted.customers).variance / counted.size
