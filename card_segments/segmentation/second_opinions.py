"""Other algorithms beside k-means: what they find on the same matrix, and whether it comes back."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import HDBSCAN
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from card_segments.segmentation.clustering import IntArray, order_segments, squared_distances
from card_segments.segmentation.preparation import FloatArray, Preparation, Sample
from card_segments.segmentation.randomness import generator_for, sampled_rows, seed_for
from card_segments.segmentation.specification import Specification
from card_segments.segmentation.stability import best_jaccard, prediction_strength_of

NOISE = -1
# Ward's tree takes memory and HDBSCAN time with the square of the rows: 0.3 GB and 0.2 s at 5,000,
# 1 GB and 0.8 s at 10,000, 7 GB and 50 s at 30,000. Second opinions decide nothing, so their sample
# is as large as the one of the separation test.
LARGEST_OPINION_SAMPLE = 5_000
# Second opinions decide nothing, so their stability is measured on fewer and smaller resamples:
# a share of 0.75 is then known to about 0.05.
OPINION_RESAMPLES = 10
OPINION_SPLITS = 5
LARGEST_OPINION_RESAMPLE = 2_000
# Measured with 1, 2 and 5 starts: stable mixtures have a Jaccard of 1 with any, unstable ones with
# none (relationship, 3 segments, 1.00, 1.00, 1.00; 5 segments 0.50, 0.48, 0.49). Halves need two:
# with one the prediction strength of 4 segments falls from 0.99 to 0.80, in spending from 1.00.
MIXTURE_STARTS = 2
# Of standardised columns: no component is narrower than a tenth of a standard deviation.
# Without a floor, the mixture spends its components on single values such as zero.
MIXTURE_REGULARISATION = 0.01
MIXTURE_ITERATIONS = 200

Workers = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]


@dataclass(frozen=True, eq=False)
class Opinion:
    """What another algorithm found, or why it was not tried.

    Attributes
    ----------
    algorithm : {"gaussian_mixture", "ward", "hdbscan", "baseline"}
    segments : int
    labels : ndarray of int, shape (n,), or None
        Segments from 0, in their final order; NOISE for rows in none; None when not tried.
    rows : ndarray of int
        The rows that labels were found for: all, but for HDBSCAN on many rows.
    jaccard : tuple of float, one per segment
        NaN where it is not measured.
    prediction_strength : float
        NaN where it is not measured.
    notes : tuple of str
        How it was measured, and what was not; half a sentence each.
    not_tried : str or None
    """

    algorithm: str
    segments: int
    labels: IntArray | None = None
    rows: IntArray | None = None
    jaccard: tuple[float, ...] = ()
    prediction_strength: float = np.nan
    notes: tuple[str, ...] = ()
    not_tried: str | None = None


def second_opinions(
    sample: Sample,
    preparation: Preparation,
    weighted: FloatArray,
    ranking: FloatArray,
    segments: Sequence[int],
    specification: Specification,
    workers: Workers,
) -> list[Opinion]:
    """Ask every algorithm of the specification but k-means.

    Parameters
    ----------
    sample : Sample
    preparation : Preparation
    weighted : ndarray, shape (n, kept features)
        Standardised and weighted.
    ranking : ndarray, shape (n,)
        Segments are numbered by descending mean of it, as those of k-means are.
    segments : sequence of int
        The numbers to try, each with at least ten distinct rows per segment.
    specification : Specification
    workers : callable
        Calls a function once per task; see `fitting`.

    Returns
    -------
    list of Opinion
        In the order of the algorithms, fewest segments first.
    """
    asked = specification.algorithms
    seed = specification.seed
    smallest_share = specification.thresholds.smallest_share
    opinions: list[Opinion] = []
    if "gaussian_mixture" in asked:
        opinions += _mixtures(weighted, segments, seed, workers)
    if "ward" in asked:
        opinions += _wards(weighted, segments, seed, workers)
    if "hdbscan" in asked:
        opinions += workers(_hdbscan, [(weighted, smallest_share, seed)])
    if "baseline" in asked:
        opinions += _baselines(sample, preparation, weighted, segments, specification)
    return [_ordered(one, ranking, weighted) for one in opinions]


def subsample(rows: int, seed: int, number: int) -> IntArray:
    """Draw half of the rows, at most 2,000, without replacement.

    Half samples, and not bootstraps, because repeated rows are clusters to Ward's method and
    spikes to a mixture; they are one of the schemes of Hennig (2007), Computational Statistics &
    Data Analysis 52:258-271.

    Returns
    -------
    ndarray of int, ascending
    """
    size = min(rows // 2, LARGEST_OPINION_RESAMPLE)
    drawn = generator_for(seed, "opinion", "subsample", number).choice(rows, size, replace=False)
    return np.sort(drawn)


# Gaussian mixture


def gaussian_mixture(matrix: FloatArray, segments: int, seed: int) -> GaussianMixture:
    """Fit a Gaussian mixture with full covariances from two k-means starts.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
        Standardised and weighted.
    segments : int
        Number of components.
    seed : int

    References
    ----------
    Dempster, Laird & Rubin (1977), Journal of the Royal Statistical Society B 39:1-38; Fraley &
    Raftery (2002), Journal of the American Statistical Association 97:611-631.
    """
    return GaussianMixture(
        segments,
        covariance_type="full",
        reg_covar=MIXTURE_REGULARISATION,
        n_init=MIXTURE_STARTS,
        max_iter=MIXTURE_ITERATIONS,
        random_state=seed,
    ).fit(matrix)


@contextmanager
def _without_convergence_warnings():
    """Take a mixture as it is after its last iteration, and say nothing about equal rows.

    Set in the calling thread before the work begins, because warning filters belong to the whole
    process.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def _mixtures(
    matrix: FloatArray, segments: Sequence[int], seed: int, workers: Workers
) -> list[Opinion]:
    with _without_convergence_warnings():
        found = workers(_mixture_labels, [(matrix, one, seed) for one in segments])
        resamples = [
            (matrix, labels, one, seed, number)
            for labels, one in zip(found, segments, strict=True)
            for number in range(OPINION_RESAMPLES)
        ]
        jaccard = workers(_mixture_jaccard, resamples)
        splits = [
            (matrix, one, seed, number) for one in segments for number in range(OPINION_SPLITS)
        ]
        strength = workers(_mixture_strength, splits)
    size = len(subsample(len(matrix), seed, 0))
    notes = (
        f"Jaccard of {OPINION_RESAMPLES} subsamples and prediction strength of {OPINION_SPLITS} "
        f"splits, of at most {size:,} rows each",
    )
    if len(matrix) > LARGEST_OPINION_SAMPLE:
        notes = (f"{_fitted_on(matrix)}, the others have the likeliest component", *notes)
    opinions = []
    for position, (labels, one) in enumerate(zip(found, segments, strict=True)):
        own_jaccard = jaccard[position * OPINION_RESAMPLES : (position + 1) * OPINION_RESAMPLES]
        own_strength = strength[position * OPINION_SPLITS : (position + 1) * OPINION_SPLITS]
        opinions.append(
            Opinion(
                "gaussian_mixture",
                one,
                labels,
                np.arange(len(matrix)),
                tuple(np.mean(own_jaccard, axis=0).tolist()),
                float(np.mean(own_strength)),
                notes,
            )
        )
    return opinions


