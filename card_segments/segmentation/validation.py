"""Out-of-time proof: how much of later behaviour do segments explain, and against what."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from card_segments.segmentation.clustering import IntArray
from card_segments.segmentation.preparation import FeaturesError, FloatArray
from card_segments.segmentation.randomness import generator_for

EXPLAINED_COLUMNS = ("outcome", "customers", "groups", "eta_squared", "omega_squared")
OUT_OF_TIME_COLUMNS = ("outcome", "scheme", *EXPLAINED_COLUMNS[1:])
# A spread below this part of the largest value is what rounding leaves of a constant.
SMALLEST_RELATIVE_SPREAD = 1e-12
PERCENTILE = 95


def checked_labels(labels: ArrayLike, rows: int | None = None, what: str = "labels") -> IntArray:
    """Return labels as whole numbers, or say in one sentence what is wrong with them.

    Parameters
    ----------
    labels : array_like, shape (n,)
        Segment numbers; any whole numbers.
    rows : int, optional
        How many there have to be.
    what : str
        What to call them in a message.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    FeaturesError
        When they are not one list of whole numbers, have a gap, are none, or are not `rows` many.

    Examples
    --------
    >>> checked_labels([1.0, 2.0, 2.0]).tolist()
    [1, 2, 2]
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise FeaturesError(f"{what} have shape {array.shape}; give one label per customer.")
    if not array.size:
        raise FeaturesError(f"there are no {what}; give one label per customer.")
    try:
        numbers = array.astype(np.float64)
    except (TypeError, ValueError):
        raise FeaturesError(f"{what} must be whole numbers, without missing ones.") from None
    if not np.isfinite(numbers).all() or not (numbers == np.round(numbers)).all():
        raise FeaturesError(f"{what} must be whole numbers, without missing ones.")
    if rows is not None and len(numbers) != rows:
        raise FeaturesError(
            f"there are {len(numbers):,} {what} for {rows:,} customers; give one label each."
        )
    return numbers.astype(np.intp)


def checked_numbers(what: str, column: ArrayLike) -> FloatArray:
    """Return a column as floats, or say in one sentence what is wrong with it.

    Parameters
    ----------
    what : str
        What to call it in a message.
    column : array_like, shape (n,)
        Numbers, decimals or booleans; missing entries in any of their forms. Text is refused even
        where it looks like a number.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where missing.

    Raises
    ------
    FeaturesError
        An entry that is no number, or infinity.

    Examples
    --------
    >>> checked_numbers("'calls'", [3, None, 4]).tolist()
    [3.0, nan, 4.0]
    """
    series = pd.Series(column)
    if not pd.api.types.is_numeric_dtype(series.dtype):
        entries = [np.nan if _is_missing(one) else one for one in series.tolist()]
        for entry in entries:
            if not isinstance(entry, int | float | Decimal | np.number | np.bool_):
                raise FeaturesError(f"{what} must hold numbers, but has {entry!r}; cast it in SQL.")
        series = pd.Series([float(one) for one in entries], dtype="float64")
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise FeaturesError(f"{what} is infinite for some customers; make it NULL where unknown.")
    return numbers


def _is_missing(entry: object) -> bool:
    return entry is None or entry is pd.NA or entry is pd.NaT


