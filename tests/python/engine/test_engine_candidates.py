"""Verdicts at their boundaries, eligibility in words, and the choice."""

import dataclasses

import numpy as np
import pytest

from card_segments.segmentation import Candidate, Measures, Separation, Specification
from card_segments.segmentation.candidates import judge, judge_opinion, reference_of, verdict_of
from card_segments.segmentation.specification import Thresholds


def measures(z=5.0, **changes):
    """Return measures that pass every threshold, changed as the test wants."""
    passing = Measures(
        silhouette=0.4,
        silhouette_macro=0.4,
        calinski_harabasz=100.0,
        davies_bouldin=1.0,
        inertia=10.0,
        sizes=(40, 30, 30),
        jaccard=(0.9, 0.9, 0.9),
        prediction_strength=0.9,
        seed_agreement=1.0,
        separation=Separation(z, 0.2, 0.01),
    )
    return dataclasses.replace(passing, **changes)


def judged(*candidates, publish=("natural",)):
    """Judge measures, given as pairs of a number of segments and measures."""
    specification = Specification.from_mapping(
        "judged", {"key": "id", "features": ["x"], "publish": list(publish)}
    )
    return judge([Candidate(segments, one) for segments, one in candidates], specification)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "natural"),
        ({"z": 3.0, "jaccard": (0.75, 1.0, 1.0), "prediction_strength": 0.80}, "natural"),
        ({"z": 2.99}, "reproducible"),
        ({"z": np.nan}, "reproducible"),
        ({"jaccard": (0.9, 0.9, 0.7499)}, "unstable"),
        ({"prediction_strength": 0.7999}, "unstable"),
        ({"z": 0.0, "prediction_strength": 0.5}, "unstable"),
        ({"sizes": (99, 1)}, "natural"),
    ],
)
def test_verdicts(changes, verdict):
    assert verdict_of(measures(**changes), Thresholds()) == verdict


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"z": 2.5}, "not eligible: separation z 2.50 is below 3"),
        ({"z": 2.9999}, "not eligible: separation z 2.9999 is below 3"),
        (
            {"z": np.nan},
            "not eligible: separation z could not be measured (it takes at least two features)",
        ),
        ({"jaccard": (0.9, 0.61, 0.9)}, "not eligible: minimum Jaccard 0.610 is below 0.75"),
        (
            {"prediction_strength": 0.7, "z": 1.0},
            "not eligible: prediction strength 0.700 is below 0.8; separation z 1.00 is below 3",
        ),
        (
            {"sizes": (98, 1, 1)},
            "not eligible: smallest share 0.010 is below 0.02; largest share 0.980 is above 0.75",
        ),
    ],
)
def test_every_failed_threshold_is_named_with_its_figure(changes, reason):
    judgement = judged((3, measures(**changes)))[0]
    assert judgement.reason == reason
    assert not judgement.is_eligible
    assert not judgement.is_chosen


def test_shares_at_the_thresholds_are_eligible():
    assert judged((3, measures(sizes=(75, 23, 2))))[0].is_eligible


def test_the_highest_silhouette_among_the_eligible_is_chosen():
    three, four, five = judged(
        (3, measures(silhouette=0.30)),
        (4, measures(silhouette=0.35)),
        (5, measures(silhouette=0.90, prediction_strength=0.1)),
    )
    assert [one.is_chosen for one in (three, four, five)] == [False, True, False]
    assert four.reason == "chosen: the best of 2 eligible candidates (silhouette 0.3500)"
    assert three.reason == (
        "eligible, not chosen: 4 segments have the higher silhouette (0.3500 against 0.3000)"
    )


def test_fewer_segments_win_a_tie():
    four, three = judged((4, measures()), (3, measures()))
    assert three.is_chosen
    assert four.reason == "eligible, not chosen: 3 segments have the same silhouette"


def test_reproducible_is_chosen_only_where_allowed_and_never_before_natural():
    candidates = [(3, measures(silhouette=0.3)), (4, measures(silhouette=0.5, z=1.0))]

    assert [one.is_eligible for one in judged(*candidates)] == [True, False]
    natural, reproducible = judged(*candidates, publish=("natural", "reproducible"))
    assert (natural.is_chosen, reproducible.is_eligible) == (True, True)
    assert reproducible.reason == "eligible, not chosen: reproducible, while 3 segments are natural"
    alone = judged(candidates[1], publish=("natural", "reproducible"))[0]
    assert (alone.is_chosen, alone.verdict) == (True, "reproducible")


def test_unstable_is_never_eligible():
    weak = measures(prediction_strength=0.5)
    assert not judged((3, weak), publish=("natural", "reproducible"))[0].is_eligible


def test_a_candidate_that_was_not_tried_keeps_its_reason():
    specification = Specification.from_mapping("judged", {"key": "id", "features": ["x"]})
    tried, untried = judge(
        [Candidate(3, measures()), Candidate(4, not_tried="too few rows")], specification
    )
    assert tried.reason == "chosen: the only eligible candidate (silhouette 0.4000)"
    assert (untried.reason, untried.verdict) == ("not tried: too few rows", None)
    assert not untried.is_eligible


def opinion(**changes):
    """Return a second opinion that was measured, changed as the test wants."""
    figures = {"jaccard": (0.8,) * 3, "agreement_with_choice": 0.829, **changes}
    return Candidate(
        3,
        measures(z=np.nan, **figures),
        algorithm="ward",
        notes=("a note", "another"),
    )


def test_a_second_opinion_is_never_eligible_and_says_why_and_how_far_it_agrees():
    chosen = judged((3, measures()))[0]
    judgement = judge_opinion(opinion(), chosen)
    assert (judgement.is_eligible, judgement.is_chosen, judgement.verdict) == (False, False, None)
    assert judgement.reason == (
        "second opinion: not scored in SQL; agrees with the choice 0.83; a note; another; "
        "separation, seed agreement and inertia are measured for k_means only"
    )


def test_without_a_choice_the_best_k_means_candidate_is_compared_with():
    specification = Specification.from_mapping("judged", {"key": "id", "features": ["x"]})
    candidates = [Candidate(3, measures(z=1.0)), Candidate(4, measures(z=1.0, silhouette=0.5))]
    reference = reference_of([*candidates, Candidate(5, not_tried="few rows")], specification)
    assert reference.candidate is candidates[1]
    reason = judge_opinion(opinion(), reference).reason
    assert "; agrees with the best k_means (4 segments) 0.83; " in reason
    assert reference_of([Candidate(5, not_tried="few rows")], specification) is None


def test_noise_counts_in_the_shares_and_stands_in_the_reason():
    chosen = judged((3, measures()))[0]
    noisy = opinion(sizes=(40, 20, 20), noise=20)
    assert (noisy.measures.smallest_share, noisy.measures.largest_share) == (0.2, 0.4)
    assert noisy.measures.noise_share == 0.2
    reason = judge_opinion(noisy, chosen).reason
    assert "agrees with the choice 0.83 where it is not noise (20% are); " in reason


def test_all_noise_has_no_shares_and_no_agreement():
    chosen = judged((3, measures()))[0]
    nothing = opinion(sizes=(), jaccard=(), noise=100)
    assert np.isnan([nothing.measures.smallest_share, nothing.measures.min_jaccard]).all()
    reason = judge_opinion(nothing, chosen).reason
    assert "; found 0 groups, which are too few to compare with the choice; " in reason
