"""From the counted outcomes of a claim to the test that it names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from card_segments.claims.statistics import (
    CONFIDENCE,
    UNTESTABLE,
    ClaimTest,
    Counted,
    chi_square,
    kruskal_wallis,
    largest,
    mann_whitney,
    one_mean,
    one_proportion,
    spearman,
    two_proportion,
)

ONE_GROUP = {"one_proportion": one_proportion, "one_mean": one_mean}
TWO_GROUPS = {"two_proportion": two_proportion, "mann_whitney": mann_whitney}
EVERY_GROUP = {"chi_square": chi_square, "kruskal_wallis": kruskal_wallis}


def test_claim(
    test: str,
    observations: pd.DataFrame,
    threshold: float | None = None,
    confidence: float = CONFIDENCE,
) -> ClaimTest:
    """Test a claim.

    Parameters
    ----------
    test
        Name of the test, as in the reference seed `claims`.
    observations
        Columns `group_side` (`a`, `b` or `each`), `group_value`, `group_number`, `outcome`,
        `customers`; the row order does not matter. For `largest_part` the outcomes are differences
        between the group and the rival that `group_value` names.
    threshold
        What a share or mean is compared with, for tests of one group.
    confidence
        How sure the interval of the effect is, 0 to 1.

    Returns
    -------
    ClaimTest
        With NaN for every figure where a group is missing or nothing varies.

    Examples
    --------
    >>> rows = pd.DataFrame({"group_side": "a", "group_value": "all", "group_number": None,
    ...                      "outcome": [0.0, 1.0], "customers": [40, 60]})
    >>> round(test_claim("one_proportion", rows, 0.5).statistic, 2)
    2.0
    """
    if observations.empty:
        return UNTESTABLE
    rows = observations.sort_values(["group_side", "group_value", "group_number", "outcome"])
    if test == "spearman":
        return spearman(rows["group_number"], rows["outcome"], rows["customers"], confidence)
    groups = {
        key: Counted.of(members["outcome"], members["customers"])
        for key, members in rows.groupby(["group_side", "group_value"], sort=True)
    }
    first = [group for (side, _), group in groups.items() if side == "a"]
    rivals = {value: group for (side, value), group in groups.items() if side == "b"}

    if test in EVERY_GROUP:
        return EVERY_GROUP[test](list(groups.values()), confidence)
    if test == "largest_part":
        return largest(
            [
                replace(one_mean(own, confidence=confidence), compared_with=name)
                for name, own in rivals.items()
            ]
        )
    if test in ONE_GROUP:
        return ONE_GROUP[test](first[0], threshold, confidence) if first else UNTESTABLE
    if not first or not rivals:
        return UNTESTABLE
    if test == "largest_group":
        return largest(
            [
                replace(mann_whitney(first[0], own, confidence), compared_with=name)
                for name, own in rivals.items()
            ]
        )
    if test in TWO_GROUPS:
        return TWO_GROUPS[test](first[0], next(iter(rivals.values())), confidence)
    raise ValueError(f"There is no test named '{test}'.")


def test_claims(
    claims: pd.DataFrame, observations: Mapping[str, pd.DataFrame], significance_level: float
) -> dict[str, ClaimTest]:
    """Test claims together.

    That there is no difference is read off the interval, so for such a claim it is as wide as all
    claims together ask for (Bonferroni); other intervals describe, and hold with 95 %.

    Parameters
    ----------
    claims
        Columns `claim_key`, `test`, `threshold` and `expected`.
    observations
        claim_key -> what `test_claim` takes; claims without any are left out.
    significance_level
        The chance that any verdict may be wrong, 0 to 1.

    Returns
    -------
    dict
        claim_key -> its test, in the order of the claims.
    """
    asked = claims[claims["claim_key"].isin(list(observations))]
    tests = {
        claim.claim_key: test_claim(claim.test, observations[claim.claim_key], claim.threshold)
        for claim in asked.itertuples()
    }
    tested = sum(not math.isnan(test.p_value) for test in tests.values())
    for claim in asked[asked["expected"] == "none"].itertuples():
        if not math.isnan(tests[claim.claim_key].p_value):
            rows, confidence = observations[claim.claim_key], 1 - significance_level / tested
            tests[claim.claim_key] = test_claim(claim.test, rows, claim.threshold, confidence)
    return tests


# pytest would take the functions for tests of its own
test_claim.__test__ = False
test_claims.__test__ = False
