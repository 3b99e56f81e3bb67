"""From the counted outcomes of a claim to the test that it names."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from card_segments.claims.statistics import (
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


def test_claim(test: str, observations: pd.DataFrame, threshold: float | None = None) -> ClaimTest:
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
        return spearman(rows["group_number"], rows["outcome"], rows["customers"])
    groups = {
        key: Counted.of(members["outcome"], members["customers"])
        for key, members in rows.groupby(["group_side", "group_value"], sort=True)
    }
    first = [group for (side, _), group in groups.items() if side == "a"]
    rivals = {value: group for (side, value), group in groups.items() if side == "b"}

    if test in EVERY_GROUP:
        return EVERY_GROUP[test](list(groups.values()))
    if test == "largest_part":
        return largest([replace(one_mean(own), compared_with=name) for name, own in rivals.items()])
    if test in ONE_GROUP:
        return ONE_GROUP[test](first[0], threshold) if first else UNTESTABLE
    if not first or not rivals:
        return UNTESTABLE
    if test == "largest_group":
        return largest(
            [
                replace(mann_whitney(first[0], own), compared_with=name)
                for name, own in rivals.items()
            ]
        )
    if test in TWO_GROUPS:
        return TWO_GROUPS[test](first[0], next(iter(rivals.values())))
    raise ValueError(f"There is no test named '{test}'.")


# pytest would take the function for one of its tests
test_claim.__test__ = False