def explained_share(labels: ArrayLike, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return which share of each outcome's variance lies between the groups.

    Eta squared is the sum of squares between groups over the total one (Cohen 1988: 0.01 small,
    0.06 medium, 0.14 large). It grows with the number of groups even if they mean nothing; omega
    squared (Hays 1963) subtracts what chance adds, about (groups - 1) / (n - 1), and may so fall
    below 0, which is left as it is (Okada 2017). Whether an outcome comes raw or as a logarithm
    is the caller's choice: raw amounts are ruled by their few largest.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        The group of each customer.
    outcomes : DataFrame, shape (n, outcomes)
        Numbers, in the same order of customers. A customer whose outcome is missing is left out
        for that outcome.

    Returns
    -------
    DataFrame
        A row per outcome: `outcome`, `customers`, `groups` (that have a customer), `eta_squared`
        (0 to 1), `omega_squared` (at most 1). Both are NaN where the outcome does not vary, and
        omega squared also where each customer is a group.

    Raises
    ------
    FeaturesError
        No customers, labels or outcomes that are not numbers, or different lengths.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 8.
    Hays (1963), Statistics for Psychologists. Okada (2017), Behavior Research Methods 49:979-987.

    Examples
    --------
    >>> later = pd.DataFrame({"spend": [1.0, 3.0, 6.0, 8.0, 7.0]})
    >>> explained_share([1, 1, 2, 2, 2], later).round(4).to_dict("records")
    [{'outcome': 'spend', 'customers': 5, 'groups': 2, 'eta_squared': 0.8824, \
'omega_squared': 0.8113}]
    """
    labels = checked_labels(labels, len(outcomes))
    rows = []
    for name, values in _numeric_outcomes(outcomes).items():
        known = ~np.isnan(values)
        groups = _consecutive(labels[known])
        count = int(groups.max()) + 1 if groups.size else 0
        eta = _eta_squared(groups, values[known])
        rows.append((name, int(known.sum()), count, eta, _omega(eta, int(known.sum()), count)))
    return pd.DataFrame(rows, columns=list(EXPLAINED_COLUMNS))


def out_of_time(
    labels: ArrayLike,
    baseline_labels: ArrayLike,
    outcomes: pd.DataFrame,
    permutations: int = 200,
    seed: int = 20240501,
) -> pd.DataFrame:
    """Compare segments with a rule-based baseline and with chance, on later behaviour.

    Chance is the same labels dealt out to customers at random: groups of the same sizes that know
    nothing. Segments are of use for an outcome when they lie clearly above `permutation_95th`,
    and worth their trouble when they are not below the baseline; compare schemes with different
    numbers of groups by omega squared.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        Segments found in the earlier months.
    baseline_labels : array_like of int, shape (n,)
        Groups by a simple rule on the earlier months: :func:`decile_labels`, :func:`cell_labels`.
    outcomes : DataFrame, shape (n, outcomes)
        Behaviour in the later months, sorted by customer as the labels are.
    permutations : int
        At least 1.
    seed : int

    Returns
    -------
    DataFrame
        Four rows per outcome, `scheme` being `segments`, `baseline`, `permutation_mean` and
        `permutation_95th`: `outcome`, `scheme`, `customers`, `groups`, `eta_squared`,
        `omega_squared`. Those of the permutations are the mean and the 95th percentile of each
        figure.

    Raises
    ------
    FeaturesError
        As in :func:`explained_share`; or fewer than 1 permutation.

    Examples
    --------
    >>> spend = np.arange(40.0)
    >>> table = out_of_time(np.repeat([1, 2], 20), np.repeat([1, 2], [10, 30]),
    ...                     pd.DataFrame({"spend": spend}), permutations=50)
    >>> dict(zip(table["scheme"], table["eta_squared"].round(2)))
    {'segments': 0.75, 'baseline': 0.56, 'permutation_mean': 0.02, 'permutation_95th': 0.06}
    """
    labels = checked_labels(labels, len(outcomes))
    baseline_labels = checked_labels(baseline_labels, len(outcomes), "baseline labels")
    if permutations < 1:
        raise FeaturesError(f"'permutations' is {permutations!r}; give at least 1.")
    columns = _numeric_outcomes(outcomes)
    generator = generator_for(seed, "permutation")
    # One deal serves all outcomes.
    dealt = [generator.permutation(labels) for _ in range(permutations)]
    segments, baseline = (
        explained_share(one, outcomes).to_dict("records") for one in (labels, baseline_labels)
    )
    rows = []
    for segment_row, baseline_row in zip(segments, baseline, strict=True):
        name = segment_row["outcome"]
        rows.append({"scheme": "segments", **segment_row})
        rows.append({"scheme": "baseline", **baseline_row})
        chance = _permuted(dealt, columns[name])
        counts = {one: segment_row[one] for one in ("outcome", "customers", "groups")}
        for scheme, figures in (
            ("permutation_mean", chance.mean(axis=0)),
            ("permutation_95th", np.percentile(chance, PERCENTILE, axis=0)),
        ):
            named = dict(zip(EXPLAINED_COLUMNS[3:], figures.tolist(), strict=True))
            rows.append({"scheme": scheme, **counts, **named})
    return pd.DataFrame(rows, columns=list(OUT_OF_TIME_COLUMNS))


def decile_labels(column: ArrayLike, groups: int = 10) -> IntArray:
    """Group customers by the quantiles of one column; equal values share a group.

    Parameters
    ----------
    column : array_like, shape (n,)
        NaN where missing.
    groups : int
        At least 1; fewer come out where values repeat.

    Returns
    -------
    ndarray of int, shape (n,)
        1 for the lowest values, then 2, ... without gaps; 0 where the value is missing.

    Raises
    ------
    FeaturesError
        No customers, no numbers, infinity, or fewer than 1 group.

    Examples
    --------
    >>> decile_labels([0.0, 0.0, 0.0, 4.0, 5.0, 9.0, np.nan], groups=3).tolist()
    [1, 1, 1, 2, 3, 3, 0]
    """
    values = checked_numbers("the column", column)
    if not values.size:
        raise FeaturesError("there are no customers to group; give at least one.")
    if groups < 1:
        raise FeaturesError(f"'groups' is {groups!r}; give at least 1.")
    known = ~np.isnan(values)
    labels = np.zeros(len(values), dtype=np.intp)
    if known.any():
        # Ranks from 0.5 to n - 0.5, so that without ties each group is equally large.
        middle = rankdata(values[known]) - 0.5
        labels[known] = _consecutive((middle * groups / known.sum()).astype(np.intp)) + 1
    return labels


def cell_labels(frame: pd.DataFrame, columns: Sequence[str], groups: int = 3) -> IntArray:
    """Group customers by the cells of several columns' quantiles, as RFM analysis does.

    Parameters
    ----------
    frame : DataFrame, shape (n, any)
    columns : sequence of str
        Such as recency, frequency and amount.
    groups : int
        Quantiles per column.

    Returns
    -------
    ndarray of int, shape (n,)
        1, 2, ... for the cells that occur, in the order of the first column, then the second.
        A missing value is a group of its own in its column.

    Raises
    ------
    FeaturesError
        As in :func:`decile_labels`; no columns, or one that the frame does not have.

    References
    ----------
    Hughes (1994), Strategic Database Marketing, for recency, frequency and monetary value.

    Examples
    --------
    >>> frame = pd.DataFrame({"recency": [1, 1, 9, 9], "amount": [5.0, 80.0, 7.0, 60.0]})
    >>> cell_labels(frame, ["recency", "amount"], groups=2).tolist()
    [1, 2, 3, 4]
    """
    if not len(columns):
        raise FeaturesError("cells take at least one column; name one.")
    missing = [one for one in columns if one not in frame.columns]
    if missing:
        raise FeaturesError(
            f"the frame has no column {missing[0]!r}; present are "
            f"{', '.join(str(one) for one in frame.columns)}."
        )
    stacked = np.column_stack([decile_labels(frame[one], groups) for one in columns])
    return np.unique(stacked, axis=0, return_inverse=True)[1].reshape(-1).astype(np.intp) + 1


def _numeric_outcomes(outcomes: pd.DataFrame) -> dict[str, FloatArray]:
    if not outcomes.columns.size:
        raise FeaturesError("there are no outcomes; give at least one column.")
    if not outcomes.columns.is_unique:
        raise FeaturesError("an outcome stands twice among the columns; name each once.")
    return {str(name): checked_numbers(f"'{name}'", outcomes[name]) for name in outcomes.columns}


def _consecutive(labels: IntArray) -> IntArray:
    """Return the labels numbered from 0 without gaps."""
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.intp)


def _eta_squared(groups: IntArray, values: FloatArray) -> float:
    """Return eta squared of groups numbered from 0 without gaps; NaN without any spread."""
    if not values.size:
        return np.nan
    # Dividing first keeps the squares of very large amounts finite.
    scale = np.abs(values).max()
    if values.max() - values.min() <= SMALLEST_RELATIVE_SPREAD * scale:
        return np.nan
    centred = values / scale - (values / scale).mean()
    sizes = np.bincount(groups)
    between = float((np.bincount(groups, weights=centred) ** 2 / sizes).sum())
    return min(between / float((centred**2).sum()), 1.0)


def _omega(eta: float, customers: int, groups: int) -> float:
    """Return omega squared, written with the total sum of squares set to 1."""
    if np.isnan(eta) or customers <= groups:
        return np.nan
    within = (1.0 - eta) / (customers - groups)
    return (eta - (groups - 1) * within) / (1.0 + within)


def _permuted(dealt: Sequence[IntArray], values: FloatArray) -> FloatArray:
    """Return eta and omega squared of every deal, shape (permutations, 2)."""
    known = ~np.isnan(values)
    figures = np.full((len(dealt), 2), np.nan)
    for row, labels in enumerate(dealt):
        groups = _consecutive(labels[known])
        eta = _eta_squared(groups, values[known])
        count = int(groups.max()) + 1 if groups.size else 0
        figures[row] = eta, _omega(eta, int(known.sum()), count)
    return figures
