"""Each candidate's measures, what they are worth together, and the choice between candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from card_segments.segmentation.preparation import FloatArray
from card_segments.segmentation.separation import NOT_TESTED, Separation
from card_segments.segmentation.specification import VERDICTS, Specification, Thresholds

ALGORITHM = "k_means"


@dataclass(frozen=True)
class Measures:
    """What was measured of one candidate; see METHOD.md for the meaning of each figure.

    NaN where an algorithm has no such figure. Noise, the customers that are in no segment, counts
    in the shares only: they are shares of all customers.
    """

    silhouette: float
    silhouette_macro: float
    calinski_harabasz: float
    davies_bouldin: float
    inertia: float
    sizes: tuple[int, ...]
    jaccard: tuple[float, ...]
    prediction_strength: float
    seed_agreement: float
    separation: Separation = NOT_TESTED
    agreement_with_choice: float = math.nan
    noise: int = 0

    @property
    def customers(self) -> int:
        """Customers in segments or noise."""
        return sum(self.sizes) + self.noise

    @property
    def smallest_share(self) -> float:
        """Share of the smallest segment, 0..1."""
        return min(self.sizes, default=math.nan) / self.customers

    @property
    def largest_share(self) -> float:
        """Share of the largest segment, 0..1."""
        return max(self.sizes, default=math.nan) / self.customers

    @property
    def noise_share(self) -> float:
        """Share of customers in no segment, 0..1."""
        return self.noise / self.customers

    @property
    def min_jaccard(self) -> float:
        """Jaccard coefficient of the least stable segment, 0..1."""
        return min(self.jaccard, default=math.nan)


@dataclass(frozen=True, eq=False)
class Candidate:
    """One number of segments that was tried, or not tried for a reason.

    Attributes
    ----------
    segments : int
    measures : Measures or None
        None when the candidate was not tried.
    centroids : ndarray, shape (segments, features), or None
        Rounded, in the standardised, unweighted space.
    not_tried : str or None
        Why it was not tried.
    algorithm : str
        The number of segments and the algorithm together tell candidates apart.
    notes : tuple of str
        How a second opinion was measured; half a sentence each.
    """

    segments: int
    measures: Measures | None = None
    centroids: FloatArray | None = None
    not_tried: str | None = None
    algorithm: str = ALGORITHM
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What a candidate is worth, and what was done with it, in words."""

    candidate: Candidate
    verdict: str | None
    is_eligible: bool
    is_chosen: bool
    reason: str


def verdict_of(measures: Measures, thresholds: Thresholds) -> str:
    """Return the verdict on a candidate (after Dolnicar & Leisch 2010, Marketing Letters 21).

    `natural`: stable, and better separated than null data. `reproducible`: stable only, so a cut
    through a cloud that can be repeated. `unstable`: does not come back,
    however well separated.
    """
    if _stability_failures(measures, thresholds):
        return "unstable"
    return "reproducible" if _separation_failures(measures, thresholds) else "natural"


def judge(candidates: Sequence[Candidate], specification: Specification) -> list[Judgement]:
    """Decide which candidates are eligible and choose one of them, if there is any.

    Eligible is a candidate whose verdict may be published and whose shares are within the
    thresholds. A natural candidate goes before a reproducible one; then the highest silhouette
    wins, and the fewest segments win a tie.

    Parameters
    ----------
    candidates : sequence of Candidate
    specification : Specification

    Returns
    -------
    list of Judgement
        In the order of the candidates; at most one is chosen.
    """
    verdicts: dict[int, str] = {}
    failures: dict[int, list[str]] = {}
    for candidate in candidates:
        if candidate.measures is not None:
            verdicts[candidate.segments] = verdict_of(candidate.measures, specification.thresholds)
            failures[candidate.segments] = _failures(candidate.measures, specification)
    eligible = [
        candidate
        for candidate in candidates
        if candidate.measures is not None and not failures[candidate.segments]
    ]
    chosen = best_of(eligible, verdicts)
    judgements = []
    for candidate in candidates:
        is_eligible = candidate in eligible
        if candidate.measures is None:
            reason = f"not tried: {candidate.not_tried}"
        elif not is_eligible:
            reason = "not eligible: " + "; ".join(failures[candidate.segments])
        elif candidate is chosen:
            reason = _chosen_reason(candidate, len(eligible))
        else:
            reason = _passed_over_reason(candidate, chosen, verdicts)
        judgements.append(
            Judgement(
                candidate,
                verdicts.get(candidate.segments),
                is_eligible,
                candidate is chosen,
                reason,
            )
        )
    return judgements


def reference_of(candidates: Sequence[Candidate], specification: Specification) -> Judgement | None:
    """Return the k-means candidate that others are compared with: the choice, or else the best.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of k-means.
    specification : Specification

    Returns
    -------
    Judgement or None
        None when no candidate was measured.
    """
    judgements = judge(candidates, specification)
    chosen = [judgement for judgement in judgements if judgement.is_chosen]
    if chosen:
        return chosen[0]
    verdicts = {judgement.candidate.segments: judgement.verdict for judgement in judgements}
    best = best_of(candidates, verdicts)
    return next((judgement for judgement in judgements if judgement.candidate is best), None)


