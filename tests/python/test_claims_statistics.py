"""The tests of claims against hand-computed cases, against SciPy, and on data without effects."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from card_segments.claims import test_claim as run_test
from card_segments.claims import test_claims as run_tests
from card_segments.claims.statistics import (
    ClaimTest,
    Counted,
    chi_square,
    chi_square_limits,
    kruskal_wallis,
    largest,
    mann_whitney,
    one_mean,
    one_proportion,
    spearman,
    two_proportion,
)

SAMPLES = ((0, 60), (0.5, 70), (1, 80))


def shares(successes, failures):
    return Counted.of([0, 1], [failures, successes])


def observations(side, outcomes, value="all", number=None):
    return pd.DataFrame(
        {
            "group_side": side,
            "group_value": value,
            "group_number": number,
            "outcome": np.asarray(outcomes, dtype=float),
            "customers": 1,
        }
    )


def test_one_proportion_by_hand():
    """60 of 100 against one half: z = 0.1 / 0.05 = 2."""
    result = one_proportion(shares(60, 40), 0.5)
    assert result.statistic == pytest.approx(2)
    assert result.p_value == pytest.approx(0.0455, abs=5e-5)
    assert result.effect_size == pytest.approx(2 * math.asin(math.sqrt(0.6)) - math.pi / 2)
    assert result.effect_lower > 0


def test_two_proportions_by_hand():
    """60 and 40 of 100 each: pooled one half, z = 0.2 / sqrt(0.25 / 50) = 2.8284."""
    result = two_proportion(shares(60, 40), shares(40, 60))
    assert result.statistic == pytest.approx(math.sqrt(8))
    assert result.effect_size == pytest.approx(4 * math.asin(math.sqrt(0.6)) - math.pi)
    half = 1.959964 * math.sqrt(0.02)
    assert result.effect_upper - result.effect_size == pytest.approx(half, rel=1e-6)


def test_chi_square_of_a_table_by_hand():
    """Rows 10 20 30 and 20 20 20: expected 15 20 25 in both, so 2 · (25/15 + 0 + 25/25)."""
    result = chi_square([Counted.of([1, 2, 3], [10, 20, 30]), Counted.of([1, 2, 3], [20, 20, 20])])
    assert result.statistic == pytest.approx(2 * 25 / 15 + 2 * 25 / 25)
    assert result.p_value == pytest.approx(math.exp(-(16 / 3) / 2))  # two degrees of freedom
    assert result.effect_size == pytest.approx(math.sqrt((16 / 3) / 120))
    assert result.effect_lower <= result.effect_size <= result.effect_upper


def test_kruskal_wallis_by_hand():
    """Ranks 1 2 3 and 4 5 6: H = 12 / 42 · (36 + 225) / 3 - 21 = 3.8571."""
    result = kruskal_wallis([Counted.of([1, 2, 3]), Counted.of([4, 5, 6])])
    assert result.statistic == pytest.approx(12 / 42 * (36 + 225) / 3 - 21)
    assert result.effect_size == pytest.approx(result.statistic / 5)


def test_mann_whitney_by_hand():
    """Of nine pairs eight are won and one is tied: 8.5 / 9, less the reverse."""
    result = mann_whitney(Counted.of([3, 4, 5]), Counted.of([1, 2, 3]))
    assert result.effect_size == pytest.approx((8 - 0) / 9)


def test_no_effect_has_an_interval_from_zero():
    low, high = chi_square_limits(1.0, 4)
    assert low == 0
    assert high >= 1


@pytest.mark.parametrize("seed", range(5))
def test_counted_outcomes_agree_with_scipy(seed):
    random = np.random.default_rng(seed)
    first, second, third = (random.poisson(4 + step, size) for step, size in SAMPLES)
    ours, theirs = (
        mann_whitney(Counted.of(first), Counted.of(second)),
        stats.mannwhitneyu(first, second, use_continuity=False, method="asymptotic"),
    )
    assert ours.p_value == pytest.approx(theirs.pvalue)
    assert ours.effect_size == pytest.approx(2 * theirs.statistic / (60 * 70) - 1)

    ours = kruskal_wallis([Counted.of(group) for group in (first, second, third)])
    assert (ours.statistic, ours.p_value) == pytest.approx(
        tuple(stats.kruskal(first, second, third))
    )

    ours, theirs = one_mean(Counted.of(first), 4.2), stats.ttest_1samp(first, 4.2)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))

    numbers, outcomes = first[:60], second[:60]
    ours, theirs = spearman(numbers, outcomes, np.ones(60)), stats.spearmanr(numbers, outcomes)
    assert (ours.effect_size, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))

    table = random.integers(5, 40, (3, 4))
    ours = chi_square([Counted.of(range(4), row) for row in table])
    theirs = stats.chi2_contingency(table, correction=False)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert ours.effect_size == pytest.approx(stats.contingency.association(table, correction=False))


def test_counting_is_the_same_as_repeating():
    repeated = Counted.of(np.repeat([1.0, 2.0, 5.0], [7, 3, 4]))
    counted = Counted.of([5.0, 1.0, 2.0], [4, 7, 3])
    assert counted.outcomes.tolist() == repeated.outcomes.tolist()
    assert counted.customers.tolist() == repeated.customers.tolist()
    assert counted.variance == pytest.approx(np.var(np.repeat([1, 2, 5], [7, 3, 4]), ddof=1))


@pytest.mark.parametrize(
    "test", ["mann_whitney", "two_proportion", "chi_square", "kruskal_wallis", "largest_group"]
)
def test_without_an_effect_few_p_values_are_small(test):
    """Groups drawn from one population: about one p-value in twenty is below 0.05, no more."""
    random = np.random.default_rng(7)
    small = 0
    for _ in range(200):
        both = random.integers(0, 2, 200) if "prop" in test or "chi" in test else random.random(200)
        rows = pd.concat([observations("a", both[:80], "A"), observations("b", both[80:], "B")])
        small += run_test(test, rows).p_value <= 0.05
    assert small <= 21  # 10 expected, three and a half standard deviations above


def test_shuffled_groups_are_practically_never_supported():
    """A real effect, its groups shuffled: corrected for 25 claims hardly one is significant."""
    random = np.random.default_rng(11)
    outcomes = np.concatenate([random.normal(0, 1, 150), random.normal(1, 1, 150)])
    assert mann_whitney(Counted.of(outcomes[150:]), Counted.of(outcomes[:150])).p_value < 1e-9
    found = 0
    for _ in range(200):
        shuffled = random.permutation(outcomes)
        result = mann_whitney(Counted.of(shuffled[150:]), Counted.of(shuffled[:150]))
        found += result.p_value <= 0.05 / 25 and result.effect_size >= 0.1
    assert found <= 2


@pytest.mark.slow
def test_many_claims_of_no_difference_are_rarely_all_wrong():
    """Twenty differences that just matter: calling any of them none is wrong in one of 20 cases."""
    limit = 0.2
    share = math.sin((2 * math.asin(math.sqrt(0.5)) + limit) / 2) ** 2
    claims = pd.DataFrame({"claim_key": [f"c{number}" for number in range(20)]})
    claims = claims.assign(test="two_proportion", threshold=None, expected="none")
    random = np.random.default_rng(3)
    wrong = 0
    for _ in range(100):
        rows = {
            key: pd.concat(
                [
                    observations("a", [1, 0], "A").assign(customers=[first, 2000 - first]),
                    observations("b", [1, 0], "B").assign(customers=[second, 2000 - second]),
                ]
            )
            for key, first, second in zip(
                claims["claim_key"],
                random.binomial(2000, share, 20),
                random.binomial(2000, 0.5, 20),
                strict=True,
            )
        }
        tests = run_tests(claims, rows, 0.05)
        wrong += any(test.effect_upper < limit for test in tests.values())
    # five of a hundred at most are promised; intervals of 95 % would be wrong in about forty
    assert wrong <= 9


def test_only_the_interval_that_decides_is_widened():
    rows = pd.concat([observations("a", SAMPLES[0], "A"), observations("b", SAMPLES[1], "B")])
    claims = pd.DataFrame({"claim_key": ["difference", "none", "absent"]})
    claims = claims.assign(
        test="mann_whitney", threshold=None, expected=["different", "none", "none"]
    )
    tests = run_tests(claims, {"difference": rows, "none": rows}, 0.05)
    assert list(tests) == ["difference", "none"]
    assert tests["difference"] == run_test("mann_whitney", rows)
    assert tests["none"] == run_test("mann_whitney", rows, confidence=1 - 0.05 / 2)


def test_the_closest_rival_decides():
    far, near = ClaimTest(9, 0.0, 0.9, 0.8, 1, "far"), ClaimTest(1, 0.3, 0.1, -0.1, 0.3, "near")
    assert largest([far, near]) is near
    ahead = ClaimTest(-4, 0.0, -0.4, -0.6, -0.2, "ahead")
    assert largest([far, ahead, near]) is ahead


def test_the_largest_part_is_tested_on_differences():
    rows = pd.concat(
        [observations("b", [0.1, 0.2, 0.3], "Food"), observations("b", [0.1, 0.0, 0.1], "Travel")]
    )
    result = run_test("largest_part", rows)
    assert result.compared_with == "Travel"
    assert result.statistic == pytest.approx(stats.ttest_1samp([0.1, 0, 0.1], 0).statistic)


@pytest.mark.parametrize(
    ("test", "rows"),
    [
        ("two_proportion", observations("a", [1, 1, 0])),
        ("mann_whitney", pd.concat([observations("a", [1, 1]), observations("b", [1, 1])])),
        ("two_proportion", pd.concat([observations("a", [1, 1]), observations("b", [1, 1])])),
        ("chi_square", observations("each", [0, 1, 0])),
        ("kruskal_wallis", observations("each", [0, 1, 0])),
        ("largest_group", observations("a", [0, 1, 0])),
        ("one_mean", observations("a", [2, 2, 2])),
        ("spearman", observations("a", [2, 2, 2, 2], number=[1, 2, 3, 4])),
        ("one_proportion", observations("a", [])),
    ],
)
def test_what_cannot_be_tested_has_no_figures(test, rows):
    result = run_test(test, rows, 0.5)
    assert math.isnan(result.p_value)
    assert math.isnan(result.effect_size)


def test_row_order_does_not_matter():
    random = np.random.default_rng(3)
    rows = pd.concat(
        [observations("a", random.random(50), "A"), observations("b", random.random(50), "B")]
    )
    results = {run_test("mann_whitney", rows.sample(frac=1, random_state=n)) for n in range(5)}
    assert len(results) == 1


def test_perfect_order_stays_finite():
    result = run_test("spearman", observations("a", range(50), number=range(50)))
    assert math.isfinite(result.statistic)
    assert result.effect_size == pytest.approx(1)


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Counted.of([1.0, math.nan])
    with pytest.raises(ValueError, match="no test named 'anova'"):
        run_test("anova", pd.concat([observations("a", [1, 2]), observations("b", [1, 2])]))
