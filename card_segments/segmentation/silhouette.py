"""Silhouettes: full for small samples, on a stratified sample of rows for large ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from card_segments.segmentation.clustering import IntArray
from card_segments.segmentation.preparation import FloatArray

LARGEST_SILHOUETTE_SAMPLE = 10_000
# Rows of distances held at once: few enough to stay in the processor's cache, which took a quarter
# off the time of 256.
BLOCK_ROWS = 128


def silhouette_rows(
    labellings: Sequence[IntArray], generator: np.random.Generator, most: int
) -> IntArray:
    """Choose the rows that silhouettes are computed on, the same ones for every labelling.

    All rows when they are at most `most`; otherwise every (n / most)-th row in the order of the
    joint labels, with a random order within equal labels. That is a sample stratified by all the
    labellings at once, with proportional shares.

    Parameters
    ----------
    labellings : sequence of ndarray of int, each of shape (n,)
    generator : numpy.random.Generator
    most : int

    Returns
    -------
    ndarray of int, shape (min(n, most),), ascending
    """
    rows = len(labellings[0])
    if rows <= most:
        return np.arange(rows)
    order = np.lexsort([generator.permutation(rows), *labellings])
    return np.sort(order[(np.arange(most) * rows) // most])


def silhouette_values(matrix: FloatArray, labellings: Sequence[IntArray]) -> list[FloatArray]:
    """Return the silhouette of every row, for several labellings of the same matrix at once.

    The distances, which cost most, are computed once, in blocks; memory stays linear in n.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
    labellings : sequence of ndarray of int, each of shape (n,), from 0

    Returns
    -------
    list of ndarray, each of shape (n,)
        Between -1 and 1; 0 for the only member of a segment, and for all when there is one segment.

    References
    ----------
    Rousseeuw (1987), Journal of Computational and Applied Mathematics 20:53-65.

    Examples
    --------
    >>> values = silhouette_values(np.array([[0.0], [1.0], [4.0]]), [np.array([0, 0, 1])])
    >>> values[0].round(4).tolist()
    [0.75, 0.6667, 0.0]
    """
    if not labellings:
        return []
    indicators = [_indicators(labels) for labels in labellings]
    stacked = np.hstack(indicators)
    sizes = [indicator.sum(axis=0) for indicator in indicators]
    results = [np.zeros(len(matrix)) for _ in labellings]
    squares = np.einsum("ij,ij->i", matrix, matrix)
    twice = 2.0 * matrix
    # Used again for every block, because new memory costs more than the arithmetic in it.
    products, distances = np.empty((2, min(BLOCK_ROWS, len(matrix)), len(matrix)))
    for start in range(0, len(matrix), BLOCK_ROWS):
        block = slice(start, min(start + BLOCK_ROWS, len(matrix)))
        rows = block.stop - block.start
        product = np.matmul(twice[block], matrix.T, out=products[:rows])
        distance = np.add(squares[block, None], squares[None, :], out=distances[:rows])
        distance -= product
        np.maximum(distance, 0.0, out=distance)
        sums = np.sqrt(distance, out=distance) @ stacked
        column = 0
        for labels, size, result in zip(labellings, sizes, results, strict=True):
            own = sums[:, column : column + len(size)]
            result[block] = _from_sums(own, size, labels[block])
            column += len(size)
    return results


def macro_mean(values: FloatArray, labels: IntArray) -> float:
    """Return the mean of the per-segment means, in which a large segment cannot hide small ones.

    Examples
    --------
    >>> macro_mean(np.array([1.0, 1.0, 1.0, 0.0]), np.array([0, 0, 0, 1]))
    0.5
    """
    sizes = np.bincount(labels)
    totals = np.bincount(labels, weights=values)
    return float((totals[sizes > 0] / sizes[sizes > 0]).mean())


def _indicators(labels: IntArray) -> FloatArray:
    indicators = np.zeros((len(labels), int(labels.max()) + 1))
    indicators[np.arange(len(labels)), labels] = 1.0
    return indicators


def _from_sums(sums: FloatArray, sizes: FloatArray, labels: IntArray) -> FloatArray:
    if np.count_nonzero(sizes) < 2:
        return np.zeros(len(labels))
    rows = np.arange(len(labels))
    own_size = sizes[labels]
    within = sums[rows, labels] / np.maximum(own_size - 1.0, 1.0)
    others = np.divide(sums, sizes, out=np.full(sums.shape, np.inf), where=sizes > 0)
    others[rows, labels] = np.inf
    between = others.min(axis=1)
    largest = np.maximum(within, between)
    values = np.divide(between - within, largest, out=np.zeros(len(labels)), where=largest > 0)
    return np.where(own_size > 1, values, 0.0)
