"""Separation: are segments parted by more than the margins and correlations of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata

from card_segments.segmentation.clustering import IntArray, k_means
from card_segments.segmentation.preparation import FloatArray
from card_segments.segmentation.randomness import generator_for, seed_for
from card_segments.segmentation.silhouette import silhouette_rows, silhouette_values

# Of the data and of each null draw, so that z and its cost do not grow with the customers.
LARGEST_NULL_DRAW = 10_000
# Enough for a silhouette's mean, and the 20 null draws cost a quarter of what 10,000 rows would.
LARGEST_SEPARATION_SAMPLE = 5_000
SMALLEST_EIGENVALUE = 1e-6
TIE_CORRECTION_ROUNDS = 10
TIE_CORRECTION_ROWS = 20_000
SMALLEST_NULL_SPREAD = 1e-9


@dataclass(frozen=True)
class Separation:
    """A candidate's silhouette against those of null data.

    Attributes
    ----------
    z : float
        (silhouette - null mean) / null standard deviation; NaN when null data cannot differ from
        the data (a single feature), so that nothing was tested.
    null_mean, null_standard_deviation : float
        Of the silhouettes of the null draws; the standard deviation is the sample one (n - 1).
    """

    z: float
    null_mean: float
    null_standard_deviation: float


NOT_TESTED = Separation(np.nan, np.nan, np.nan)


def gaussian_correlation(matrix: FloatArray, generator: np.random.Generator) -> FloatArray:
    """Return the correlation of a Gaussian that gives null data the rank correlations of the data.

    Spearman's rho (average ranks for ties) becomes Pearson's r of the Gaussian by
    2 sin(pi rho / 6). That is exact for columns without ties; many ties (half of the customers at
    zero) would weaken the correlation of the null data, so that real data stood out by it. So r
    is corrected until simulated ranks, tied like the data's, have the rho of the data.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
        No constant column; at least two columns.
    generator : numpy.random.Generator
        For the simulation.

    Returns
    -------
    ndarray, shape (features, features)
        Positive definite, with diagonal 1.

    References
    ----------
    Kruskal (1958), Journal of the American Statistical Association 53:814-861.
    """
    ranks = rankdata(matrix, axis=0)
    target = np.corrcoef(ranks, rowvar=False)
    tied_ranks = np.sort(ranks, axis=0)
    normals = _uncorrelated_normals(matrix.shape[1], generator)
    correlation = _positive_definite(2.0 * np.sin(np.pi * target / 6.0))
    for _ in range(TIE_CORRECTION_ROUNDS):
        gaussian = normals @ np.linalg.cholesky(correlation).T
        positions = (ndtr(gaussian) * len(matrix)).astype(np.intp).clip(max=len(matrix) - 1)
        reached = np.corrcoef(np.take_along_axis(tied_ranks, positions, axis=0), rowvar=False)
        correlation = _positive_definite(np.clip(correlation + target - reached, -1.0, 1.0))
    return correlation


def _uncorrelated_normals(features: int, generator: np.random.Generator) -> FloatArray:
    """Return simulated normals whose sample correlation is exactly nil, which removes noise."""
    normals = generator.standard_normal((TIE_CORRECTION_ROWS, features))
    normals -= normals.mean(axis=0)
    lower = np.linalg.cholesky(np.cov(normals, rowvar=False))
    return np.linalg.solve(lower, normals.T).T


def _positive_definite(correlation: FloatArray) -> FloatArray:
    """Raise eigenvalues at or below zero and put the diagonal back to 1."""
    np.fill_diagonal(correlation, 1.0)
    eigenvalues, vectors = np.linalg.eigh(correlation)
    if eigenvalues.min() >= SMALLEST_EIGENVALUE:
        return correlation
    repaired = (vectors * np.maximum(eigenvalues, SMALLEST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(repaired))
    return repaired / np.outer(scale, scale)


def draw_null(
    matrix: FloatArray, correlation: FloatArray, generator: np.random.Generator
) -> FloatArray:
    """Draw data with the columns' own values and rank correlations, and no other structure.

    Each column's sorted values are put in the order of a column of correlated Gaussians. Every
    step of the preparation maps one column monotonically, so reordering the prepared columns is
    the same as preparing reordered raw ones.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
    correlation : ndarray, shape (features, features)
        From :func:`gaussian_correlation`.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, features)
        Every column holds exactly the values of the same column of `matrix`.

    References
    ----------
    Hennig & Lin (2015), Statistics and Computing 25:821-833, for testing clusters against null
    data that keep the structure which is not clusters.
    """
    gaussian = generator.standard_normal(matrix.shape) @ np.linalg.cholesky(correlation).T
    ranks = gaussian.argsort(axis=0).argsort(axis=0)
    return np.take_along_axis(np.sort(matrix, axis=0), ranks, axis=0)


def separation_silhouettes(
    matrix: FloatArray, labellings: Sequence[IntArray], generator: np.random.Generator
) -> list[float]:
    """Return the mean silhouette of each labelling as the separation test measures it.

    Used for the data and for null draws alike: all rows up to 5,000, a stratified sample beyond.
    """
    rows = silhouette_rows(labellings, generator, LARGEST_SEPARATION_SAMPLE)
    values = silhouette_values(matrix[rows], [labels[rows] for labels in labellings])
    return [float(one.mean()) for one in values]


def null_silhouettes(
    matrix: FloatArray, correlation: FloatArray, segments: Sequence[int], seed: int, draw: int
) -> list[float]:
    """Fit one null draw for every number of segments and return the silhouettes.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
        Standardised and weighted.
    correlation : ndarray, shape (features, features)
    segments : sequence of int
    seed : int
        The segmentation's seed.
    draw : int
        Number of the draw.
    """
    null = draw_null(matrix, correlation, generator_for(seed, "null", draw))
    labellings = [
        k_means(null, one, seed_for(seed, "null", draw, "segments", one))[1] for one in segments
    ]
    return separation_silhouettes(null, labellings, generator_for(seed, "null", draw, "rows"))


def separation(silhouette: float, null: Sequence[float]) -> Separation:
    """Return how many null standard deviations a silhouette lies above the null mean.

    Examples
    --------
    >>> separation(0.5, [0.1, 0.2, 0.3]).z.__round__(2)
    3.0
    """
    mean, spread = float(np.mean(null)), float(np.std(null, ddof=1))
    z = (silhouette - mean) / spread if spread > SMALLEST_NULL_SPREAD else np.nan
    return Separation(z, mean, spread)
