"""Identity over time: which segment of a new model is which of the old one, and under which key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

from card_segments.segmentation.clustering import IntArray
from card_segments.segmentation.preparation import FeaturesError, FloatArray
from card_segments.segmentation.validation import checked_labels

MINIMUM_JACCARD = 0.5
FIRST, MATCHED, EMERGING = "first", "matched", "emerging"
# Far below any difference of two Jaccard coefficients of fewer than a million customers. The
# solver does not say which of two equal solutions it returns.
TIE_BREAK = 1e-13


@dataclass(frozen=True, eq=False)
class Alignment:
    """Which new segment carries on which old one.

    Attributes
    ----------
    matches : DataFrame
        A row per new segment, by number: `segment_number` (int), `old_segment_number` (Int64,
        missing for an emerging segment), `status` (`matched` or `emerging`), `jaccard` (with the
        most like old segment, matched or not; 0 without old segments).
    retired : tuple of int
        Numbers of the old segments that no new one carries on, ascending.
    """

    matches: pd.DataFrame
    retired: tuple[int, ...]

    @property
    def mapping(self) -> dict[int, int]:
        """The new number's old number, for matched segments."""
        matched = self.matches[self.matches["status"] == MATCHED]
        return dict(
            zip(
                matched["segment_number"].astype(int).tolist(),
                matched["old_segment_number"].astype(int).tolist(),
                strict=True,
            )
        )


@dataclass(frozen=True, eq=False)
class KeyAssignment:
    """The keys of a new model's segments.

    Attributes
    ----------
    keys : DataFrame
        A row per new segment, by number: `segment_number`, `key_number` (int), `status`
        (`matched` or `emerging`), `jaccard`.
    retired : tuple of int
        Key numbers that no segment has any more, ascending; never given again.
    highest_number_ever : int
        To be handed to the next assignment.
    """

    keys: pd.DataFrame
    retired: tuple[int, ...]
    highest_number_ever: int


