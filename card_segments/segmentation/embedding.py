"""A map of the customers in two dimensions, to look at; no measure is taken on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from card_segments.segmentation.clustering import IntArray
from card_segments.segmentation.preparation import FeaturesError, FloatArray
from card_segments.segmentation.randomness import generator_for, seed_for
from card_segments.segmentation.validation import checked_labels

METHODS = ("pca", "tsne")
# t-SNE takes 1.6 s for 1,000 rows and 4 s for 2,000, and a map of more is not easier to read.
SAMPLE_SIZE = 1_000
PERPLEXITY = 30.0
ITERATIONS = 500
FEWEST_ROWS_FOR_TSNE = 4
# Segments get at least this part of an equal share of the sample.
SMALLEST_PART = 0.5
# Enough for any screen, and the same on machines whose arithmetic differs in the last digits.
DECIMALS = 6
EQUAL_LOADINGS = 1e-9


@dataclass(frozen=True, eq=False)
class Embedding:
    """Where customers lie on the map.

    Attributes
    ----------
    method : {"pca", "tsne"}
    rows : ndarray of int, shape (m,)
        Positions in the matrix of the customers on the map, ascending.
    x, y : ndarray, shape (m,)
        Rounded to six decimals. PCA: in units of the standardised features. t-SNE: without a
        unit; only who is near whom means something, not how far groups are apart.
    explained : tuple of two floats
        Share of the variance (0 to 1) that x and y of the PCA keep; NaN for t-SNE.
    """

    method: str
    rows: IntArray
    x: FloatArray
    y: FloatArray
    explained: tuple[float, float]


def embed(
    matrix: ArrayLike,
    labels: ArrayLike,
    method: str = "pca",
    sample_size: int = SAMPLE_SIZE,
    seed: int = 20240501,
) -> Embedding:
    """Lay customers out in two dimensions.

    PCA places every row; t-SNE a sample, stratified by segment, in which small segments keep at
    least half of an equal share (all of their customers if they have fewer).

    Parameters
    ----------
    matrix : array_like, shape (n, features)
        Standardised (and weighted) features, rows sorted by key.
    labels : array_like of int, shape (n,)
        Segment numbers.
    method : {"pca", "tsne"}
    sample_size : int
        At most so many rows for t-SNE, at least 4; without effect on PCA.
    seed : int

    Returns
    -------
    Embedding
        The same on every run for the same rows in the same order. Rounding makes PCA the same on
        different machines too; t-SNE may differ there.

    Raises
    ------
    FeaturesError
        No rows, NaN or infinity, labels that do not fit, an unknown method, or fewer than 4 rows
        for t-SNE.

    References
    ----------
    Jolliffe (2002), Principal Component Analysis; van der Maaten & Hinton (2008), Journal of
    Machine Learning Research 9; Kobak & Berens (2019), Nature Communications 10:5416, for
    starting t-SNE from the PCA.

    Examples
    --------
    >>> matrix = np.array([[2.0, 2.0], [-2.0, -2.0], [1.0, -1.0], [-1.0, 1.0]])
    >>> result = embed(matrix, [1, 1, 2, 2])
    >>> result.x.round(3).tolist(), [round(one, 2) for one in result.explained]
    ([2.828, -2.828, 0.0, 0.0], [0.8, 0.2])
    """
    matrix = _checked_matrix(matrix)
    labels = checked_labels(labels, len(matrix))
    if method == "pca":
        scores, explained = principal_components(matrix)
        return Embedding("pca", np.arange(len(matrix)), *np.round(scores.T, DECIMALS), explained)
    if method != "tsne":
        raise FeaturesError(f"the method is {method!r}; choose one of {', '.join(METHODS)}.")
    rows = stratified_rows(labels, sample_size, seed)
    if len(rows) < FEWEST_ROWS_FOR_TSNE:
        raise FeaturesError(
            f"t-SNE takes at least {FEWEST_ROWS_FOR_TSNE} customers, and there are {len(rows)}; "
            "use the method 'pca'."
        )
    scores = _tsne(matrix[rows], seed)
    return Embedding("tsne", rows, *np.round(scores.T, DECIMALS), (np.nan, np.nan))


def principal_components(matrix: FloatArray) -> tuple[FloatArray, tuple[float, float]]:
    """Return the first two principal components, with signs that do not depend on chance.

    The largest loading of each component is positive (the first of those that are equally large),
    so more of that feature is to the right or further up.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)

    Returns
    -------
    scores : ndarray, shape (n, 2)
        0 for components that do not exist: one feature, one row, nothing but constants.
    explained : tuple of two floats
        Their shares of the variance, 0 to 1.
    """
    centred = matrix - matrix.mean(axis=0)
    # einsum and not a matrix product, whose last digits depend on the number of threads.
    covariance = np.einsum("ij,ik->jk", centred, centred) / len(matrix)
    eigenvalues, vectors = np.linalg.eigh(covariance)
    eigenvalues, vectors = np.maximum(eigenvalues[::-1][:2], 0.0), vectors[:, ::-1][:, :2]
    size = np.abs(vectors)
    largest = (size >= size.max(axis=0) * (1.0 - EQUAL_LOADINGS)).argmax(axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    scores = np.zeros((len(matrix), 2))
    scores[:, : vectors.shape[1]] = np.einsum("ij,jk->ik", centred, vectors)
    total = float(np.trace(covariance))
    shares = [float(one) / total if total > 0 else 0.0 for one in eigenvalues]
    first, second = [*shares, 0.0][:2]
    # Adding 0.0 turns the negative zero into the plain one.
    return scores + 0.0, (first, second)


def stratified_rows(labels: ArrayLike, sample_size: int, seed: int) -> IntArray:
    """Choose rows for a map, from all segments; all rows when they are at most `sample_size`.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
    sample_size : int
        At least the number of segments.
    seed : int

    Returns
    -------
    ndarray of int, shape (min(n, sample_size),), ascending

    Raises
    ------
    FeaturesError
        When the sample is smaller than the number of segments.

    Examples
    --------
    >>> labels = np.repeat([1, 2], [990, 10])
    >>> np.bincount(labels[stratified_rows(labels, 100, seed=1)]).tolist()
    [0, 90, 10]
    """
    labels = checked_labels(labels)
    if len(labels) <= sample_size:
        return np.arange(len(labels))
    numbers, sizes = np.unique(labels, return_counts=True)
    if sample_size < len(numbers):
        raise FeaturesError(
            f"a sample of {sample_size} cannot hold all {len(numbers)} segments; give a larger "
            "'sample_size'."
        )
    chosen = [
        generator_for(seed, "map", int(number)).permutation(np.flatnonzero(labels == number))[:part]
        for number, part in zip(numbers, _parts(sizes, sample_size), strict=True)
    ]
    return np.sort(np.concatenate(chosen))


def _parts(sizes: IntArray, sample_size: int) -> IntArray:
    """Share a sample out: a least part for each segment, the rest by size."""
    least = max(int(SMALLEST_PART * sample_size / len(sizes)), 1)
    parts = np.minimum(sizes, least)
    remaining = sizes - parts
    exact = (sample_size - parts.sum()) * remaining / remaining.sum()
    added = np.floor(exact).astype(np.intp)
    # What rounding down left goes to the largest fractions, the first segment on ties.
    left = sample_size - int(parts.sum() + added.sum())
    added[np.argsort(added - exact, kind="stable")[:left]] += 1
    return parts + added


def _tsne(matrix: FloatArray, seed: int) -> FloatArray:
    start, _ = principal_components(matrix)
    spread = float(start[:, 0].std())
    if not spread > 0:
        # All customers are equal and share a place.
        return start
    model = TSNE(
        perplexity=min(PERPLEXITY, (len(matrix) - 1) / 3),
        learning_rate="auto",
        max_iter=ITERATIONS,
        init=start / spread * 1e-4,
        method="barnes_hut",
        random_state=seed_for(seed, "map"),
        n_jobs=1,
    )
    # The gradient is summed by OpenMP, whose number of threads belongs to the calling thread.
    with threadpool_limits(limits=1, user_api="openmp"):
        return model.fit_transform(matrix).astype(np.float64)


def _checked_matrix(matrix: ArrayLike) -> FloatArray:
    array = np.asarray(matrix, dtype=np.float64)
    if array.ndim != 2 or not array.shape[1]:
        raise FeaturesError(f"the matrix has shape {array.shape}; give customers by features.")
    if not len(array):
        raise FeaturesError("there are no customers to place on a map; give at least one.")
    if not np.isfinite(array).all():
        raise FeaturesError("the matrix has missing or infinite values; impute them first.")
    return array