def _mixture_labels(matrix: FloatArray, segments: int, seed: int) -> IntArray:
    fit_seed = seed_for(seed, "mixture", "segments", segments)
    rows = _opinion_rows(len(matrix), seed)
    model = gaussian_mixture(matrix[rows], segments, fit_seed)
    return model.predict(matrix).astype(np.intp)


def _mixture_jaccard(
    matrix: FloatArray, labels: IntArray, segments: int, seed: int, number: int
) -> FloatArray:
    rows = subsample(len(matrix), seed, number)
    fit_seed = seed_for(seed, "mixture", "subsample", number, "segments", segments)
    model = gaussian_mixture(matrix[rows], segments, fit_seed)
    return best_jaccard(labels[rows], model.predict(matrix[rows]).astype(np.intp), segments)


def _mixture_strength(matrix: FloatArray, segments: int, seed: int, number: int) -> float:
    order = generator_for(seed, "mixture", "halves", number).permutation(len(matrix))
    size = min(len(matrix) // 2, LARGEST_OPINION_RESAMPLE)
    halves = [np.sort(order[:size]), np.sort(order[size : 2 * size])]
    models = [
        gaussian_mixture(
            matrix[half],
            segments,
            seed_for(seed, "mixture", "halves", number, side, "segments", segments),
        )
        for side, half in enumerate(halves)
    ]
    strengths = []
    for test, train in ((0, 1), (1, 0)):
        own, predicted = (models[one].predict(matrix[halves[test]]) for one in (test, train))
        # A component without a row is no segment, so the labels are counted anew.
        own = np.unique(own, return_inverse=True)[1].astype(np.intp)
        strengths.append(prediction_strength_of(own, predicted.astype(np.intp)))
    return float(np.mean(strengths))


# Ward


def ward_labels(matrix: FloatArray, segments: Sequence[int]) -> list[IntArray]:
    """Build Ward's tree once and cut it into each number of segments.

    Parameters
    ----------
    matrix : ndarray, shape (n, features)
    segments : sequence of int
        Each at most n.

    Returns
    -------
    list of ndarray of int, each of shape (n,), from 0

    References
    ----------
    Ward (1963), Journal of the American Statistical Association 58:236-244.

    Examples
    --------
    >>> two, three = ward_labels(np.array([[0.0], [1.0], [5.0], [9.0]]), [2, 3])
    >>> two.tolist(), three.tolist()
    ([0, 0, 1, 1], [2, 2, 0, 1])
    """
    # Merge number i joins two nodes into the node n + i.
    merges = linkage(matrix, "ward")[:, :2].astype(np.intp)
    return [_cut(merges, len(matrix), one) for one in segments]


def _cut(merges: IntArray, rows: int, segments: int) -> IntArray:
    """Undo the last merges of a tree until `segments` nodes are left."""
    done = rows - segments
    root = np.arange(rows + done)
    # From the top down, so that a node knows its root before its parts ask for it.
    for number in range(done - 1, -1, -1):
        root[merges[number]] = root[rows + number]
    return np.unique(root[:rows], return_inverse=True)[1].reshape(-1).astype(np.intp)


def _wards(
    matrix: FloatArray, segments: Sequence[int], seed: int, workers: Workers
) -> list[Opinion]:
    labellings = workers(_ward, [(matrix, segments, seed)])[0]
    tasks = [(matrix, labellings, segments, seed, number) for number in range(OPINION_RESAMPLES)]
    jaccard = workers(_ward_jaccard, tasks)
    size = len(subsample(len(matrix), seed, 0))
    notes = (
        f"Jaccard of {OPINION_RESAMPLES} subsamples of {size:,} rows",
        "prediction strength is not measured, because a tree has no rule for other customers",
    )
    if len(matrix) > LARGEST_OPINION_SAMPLE:
        notes = (f"{_fitted_on(matrix)}, the others are with the nearest centroid", *notes)
    return [
        Opinion(
            "ward",
            one,
            labels,
            np.arange(len(matrix)),
            tuple(np.mean([resample[position] for resample in jaccard], axis=0).tolist()),
            np.nan,
            notes,
        )
        for position, (one, labels) in enumerate(zip(segments, labellings, strict=True))
    ]


def _ward(matrix: FloatArray, segments: Sequence[int], seed: int) -> list[IntArray]:
    rows = _opinion_rows(len(matrix), seed)
    labellings = ward_labels(matrix[rows], segments)
    if len(rows) == len(matrix):
        return labellings
    everyone = []
    unit = np.ones(matrix.shape[1])
    for one, labels in zip(segments, labellings, strict=True):
        centroids = segment_means(matrix[rows], labels, one)
        assigned = squared_distances(matrix, unit, centroids).argmin(axis=1)
        assigned[rows] = labels
        everyone.append(assigned)
    return everyone


def _ward_jaccard(
    matrix: FloatArray,
    labellings: Sequence[IntArray],
    segments: Sequence[int],
    seed: int,
    number: int,
) -> list[FloatArray]:
    rows = subsample(len(matrix), seed, number)
    again = ward_labels(matrix[rows], segments)
    return [
        best_jaccard(labels[rows], resampled, one)
        for labels, resampled, one in zip(labellings, again, segments, strict=True)
    ]


# HDBSCAN


def _hdbscan(matrix: FloatArray, smallest_share: float, seed: int) -> Opinion:
    """Find dense groups; their number is found too, and rows between them are noise.

    The smallest group is as large as the smallest segment may be, and the density is that of as
    many neighbours, as in Campello, Moulavi & Sander (2013), PAKDD, 160-172.
    """
    rows = _opinion_rows(len(matrix), seed)
    smallest = max(2, int(np.ceil(smallest_share * len(rows))))
    labels = HDBSCAN(min_cluster_size=smallest, copy=True).fit(matrix[rows]).labels_
    segments = int(labels.max()) + 1
    notes = (
        f"groups of at least {smallest:,} customers, noise is in none of them and left out of the "
        "measures",
        "stability is not measured, because noise and the number of groups differ from resample "
        "to resample",
    )
    if len(rows) < len(matrix):
        notes = (f"measured on {len(rows):,} of {len(matrix):,} customers", *notes)
    return Opinion(
        "hdbscan",
        segments,
        labels.astype(np.intp),
        rows,
        (np.nan,) * segments,
        np.nan,
        notes,
    )


# The rule-based baseline


def quantile_cells(columns: FloatArray, quantiles: int) -> IntArray:
    """Put rows into the cells that the quantiles of every column make together.

    Equal values stay together, so ties make fewer cells than quantiles.

    Parameters
    ----------
    columns : ndarray, shape (n, columns)
        Without missing values.
    quantiles : int

    Returns
    -------
    ndarray of int, shape (n,), from 0 without gaps

    Examples
    --------
    >>> quantile_cells(np.array([[1.0], [2.0], [3.0], [4.0]]), 2).tolist()
    [0, 0, 1, 1]
    >>> quantile_cells(np.array([[0.0], [0.0], [0.0], [4.0]]), 4).tolist()
    [0, 0, 0, 1]
    """
    cells = np.zeros(len(columns), dtype=np.intp)
    for column in columns.T:
        # Values of the column and not between them, so that no rounding parts equal values.
        edges = np.quantile(column, np.arange(1, quantiles) / quantiles, method="inverted_cdf")
        cells = cells * quantiles + np.searchsorted(edges, column, side="left")
    return np.unique(cells, return_inverse=True)[1].reshape(-1).astype(np.intp)


def merge_small_cells(cells: IntArray, matrix: FloatArray, smallest: float) -> IntArray:
    """Merge the smallest cell into the one with the nearest centroid until all are large enough.

    Parameters
    ----------
    cells : ndarray of int, shape (n,), from 0 without gaps
    matrix : ndarray, shape (n, features)
        Standardised and weighted, for the centroids.
    smallest : float
        Rows that a cell needs; two cells are left in any case.

    Returns
    -------
    ndarray of int, shape (n,), from 0 without gaps

    Examples
    --------
    >>> cells, matrix = np.array([0, 0, 1, 2, 2]), np.array([[0.0], [0.0], [1.0], [9.0], [9.0]])
    >>> merge_small_cells(cells, matrix, 2).tolist()
    [0, 0, 0, 1, 1]
    """
    sizes = np.bincount(cells)
    while len(sizes) > 2 and sizes.min() < smallest:
        centroids = segment_means(matrix, cells, len(sizes))
        small = int(sizes.argmin())
        squared = ((centroids - centroids[small]) ** 2).sum(axis=1)
        squared[small] = np.inf
        cells = np.where(cells == small, squared.argmin(), cells)
        cells = np.unique(cells, return_inverse=True)[1].reshape(-1).astype(np.intp)
        sizes = np.bincount(cells)
    return cells


def _baselines(
    sample: Sample,
    preparation: Preparation,
    matrix: FloatArray,
    segments: Sequence[int],
    specification: Specification,
) -> list[Opinion]:
    """Cut by the rule of the specification, or the value into each number of quantiles."""
    rule = specification.baseline
    if rule is None:
        names = (specification.value or specification.features[preparation.kept[0]].name,)
        tries = list(segments)
    else:
        names, tries = rule.features, [rule.quantiles]
    columns = np.column_stack([_raw_column(sample, one, specification) for one in names])
    cut = _Cut(columns, matrix, specification.thresholds.smallest_share)
    opinions = []
    for quantiles in tries:
        labels = cut(np.arange(len(matrix)), quantiles)
        found = int(labels.max()) + 1
        if found < 2 or (rule is None and found < quantiles):
            wanted = quantiles if rule is None else quantiles ** len(names)
            parts = "no two parts" if found < 2 else f"only {found} parts"
            why = f"{_listed(names)} has so many equal values that quantiles make {parts}"
            opinions.append(Opinion("baseline", wanted, not_tried=why))
        else:
            opinions.append(_baseline(cut, labels, quantiles, names, specification.seed))
    return opinions


@dataclass(frozen=True)
class _Cut:
    """The rule as a function of rows, so that it can be found again on a subsample."""

    columns: FloatArray
    matrix: FloatArray
    smallest_share: float

    def __call__(self, rows: IntArray, quantiles: int) -> IntArray:
        cells = quantile_cells(self.columns[rows], quantiles)
        smallest = self.smallest_share * len(rows)
        return merge_small_cells(cells, self.matrix[rows], smallest)


def _baseline(
    cut: _Cut, labels: IntArray, quantiles: int, names: Sequence[str], seed: int
) -> Opinion:
    segments = int(labels.max()) + 1
    jaccard = []
    for number in range(OPINION_RESAMPLES):
        rows = subsample(len(labels), seed, number)
        jaccard.append(best_jaccard(labels[rows], cut(rows, quantiles), segments))
    cells = f"{quantiles} quantiles of {_listed(names)}"
    if len(names) > 1:
        cells = f"cells of {quantiles} quantiles each of {_listed(names)}, small cells merged"
    return Opinion(
        "baseline",
        segments,
        labels,
        np.arange(len(labels)),
        tuple(np.mean(jaccard, axis=0).tolist()),
        np.nan,
        (
            cells,
            f"Jaccard of {OPINION_RESAMPLES} subsamples of {len(rows):,} rows",
            "prediction strength is not measured, because quantiles repeat by construction",
        ),
    )


def _raw_column(sample: Sample, name: str, specification: Specification) -> FloatArray:
    if name == specification.value:
        column = sample.value
    else:
        names = [feature.name for feature in specification.features]
        column = sample.matrix[:, names.index(name)]
    missing: NDArray[np.bool_] = np.isnan(column)
    filling = 0.0 if missing.all() else np.median(column[~missing])
    return np.where(missing, filling, column)


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{one}'" for one in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


# Shared


def segment_means(matrix: FloatArray, labels: IntArray, segments: int) -> FloatArray:
    """Return the mean of each segment, shape (segments, features); 0 for one without a row.

    Examples
    --------
    >>> segment_means(np.array([[1.0], [3.0], [8.0]]), np.array([0, 0, 1]), 3).ravel().tolist()
    [2.0, 8.0, 0.0]
    """
    sizes = np.maximum(np.bincount(labels, minlength=segments), 1)
    totals = [np.bincount(labels, weights=column, minlength=segments) for column in matrix.T]
    return np.column_stack(totals) / sizes[:, None]


def _opinion_rows(rows: int, seed: int) -> IntArray:
    """Return all rows, or the same seeded sample of them for every algorithm.

    The rows are in the order of their keys, so equal samples give equal draws.
    """
    return sampled_rows(rows, LARGEST_OPINION_SAMPLE, generator_for(seed, "opinion", "sample"))


def _fitted_on(matrix: FloatArray) -> str:
    return f"fitted on {LARGEST_OPINION_SAMPLE:,} of {len(matrix):,} customers"


def _ordered(opinion: Opinion, ranking: FloatArray, weighted: FloatArray) -> Opinion:
    """Return the opinion with its segments in the order that those of k-means have."""
    if opinion.labels is None or opinion.segments == 0:
        return opinion
    members = opinion.labels != NOISE
    rows, labels = opinion.rows[members], opinion.labels[members]
    means = segment_means(weighted[rows], labels, opinion.segments)
    order = order_segments(labels, opinion.segments, ranking[rows], means)
    numbers = np.append(np.argsort(order), NOISE)
    return Opinion(
        opinion.algorithm,
        opinion.segments,
        # Noise is -1 and so picks the last entry.
        numbers[opinion.labels],
        opinion.rows,
        tuple(opinion.jaccard[one] for one in order),
        opinion.prediction_strength,
        opinion.notes,
    )