def judge_opinion(candidate: Candidate, reference: Judgement | None) -> Judgement:
    """Say in words what a second opinion is worth; it is never eligible.

    Only centroids can be scored in SQL, customer by customer, so only k-means is published.

    Parameters
    ----------
    candidate : Candidate
        Of another algorithm than k-means.
    reference : Judgement or None
        What it is compared with.

    Examples
    --------
    >>> judge_opinion(Candidate(3, algorithm="ward", not_tried="too few rows"), None).reason
    'not tried: too few rows'
    """
    if candidate.measures is None:
        return Judgement(candidate, None, False, False, f"not tried: {candidate.not_tried}")
    parts = [
        "second opinion: not scored in SQL",
        _agreement_in_words(candidate.measures, reference),
        *candidate.notes,
        "separation, seed agreement and inertia are measured for k_means only",
    ]
    return Judgement(candidate, None, False, False, "; ".join(parts))


def _agreement_in_words(measures: Measures, reference: Judgement) -> str:
    segments = reference.candidate.segments
    other = "the choice" if reference.is_chosen else f"the best k_means ({segments} segments)"
    found = len(measures.sizes)
    if found < 2:
        return f"found {found} groups, which are too few to compare with {other}"
    agreement = f"agrees with {other} {measures.agreement_with_choice:.2f}"
    if measures.noise:
        agreement += f" where it is not noise ({measures.noise_share:.0%} are)"
    return agreement


def best_of(candidates: Sequence[Candidate], verdicts: dict[int, str]) -> Candidate | None:
    """Return the measured candidate with the best verdict, then silhouette, then fewest segments.

    Parameters
    ----------
    candidates : sequence of Candidate
        Those that were not tried are passed over.
    verdicts : dict
        Verdict by number of segments.
    """
    measured = [candidate for candidate in candidates if candidate.measures is not None]
    return min(
        measured,
        key=lambda candidate: (
            VERDICTS.index(verdicts[candidate.segments]),
            -candidate.measures.silhouette,
            candidate.segments,
        ),
        default=None,
    )


def _below(name: str, figure: float, threshold: float, digits: int = 3) -> list[str]:
    """Return one sentence when the figure does not reach the threshold, as a list."""
    if math.isnan(figure):
        return [f"{name} could not be measured (it takes at least two features)"]
    if figure >= threshold:
        return []
    return [f"{name} {_apart(figure, threshold, digits)} is below {threshold:g}"]


def _apart(figure: float, threshold: float, digits: int) -> str:
    """Write a figure with as many digits as it takes to tell it from the threshold."""
    while digits < 9 and float(f"{figure:.{digits}f}") == threshold:
        digits += 1
    return f"{figure:.{digits}f}"


def _stability_failures(measures: Measures, thresholds: Thresholds) -> list[str]:
    strength = measures.prediction_strength
    return [
        *_below("minimum Jaccard", measures.min_jaccard, thresholds.jaccard),
        *_below("prediction strength", strength, thresholds.prediction_strength),
    ]


def _separation_failures(measures: Measures, thresholds: Thresholds) -> list[str]:
    return _below("separation z", measures.separation.z, thresholds.separation_z, digits=2)


def _share_failures(measures: Measures, thresholds: Thresholds) -> list[str]:
    failures = _below("smallest share", measures.smallest_share, thresholds.smallest_share)
    if measures.largest_share > thresholds.largest_share:
        figure = _apart(measures.largest_share, thresholds.largest_share, 3)
        failures.append(f"largest share {figure} is above {thresholds.largest_share:g}")
    return failures


def _failures(measures: Measures, specification: Specification) -> list[str]:
    thresholds = specification.thresholds
    failures = _stability_failures(measures, thresholds)
    if "reproducible" not in specification.publish:
        failures += _separation_failures(measures, thresholds)
    return failures + _share_failures(measures, thresholds)


def _chosen_reason(chosen: Candidate, eligible: int) -> str:
    silhouette = chosen.measures.silhouette
    if eligible == 1:
        return f"chosen: the only eligible candidate (silhouette {silhouette:.4f})"
    return f"chosen: the best of {eligible} eligible candidates (silhouette {silhouette:.4f})"


def _passed_over_reason(candidate: Candidate, chosen: Candidate, verdicts: dict[int, str]) -> str:
    own, best = candidate.measures.silhouette, chosen.measures.silhouette
    verdict, better = verdicts[candidate.segments], verdicts[chosen.segments]
    if verdict != better:
        return f"eligible, not chosen: {verdict}, while {chosen.segments} segments are {better}"
    if own == best:
        return f"eligible, not chosen: {chosen.segments} segments have the same silhouette"
    return (
        f"eligible, not chosen: {chosen.segments} segments have the higher silhouette "
        f"({best:.4f} against {own:.4f})"
    )
