"""Stability: do segments come back on resamples, on the other half, and from other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from sklearn.metrics import adjusted_rand_score

from card_segments.segmentation.clustering import IntArray, refined_k_means, squared_distances
from card_segments.segmentation.preparation import FloatArray
from card_segments.segmentation.randomness import generator_for, seed_for

# Of a bootstrap, of each half and of the refits from other seeds. Fixed, so that the figures of
# different months compare and cost the same for any number of customers.
LARGEST_RESAMPLE = 10_000
# Twenty splits give forty halves; the standard error of their mean is then below 0.02 wherever
# single halves differ by less than 0.12.
PREDICTION_SPLITS = 20
AGREEMENT_SEEDS = 10


def cross_table(first: IntArray, second: IntArray) -> IntArray:
    """Count how often each pair of labels (from 0) occurs; rows are those of `first`.

    Examples
    --------
    >>> cross_table(np.array([0, 0, 1]), np.array([1, 1, 0])).tolist()
    [[0, 2], [1, 0]]
    """
    columns = int(second.max()) + 1
    cells = (int(first.max()) + 1) * columns
    return np.bincount(first * columns + second, minlength=cells).reshape(-1, columns)


def best_jaccard(original: IntArray, resampled: IntArray, segments: int) -> FloatArray:
    """Return each original segment's Jaccard coefficient with the most like resampled segment.

    Parameters
    ----------
    original, resampled : ndarray of int, shape (n,), from 0
        Two labellings of the same rows.
    segments : int
        Number of original segments; one without a row here has 0.

    Returns
    -------
    ndarray, shape (segments,)
        0..1: the rows in both divided by the rows in either.

    Examples
    --------
    >>> best_jaccard(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2).round(4).tolist()
    [0.6667, 0.5]
    """
    both = cross_table(original, resampled)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    # Where the union is empty so is the intersection, and the coefficient is 0.
    best = (both / np.maximum(either, 1)).max(axis=1)
    return np.concatenate([best, np.zeros(segments - len(best))])


def bootstrap_jaccard(
    matrix: FloatArray, labels: IntArray, segments: int, seed: int, resample: int
) -> FloatArray:
    """Fit one bootstrap resample and compare it with the original on the rows that were drawn.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
        Standardised and weighted.
    labels : ndarray of int, shape (n,), from 0
        The original segments.
    segments : int
    seed : int
        The segmentation's seed.
    resample : int
        Number of the resample; the same rows are drawn for every number of segments.

    Returns
    -------
    ndarray, shape (segments,)
        The Jaccard coefficient of each original segment.

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52:258-271; R `fpc::clusterboot`.
    """
    rows = len(matrix)
    size = min(rows, LARGEST_RESAMPLE)
    drawn = generator_for(seed, "bootstrap", resample).integers(rows, size=size)
    # A row drawn twice counts twice in the fit and once in the comparison.
    distinct, counts = np.unique(drawn, return_counts=True)
    fit_seed = seed_for(seed, "bootstrap", resample, "segments", segments)
    _, resampled = refined_k_means(matrix[distinct], segments, fit_seed, counts)
    return best_jaccard(labels[distinct], resampled, segments)


def prediction_strength_of(test: IntArray, predicted: IntArray) -> float:
    """Return the smallest share, over the test segments, of pairs that the prediction keeps.

    Counted from the cross table: of the n (n - 1) ordered pairs in a test segment, m (m - 1) stay
    together in each predicted segment that has m of its members. A segment of one has no pair to
    lose and counts as 1, as in R `fpc::prediction.strength`.

    Parameters
    ----------
    test : ndarray of int, shape (n,), from 0
        Segments found in the test half.
    predicted : ndarray of int, shape (n,), from 0
        The same rows, by the nearest centroids of the other half.

    Examples
    --------
    >>> prediction_strength_of(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1])).__round__(4)
    0.3333
    """
    table = cross_table(test, predicted).astype(np.float64)
    sizes = table.sum(axis=1)
    kept = (table * (table - 1.0)).sum(axis=1)
    pairs = sizes * (sizes - 1.0)
    return float(np.divide(kept, pairs, out=np.ones(len(sizes)), where=pairs > 0).min())


def prediction_strength(matrix: FloatArray, segments: int, seed: int, split: int) -> float:
    """Split the rows into random halves and let each half predict the other.

    Of more than 20,000 rows two disjoint samples of 10,000 are the halves.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
        Standardised and weighted.
    segments : int
    seed : int
        The segmentation's seed.
    split : int
        Number of the split; the same halves are used for every number of segments.

    Returns
    -------
    float
        The mean of both directions, 0..1.

    References
    ----------
    Tibshirani & Walther (2005), Journal of Computational and Graphical Statistics 14:511-528.
    """
    order = generator_for(seed, "halves", split).permutation(len(matrix))[: 2 * LARGEST_RESAMPLE]
    halves = [np.sort(half) for half in np.array_split(order, 2)]
    fits = [
        refined_k_means(
            matrix[half], segments, seed_for(seed, "halves", split, side, "segments", segments)
        )
        for side, half in enumerate(halves)
    ]
    unit = np.ones(matrix.shape[1])
    strengths = []
    for test_side, train_side in ((0, 1), (1, 0)):
        distances = squared_distances(matrix[halves[test_side]], unit, fits[train_side][0])
        strengths.append(prediction_strength_of(fits[test_side][1], distances.argmin(axis=1)))
    return float(np.mean(strengths))


def seed_agreement(labellings: Sequence[IntArray]) -> float:
    """Return the mean adjusted Rand index over all pairs of labellings from different seeds.

    References
    ----------
    Hubert & Arabie (1985), Journal of Classification 2:193-218.

    Examples
    --------
    >>> seed_agreement([np.array([0, 0, 1]), np.array([1, 1, 0])])
    1.0
    """
    pairs = combinations(labellings, 2)
    return float(np.mean([adjusted_rand_score(first, second) for first, second in pairs]))