def jaccard_matrix(
    new_labels: IntArray, old_labels: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """Return the Jaccard coefficient of the members of every new with every old segment.

    Returns
    -------
    jaccard : ndarray, shape (new segments, old segments)
        0 to 1: customers in both over customers in either.
    new_numbers, old_numbers : ndarray of int
        The numbers that the rows and the columns stand for, ascending.

    Examples
    --------
    >>> jaccard, _, _ = jaccard_matrix(np.array([1, 1, 2, 2]), np.array([7, 7, 7, 8]))
    >>> jaccard.round(4).tolist()
    [[0.6667, 0.0], [0.25, 0.5]]
    """
    new_numbers, new = np.unique(new_labels, return_inverse=True)
    old_numbers, old = np.unique(old_labels, return_inverse=True)
    cells = len(new_numbers) * len(old_numbers)
    both = np.bincount(new * len(old_numbers) + old, minlength=cells).reshape(len(new_numbers), -1)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    return both / either, new_numbers, old_numbers


def align(
    new_labels: ArrayLike,
    old_labels: ArrayLike | None,
    min_jaccard: float = MINIMUM_JACCARD,
) -> Alignment:
    """Find which segment of a new model carries on which segment of the old one.

    Both models label the same customers, with the same features: then only the models differ.
    Pairs with a Jaccard coefficient of at least `min_jaccard` may match; among these pairs
    the Hungarian method finds the one-to-one matches with the largest sum. Pairs below are left
    out before and not after it: otherwise two poor pairs could together outbid a good one, and
    all three would be lost.

    With a minimum of 0.5 no two pairs above it can contend for a segment: two disjoint segments
    that each share half of a third with it, and nothing else, have exactly 0.5. Such a split into
    two equal halves is the only tie; the lower old and then the lower new number wins it.

    Parameters
    ----------
    new_labels : array_like of int, shape (n,)
        Segment numbers by the new model.
    old_labels : array_like of int, shape (n,), or None
        Segment numbers by the old model for the same customers in the same order; None when
        there is no old model, so that every segment emerges.
    min_jaccard : float
        Above 0, at most 1.

    Returns
    -------
    Alignment

    Raises
    ------
    FeaturesError
        No customers, labels that are not whole numbers, different lengths, or a minimum outside
        its bounds.

    References
    ----------
    Kuhn (1955), Naval Research Logistics Quarterly 2:83-97; Jaccard (1912), New Phytologist 11.

    Examples
    --------
    >>> alignment = align([3, 3, 1, 1, 2], [1, 1, 2, 2, 2])
    >>> alignment.mapping, alignment.retired
    ({1: 2, 3: 1}, ())
    >>> alignment.matches["status"].tolist()
    ['matched', 'emerging', 'matched']
    """
    if not 0.0 < min_jaccard <= 1.0:
        raise FeaturesError(
            f"'min_jaccard' is {min_jaccard!r}; give a number above 0 and at most 1."
        )
    new = checked_labels(new_labels, what="new labels")
    if old_labels is None:
        numbers = np.unique(new)
        return Alignment(_matches(numbers, {}, np.zeros(len(numbers))), ())
    old = checked_labels(old_labels, len(new), "old labels")

    jaccard, new_numbers, old_numbers = jaccard_matrix(new, old)
    admitted = jaccard >= min_jaccard
    preference = np.arange(jaccard.size).reshape(jaccard.T.shape).T  # old number first
    worth = np.where(admitted, jaccard + TIE_BREAK * (1.0 - preference / jaccard.size), 0.0)
    pairs = [
        (new_position, old_position)
        for new_position, old_position in zip(
            *linear_sum_assignment(worth, maximize=True), strict=True
        )
        if admitted[new_position, old_position]
    ]
    found = {int(new_numbers[one]): int(old_numbers[other]) for one, other in pairs}
    likeness = jaccard.max(axis=1)
    for one, other in pairs:
        likeness[one] = jaccard[one, other]
    retired = sorted(set(old_numbers.tolist()) - set(found.values()))
    return Alignment(_matches(new_numbers, found, likeness), tuple(retired))


def assign_keys(
    alignment: Alignment, old_keys: Mapping[int, int], highest_number_ever: int
) -> KeyAssignment:
    """Give every new segment its key: the old one's, or a number that was never used.

    Parameters
    ----------
    alignment : Alignment
        From :func:`align`.
    old_keys : mapping of int to int
        Key number of every segment number of the old model, also of those that no customer has
        now; empty when there is no old model.
    highest_number_ever : int
        The highest key number that any model of this segmentation had, retired or not; 0 when
        there was none.

    Returns
    -------
    KeyAssignment
        Emerging segments get the numbers above `highest_number_ever`, in the order of their
        segment numbers.

    Raises
    ------
    FeaturesError
        When `old_keys` lacks a matched segment, uses a key twice or one above
        `highest_number_ever`.

    Examples
    --------
    >>> alignment = align([3, 3, 1, 1, 2], [1, 1, 2, 2, 2])
    >>> assignment = assign_keys(alignment, {1: 4, 2: 2}, highest_number_ever=5)
    >>> assignment.keys["key_number"].tolist(), assignment.highest_number_ever
    ([2, 6, 4], 6)
    """
    keys = {int(number): int(key) for number, key in old_keys.items()}
    _check_keys(keys, alignment, highest_number_ever)
    highest = int(highest_number_ever)
    numbers = []
    for number in alignment.matches["segment_number"].tolist():
        old = alignment.mapping.get(number)
        if old is None:
            highest += 1
            numbers.append(highest)
        else:
            numbers.append(keys[old])
    frame = alignment.matches[["segment_number", "status", "jaccard"]].copy()
    frame.insert(1, "key_number", np.array(numbers, dtype=np.int64))
    retired = tuple(sorted(set(keys.values()) - set(numbers)))
    return KeyAssignment(frame, retired, highest)


def key_segments(
    segment_numbers: pd.Series, last_keys: pd.Series, highest_number_ever: int
) -> pd.DataFrame:
    """Give the segments of a fit their keys: old ones where segments match, new ones above.

    Old segments are as they were published, not as the old model sees today's data: where a
    feature drifted, that view is what is in doubt.

    Parameters
    ----------
    segment_numbers : Series of int
        The new segment of each customer; the customers are the index.
    last_keys : Series of str
        The key that each customer was last published under, such as `card_usage_3`; empty where
        nothing was published.
    highest_number_ever : int
        As :func:`assign_keys` takes it.

    Returns
    -------
    DataFrame
        A row per segment, by number: `segment_number`, `key_number`, `key_status` (`first`,
        `matched` or `emerging`), `match_jaccard` (missing where there was nothing to match).

    Examples
    --------
    >>> new = pd.Series([1, 1, 2, 2], index=list("abcd"))
    >>> last = pd.Series({"a": "demo_4", "b": "demo_4", "c": "demo_2", "e": "demo_2"})
    >>> key_segments(new, last, 4)["key_number"].tolist()
    [4, 2]
    >>> key_segments(new, last[:0], 4)["key_number"].tolist()
    [5, 6]
    >>> key_segments(new, last[:2], 4)["key_number"].tolist()
    [4, 5]
    """
    numbers = segment_numbers.astype("int64").sort_index()
    old = last_keys.reindex(numbers.index).dropna().str.rsplit("_", n=1).str[-1].astype("int64")
    if old.empty:
        distinct = np.unique(numbers)
        return pd.DataFrame(
            {
                "segment_number": distinct,
                "key_number": distinct - distinct.min() + 1 + highest_number_ever,
                "key_status": EMERGING if highest_number_ever else FIRST,
                "match_jaccard": np.nan,
            }
        )
    alignment = align(numbers[old.index].to_numpy(), old.to_numpy())
    # a segment made wholly of new customers has nobody to be matched by
    new = np.setdiff1d(numbers, alignment.matches["segment_number"])
    matches = pd.concat([alignment.matches, _matches(new, {}, np.zeros(len(new)))])
    alignment = replace(alignment, matches=matches.sort_values("segment_number", ignore_index=True))
    highest = max(highest_number_ever, int(old.max()))
    keys = assign_keys(alignment, {number: number for number in old.unique()}, highest).keys
    return keys.rename(columns={"status": "key_status", "jaccard": "match_jaccard"})


def _matches(numbers: IntArray, found: Mapping[int, int], jaccard: FloatArray) -> pd.DataFrame:
    old = [found.get(number) for number in numbers.tolist()]
    return pd.DataFrame(
        {
            "segment_number": numbers.astype(np.int64),
            "old_segment_number": pd.array(old, dtype="Int64"),
            "status": pd.array(
                [EMERGING if one is None else MATCHED for one in old], dtype="string"
            ),
            "jaccard": np.asarray(jaccard, dtype=np.float64),
        }
    )


def _check_keys(keys: Mapping[int, int], alignment: Alignment, highest_number_ever: int) -> None:
    if len(set(keys.values())) < len(keys):
        raise FeaturesError("two old segments have the same key; every segment needs its own.")
    highest = max(keys.values(), default=0)
    if highest > highest_number_ever or highest_number_ever < 0:
        raise FeaturesError(
            f"'highest_number_ever' is {highest_number_ever}, but the old model has the key "
            f"{highest}; give the highest key that was ever used."
        )
    without = sorted((set(alignment.mapping.values()) | set(alignment.retired)) - set(keys))
    if without:
        raise FeaturesError(
            f"the old segment {without[0]} has no key; give one for every old segment."
        )
