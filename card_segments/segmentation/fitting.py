"""The whole fit: read, prepare, try, measure, choose, and the result as one long table."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
)
from threadpoolctl import ThreadpoolController

from card_segments.segmentation.candidates import (
    ALGORITHM,
    Candidate,
    Judgement,
    Measures,
    best_of,
    judge,
    judge_opinion,
    reference_of,
)
from card_segments.segmentation.clustering import (
    IntArray,
    assign,
    distinct_rows,
    k_means,
    order_segments,
    refined_k_means,
    squared_distances,
)
from card_segments.segmentation.preparation import (
    FloatArray,
    Preparation,
    Sample,
    fit_preparation,
    read_sample,
    round_significant,
    sample_fingerprint,
)
from card_segments.segmentation.randomness import generator_for, sampled_rows, seed_for
from card_segments.segmentation.second_opinions import NOISE, Opinion, second_opinions
from card_segments.segmentation.separation import (
    LARGEST_NULL_DRAW,
    NOT_TESTED,
    Separation,
    gaussian_correlation,
    null_silhouettes,
    separation,
    separation_silhouettes,
)
from card_segments.segmentation.silhouette import (
    LARGEST_SILHOUETTE_SAMPLE,
    macro_mean,
    silhouette_rows,
    silhouette_values,
)
from card_segments.segmentation.specification import Specification
from card_segments.segmentation.stability import (
    AGREEMENT_SEEDS,
    LARGEST_RESAMPLE,
    PREDICTION_SPLITS,
    bootstrap_jaccard,
    prediction_strength,
    seed_agreement,
)

COLUMNS = (
    "segmentation",
    "record",
    "algorithm",
    "segments",
    "segment_number",
    "customer_id",
    "feature",
    "measure",
    "value",
    "text",
)
SORT_COLUMNS = COLUMNS[1:8]
DISTINCT_ROWS_PER_SEGMENT = 10
# On smaller data threads spend longer waiting for one another than they save.
FEWEST_ROWS_FOR_THREADS = 2_000

Progress = Callable[[str], object]

# The number of threads of the linear algebra library is set for the whole process. Two fits at the
# same time (dbt runs models in threads) would reset it for each other, and with several threads
# the last digits differ from run to run.
_ONE_FIT_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class FitResult:
    """What a fit found.

    Attributes
    ----------
    specification : Specification
    status : {"fitted", "no_eligible_candidate", "not_fitted"}
    verdict : str or None
        Of the chosen candidate, or of the best one when none was chosen.
    reason : str
        One sentence.
    fingerprint : str
        SHA-256 over the sorted keys and values and the specification.
    preparation : Preparation
    judgements : tuple of Judgement
        Of k-means, one per number of segments, fewest first.
    second_opinions : tuple of Judgement
        Of the other algorithms, in the order of the specification; never eligible.
    keys : ndarray of str, shape (n,)
    labels : ndarray of int, shape (n,), or None
        Segment numbers from 1; None when no candidate was chosen.
    distances : ndarray, shape (n,), or None
    """

    specification: Specification
    status: str
    verdict: str | None
    reason: str
    fingerprint: str
    preparation: Preparation
    judgements: tuple[Judgement, ...]
    keys: NDArray[np.object_]
    labels: IntArray | None = None
    distances: FloatArray | None = None
    second_opinions: tuple[Judgement, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that was chosen, if there is one."""
        return next(
            (judgement.candidate for judgement in self.judgements if judgement.is_chosen), None
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the result as one long table.

        Returns
        -------
        DataFrame
            Columns `segmentation`, `record`, `algorithm`, `segments`, `segment_number`,
            `customer_id`, `feature`, `measure`, `value`, `text`; sorted by `record` and then from
            left to right, missing entries first. Records: `outcome`, `candidate`,
            `candidate_segment`, `preparation`, and, when a candidate was chosen, `centroid` and
            `label`.
        """
        rows = [
            *self._outcome_rows(),
            *self._candidate_rows(),
            *self._preparation_rows(),
            *self._centroid_rows(),
        ]
        frame = pd.concat([_typed(pd.DataFrame(rows)), *self._label_frames()], ignore_index=True)
        frame["segmentation"] = pd.array([self.specification.name] * len(frame), dtype="string")
        return frame.sort_values(
            list(SORT_COLUMNS), kind="stable", na_position="first", ignore_index=True
        )

    def _outcome_rows(self) -> Iterator[dict[str, Any]]:
        def row(measure: str, value: float = np.nan, text: str | None = None) -> dict[str, Any]:
            return {"record": "outcome", "measure": measure, "value": value, "text": text}

        chosen = self.chosen
        yield row("status", text=self.status)
        yield row("verdict", text=self.verdict)
        yield row("reason", text=self.reason)
        yield row("customers", len(self.keys))
        yield row("chosen_segments", np.nan if chosen is None else chosen.segments)
        yield row("sample_fingerprint", text=self.fingerprint)

    def _candidate_rows(self) -> Iterator[dict[str, Any]]:
        for judgement in (*self.judgements, *self.second_opinions):
            candidate = judgement.candidate
            place = {"algorithm": candidate.algorithm, "segments": candidate.segments}
            figures = _figures(candidate.measures)
            figures["is_eligible"] = float(judgement.is_eligible)
            figures["is_chosen"] = float(judgement.is_chosen)
            for measure, value in figures.items():
                yield {"record": "candidate", **place, "measure": measure, "value": value}
            for measure, text in (("verdict", judgement.verdict), ("reason", judgement.reason)):
                yield {"record": "candidate", **place, "measure": measure, "text": text}
            if candidate.measures is not None:
                yield from _segment_rows(candidate.measures, place)

    def _preparation_rows(self) -> Iterator[dict[str, Any]]:
        for feature in self.preparation.features:
            place = {"record": "preparation", "feature": feature.name}
            for measure in ("median", "lower", "upper", "mean", "standard_deviation", "weight"):
                yield {**place, "measure": measure, "value": getattr(feature, measure)}
            if feature.transform == "yeo_johnson":
                yield {**place, "measure": "lambda", "value": feature.lambda_}
            yield {**place, "measure": "transform", "text": feature.transform}
            yield {**place, "measure": "note", "text": feature.note}

    def _centroid_rows(self) -> Iterator[dict[str, Any]]:
        if self.chosen is None:
            return
        for number, centroid in enumerate(self.chosen.centroids, start=1):
            for feature, value in zip(self.preparation.features, centroid, strict=True):
                yield {
                    "record": "centroid",
                    "algorithm": ALGORITHM,
                    "segments": self.chosen.segments,
                    "segment_number": number,
                    "feature": feature.name,
                    "measure": "centroid",
                    "value": value,
                }

    def _label_frames(self) -> list[pd.DataFrame]:
        if self.chosen is None:
            return []
        labels = {
            "record": "label",
            "algorithm": ALGORITHM,
            "segments": self.chosen.segments,
            "segment_number": self.labels,
            "customer_id": self.keys,
            "measure": "distance",
            "value": self.distances,
        }
        return [_typed(pd.DataFrame(labels))]


def fit(
    frame: pd.DataFrame,
    specification: Specification,
    n_jobs: int = 1,
    progress: Progress | None = None,
) -> FitResult:
    """Fit a segmentation: try every number of segments, measure, judge, and choose or refuse.

    The result is the same, bit for bit, for any order of the rows and any `n_jobs`.

    Parameters
    ----------
    frame : DataFrame
        One row per customer: the key, the features and the value column; at most `sample_size`
        rows.
    specification : Specification
    n_jobs : int
        Threads to work with; -1 for all cores.
    progress : callable, optional
        Called with short sentences as the fit proceeds.

    Returns
    -------
    FitResult
        Also when nothing could be fitted or nothing is good enough: then with the reason.

    Raises
    ------
    FeaturesError
        When the frame itself is at fault (missing column, repeated key, text, infinity, a negative
        number under log1p), in one sentence that says what to do.

    Examples
    --------
    >>> specification = Specification.from_mapping("tiny", {"key": "id", "features": ["x"]})
    >>> result = fit(pd.DataFrame({"id": [1, 2], "x": [0.0, 1.0]}), specification)
    >>> result.status, result.reason
    ('not_fitted', 'tiny: not fitted, because the features have 2 distinct rows and 3 segments \
take at least 30.')
    """
    report: Progress = progress or (lambda sentence: None)
    sample = read_sample(frame, specification)
    tried = specification.segments
    report(
        f"{specification.name}: trying {min(tried)} to {max(tried)} segments "
        f"of {len(sample.keys):,} customers"
    )
    fingerprint = sample_fingerprint(sample, specification)
    preparation = fit_preparation(sample, specification)
    with _ONE_FIT_AT_A_TIME, ThreadpoolController().limit(limits=1):
        workers = _Workers(n_jobs if len(sample.keys) >= FEWEST_ROWS_FOR_THREADS else 1)
        candidates, opinions = _measured_candidates(
            sample, preparation, specification, workers, report
        )
    judgements = tuple(judge(candidates, specification))
    reference = reference_of(candidates, specification)
    second = tuple(judge_opinion(opinion, reference) for opinion in opinions)
    status, verdict, reason = _outcome(judgements, sample, preparation, specification)

    labels = distances = None
    if status == "fitted":
        chosen = next(judgement.candidate for judgement in judgements if judgement.is_chosen)
        labels, distances, _, _ = assign(sample.matrix, preparation, chosen.centroids)
    report(reason)
    return FitResult(
        specification,
        status,
        verdict,
        reason,
        fingerprint,
        preparation,
        judgements,
        sample.keys,
        labels,
        distances,
        second,
    )


class _Workers:
    """Threads that call a function once per task; results come in the order of the tasks.

    Threads and not processes: the work is mostly compiled code that lets other threads run, and
    threads leave nothing behind in a process that also holds a database.
    """

    def __init__(self, jobs: int) -> None:
        self._parallel = Parallel(n_jobs=jobs, backend="threading")
        # Made once, because looking for the libraries takes longer than many a task.
        self._controller = ThreadpoolController()

    def __call__(self, function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> list[Any]:
        return self._parallel(delayed(self._limited)(function, task) for task in tasks)

    def _limited(self, function: Callable[..., Any], task: tuple[Any, ...]) -> Any:
        # Unlike those of the linear algebra library, the threads of OpenMP (in k-means) are set
        # for each calling thread.
        with self._controller.limit(limits=1, user_api="openmp"):
            return function(*task)


@dataclass(frozen=True, eq=False)
class _Fitted:
    """One clustering in its final order, before it is measured; labels from 0."""

    segments: int
    labels: IntArray
    centroids: FloatArray
    inertia: float


def _measured_candidates(
    sample: Sample,
    preparation: Preparation,
    specification: Specification,
    workers: _Workers,
    report: Progress,
) -> tuple[list[Candidate], list[Candidate]]:
    """Fit and measure every number of segments that the sample has rows for.

    Returns the candidates of k-means and those of the other algorithms.
    """
    standardised = preparation.standardised(sample.matrix)
    # Column by column the same geometry as the weighted distance of `squared_distances`.
    weighted = (standardised * np.sqrt(preparation.weights))[:, preparation.kept]
    distinct = distinct_rows(weighted) if len(preparation.kept) else min(len(sample.keys), 1)
    candidates = {
        segments: Candidate(segments, not_tried=_too_few(distinct, segments))
        for segments in specification.segments
    }
    tried = [
        segments for segments in candidates if distinct >= DISTINCT_ROWS_PER_SEGMENT * segments
    ]
    if not tried:
        return list(candidates.values()), []
    ranking = standardised[:, preparation.kept].mean(axis=1)
    ranking = ranking if sample.value is None else sample.value
    fits = workers(
        _fit_segments,
        [(weighted, standardised, ranking, preparation, one, specification.seed) for one in tried],
    )
    measures = _measure(weighted, fits, specification, workers, report)
    for fitted, measure in zip(fits, measures, strict=True):
        candidates[fitted.segments] = Candidate(fitted.segments, measure, fitted.centroids)

    reference = reference_of(list(candidates.values()), specification).candidate.segments
    compared = next(fitted.labels for fitted in fits if fitted.segments == reference)
    for fitted in fits:
        candidate = candidates[fitted.segments]
        agreement = float(adjusted_rand_score(compared, fitted.labels))
        agreed = replace(candidate.measures, agreement_with_choice=agreement)
        candidates[fitted.segments] = replace(candidate, measures=agreed)

    opinions = second_opinions(
        sample, preparation, weighted, ranking, tried, specification, workers
    )
    rows = _silhouette_rows(fits, specification.seed)
    others = _opinion_candidates(weighted, opinions, rows, compared)
    if others:
        report(f"{specification.name}: {len(others)} second opinions measured")
    return list(candidates.values()), others


def _fit_segments(
    weighted: FloatArray,
    standardised: FloatArray,
    ranking: FloatArray,
    preparation: Preparation,
    segments: int,
    seed: int,
) -> _Fitted:
    """Fit one number of segments; labels and inertia are those of the rounded centroids."""
    found, labels = k_means(weighted, segments, seed_for(seed, "fit", "segments", segments))
    centroids = np.zeros((segments, standardised.shape[1]))
    centroids[:, preparation.kept] = found / np.sqrt(preparation.weights[preparation.kept])
    centroids = round_significant(centroids)
    centroids = centroids[order_segments(labels, segments, ranking, centroids)]
    squared = squared_distances(standardised, preparation.weights, centroids)
    return _Fitted(segments, squared.argmin(axis=1), centroids, float(squared.min(axis=1).sum()))


def _measure(
    weighted: FloatArray,
    fits: list[_Fitted],
    specification: Specification,
    workers: _Workers,
    report: Progress,
) -> list[Measures]:
    name, seed = specification.name, specification.seed
    labellings = [fitted.labels for fitted in fits]
    rows = _silhouette_rows(fits, seed)
    silhouettes = silhouette_values(weighted[rows], [labels[rows] for labels in labellings])
    separations = _separations(weighted, fits, specification, workers)
    report(f"{name}: compared with {specification.null_draws} draws of null data")

    measures = []
    for position, fitted in enumerate(fits):
        jaccard, strength, agreement = _stability(weighted, fitted, specification, workers)
        measures.append(
            Measures(
                silhouette=float(silhouettes[position].mean()),
                silhouette_macro=macro_mean(silhouettes[position], fitted.labels[rows]),
                calinski_harabasz=float(calinski_harabasz_score(weighted, fitted.labels)),
                davies_bouldin=float(davies_bouldin_score(weighted, fitted.labels)),
                inertia=fitted.inertia,
                sizes=tuple(np.bincount(fitted.labels).tolist()),
                jaccard=jaccard,
                prediction_strength=strength,
                seed_agreement=agreement,
                separation=separations[position],
            )
        )
        report(f"{name}: {fitted.segments} segments measured, {position + 1} of {len(fits)}")
    return measures


def _silhouette_rows(fits: list[_Fitted], seed: int) -> IntArray:
    labellings = [fitted.labels for fitted in fits]
    generator = generator_for(seed, "silhouette")
    return silhouette_rows(labellings, generator, LARGEST_SILHOUETTE_SAMPLE)


def _opinion_candidates(
    weighted: FloatArray, opinions: list[Opinion], rows: IntArray, compared: IntArray
) -> list[Candidate]:
    """Measure second opinions, on the same rows as k-means where they have labels.

    Parameters
    ----------
    weighted : ndarray, shape (n, features)
    opinions : list of Opinion
    rows : ndarray of int
        Those that the silhouettes of k-means are measured on.
    compared : ndarray of int, shape (n,)
        The labels of the choice.
    """
    complete = [
        opinion.labels
        for opinion in opinions
        if opinion.labels is not None
        and len(opinion.labels) == len(weighted)
        and opinion.labels.min() >= 0
    ]
    # One pass over the distances for all labellings that have no noise.
    together = silhouette_values(weighted[rows], [one[rows] for one in complete])
    silhouettes = {id(one): found for one, found in zip(complete, together, strict=True)}
    candidates = []
    for opinion in opinions:
        measures = None
        if opinion.labels is not None:
            values = silhouettes.get(id(opinion.labels))
            measures = _opinion_measures(weighted, opinion, rows, values, compared)
        candidates.append(
            Candidate(
                opinion.segments,
                measures,
                not_tried=opinion.not_tried,
                algorithm=opinion.algorithm,
                notes=opinion.notes,
            )
        )
    return candidates


def _opinion_measures(
    weighted: FloatArray,
    opinion: Opinion,
    rows: IntArray,
    silhouettes: FloatArray | None,
    compared: IntArray,
) -> Measures:
    members = opinion.labels != NOISE
    in_segments, labels = opinion.rows[members], opinion.labels[members]
    sizes = tuple(np.bincount(labels, minlength=opinion.segments).tolist())
    measured = {
        "sizes": sizes,
        "noise": int((~members).sum()),
        "jaccard": opinion.jaccard,
        "prediction_strength": opinion.prediction_strength,
        "inertia": np.nan,
        "seed_agreement": np.nan,
    }
    names = (
        "silhouette",
        "silhouette_macro",
        "calinski_harabasz",
        "davies_bouldin",
        "agreement_with_choice",
    )
    if np.count_nonzero(sizes) < 2:
        return Measures(**measured, **dict.fromkeys(names, np.nan))
    labelled = np.full(len(weighted), NOISE)
    labelled[in_segments] = labels
    on_rows = labelled[rows]
    if silhouettes is None:
        silhouettes = silhouette_values(weighted[rows][on_rows >= 0], [on_rows[on_rows >= 0]])[0]
    figures = (
        float(silhouettes.mean()),
        macro_mean(silhouettes, on_rows[on_rows >= 0]),
        float(calinski_harabasz_score(weighted[in_segments], labels)),
        float(davies_bouldin_score(weighted[in_segments], labels)),
        float(adjusted_rand_score(compared[in_segments], labels)),
    )
    return Measures(**measured, **dict(zip(names, figures, strict=True)))


def _separations(
    weighted: FloatArray, fits: list[_Fitted], specification: Specification, workers: _Workers
) -> list[Separation]:
    if weighted.shape[1] < 2:
        # With one column the null data are the data, so there is nothing to compare.
        return [NOT_TESTED] * len(fits)
    seed = specification.seed
    rows = sampled_rows(len(weighted), LARGEST_NULL_DRAW, generator_for(seed, "separation", "rows"))
    weighted = weighted[rows]
    correlation = gaussian_correlation(weighted, generator_for(seed, "correlation"))
    segments = [fitted.segments for fitted in fits]
    draws = range(specification.null_draws)
    null = np.array(
        workers(null_silhouettes, [(weighted, correlation, segments, seed, draw) for draw in draws])
    )
    observed = separation_silhouettes(
        weighted, [fitted.labels[rows] for fitted in fits], generator_for(seed, "separation")
    )
    return [separation(one, null[:, position]) for position, one in enumerate(observed)]


def _stability(
    weighted: FloatArray, one: _Fitted, specification: Specification, workers: _Workers
) -> tuple[tuple[float, ...], float, float]:
    """Return the mean Jaccard per segment, the prediction strength and the seed agreement."""
    seed, segments = specification.seed, one.segments
    jaccard = workers(
        bootstrap_jaccard,
        [
            (weighted, one.labels, segments, seed, number)
            for number in range(specification.resamples)
        ],
    )
    strengths = workers(
        prediction_strength,
        [(weighted, segments, seed, number) for number in range(PREDICTION_SPLITS)],
    )
    seeds = [seed_for(seed, "agreement", number, segments) for number in range(AGREEMENT_SEEDS)]
    rows = sampled_rows(len(weighted), LARGEST_RESAMPLE, generator_for(seed, "agreement", "rows"))
    refits = workers(refined_k_means, [(weighted[rows], segments, one) for one in seeds])
    agreement = seed_agreement([labels for _, labels in refits])
    return tuple(np.mean(jaccard, axis=0).tolist()), float(np.mean(strengths)), agreement


def _too_few(distinct: int, segments: int) -> str:
    rows = "1 distinct row" if distinct == 1 else f"{distinct:,} distinct rows"
    needed = DISTINCT_ROWS_PER_SEGMENT * segments
    return f"the features have {rows} and {segments} segments take at least {needed}"


def _outcome(
    judgements: tuple[Judgement, ...],
    sample: Sample,
    preparation: Preparation,
    specification: Specification,
) -> tuple[str, str | None, str]:
    """Return status, verdict and reason of the whole fit."""
    name = specification.name
    measured = [judgement for judgement in judgements if judgement.candidate.measures is not None]
    if not measured:
        return (
            "not_fitted",
            None,
            f"{name}: not fitted, because {_why_not(judgements, sample, preparation)}.",
        )

    chosen = next((judgement for judgement in judgements if judgement.is_chosen), None)
    if chosen is not None:
        segments, verdict = chosen.candidate.segments, chosen.verdict
        return "fitted", verdict, f"{name}: {segments} {verdict} segments, {chosen.reason}."

    verdicts = {judgement.candidate.segments: judgement.verdict for judgement in measured}
    best = best_of([judgement.candidate for judgement in measured], verdicts)
    judgement = next(judgement for judgement in measured if judgement.candidate is best)
    reason = (
        f"{name}: none of {len(measured)} candidates is eligible; the best, {best.segments} "
        f"segments ({judgement.verdict}), is {judgement.reason}."
    )
    return "no_eligible_candidate", judgement.verdict, reason


def _why_not(judgements: tuple[Judgement, ...], sample: Sample, preparation: Preparation) -> str:
    if not len(sample.keys):
        return "the features have no rows"
    if not len(preparation.kept):
        notes = "; ".join(f"{one.name} {one.note}" for one in preparation.features)
        return f"no feature is left ({notes})"
    return judgements[0].candidate.not_tried


def _figures(measures: Measures | None) -> dict[str, float]:
    names = (
        "silhouette",
        "silhouette_macro",
        "calinski_harabasz",
        "davies_bouldin",
        "smallest_share",
        "largest_share",
        "min_jaccard",
        "prediction_strength",
        "seed_agreement",
        "inertia",
        "agreement_with_choice",
        "noise_share",
    )
    null_names = ("separation_z", "null_silhouette_mean", "null_silhouette_standard_deviation")
    if measures is None:
        return dict.fromkeys((*names, *null_names), np.nan)
    figures = {name: getattr(measures, name) for name in names}
    parted = measures.separation
    null_figures = (parted.z, parted.null_mean, parted.null_standard_deviation)
    return figures | dict(zip(null_names, null_figures, strict=True))


def _segment_rows(measures: Measures, place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for position, (size, jaccard) in enumerate(zip(measures.sizes, measures.jaccard, strict=True)):
        figures = {"customers": size, "share": size / measures.customers, "jaccard": jaccard}
        for measure, value in figures.items():
            yield {
                "record": "candidate_segment",
                **place,
                "segment_number": position + 1,
                "measure": measure,
                "value": value,
            }


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column its type, so that a column without entries keeps it in the database."""
    types = dict.fromkeys(COLUMNS, "string") | {
        "segments": "Int64",
        "segment_number": "Int64",
        "value": "float64",
    }
    return frame.reindex(columns=list(COLUMNS)).astype(types)
