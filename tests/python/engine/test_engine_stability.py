"""Jaccard, prediction strength and agreement against hand-computed and brute-force figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_segments.segmentation import stability
from card_segments.segmentation.clustering import refined_k_means
from card_segments.segmentation.stability import (
    best_jaccard,
    bootstrap_jaccard,
    prediction_strength,
    prediction_strength_of,
    seed_agreement,
)

pytestmark = pytest.mark.usefixtures("one_thread")

LABEL_PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


def test_jaccard_by_hand():
    original = np.array([0, 0, 0, 0, 1, 1, 2, 2])
    resampled = np.array([1, 1, 1, 0, 0, 0, 2, 1])
    # 0 with 1: 3 of 5; 1 with 0: 2 of 3; 2 with 2: 1 of 2.
    expected = [3 / 5, 2 / 3, 1 / 2]
    assert best_jaccard(original, resampled, 3).tolist() == pytest.approx(expected)


def test_a_segment_that_was_not_drawn_has_jaccard_0():
    labels = np.array([0, 0, 2])
    assert best_jaccard(labels, np.array([0, 0, 1]), 4).tolist() == [1.0, 0.0, 1.0, 0.0]


@given(LABEL_PAIRS)
def test_jaccard_equals_the_set_definition(pairs):
    original, resampled = np.array(pairs).T
    expected = []
    for segment in range(4):
        own = set(np.flatnonzero(original == segment))
        others = [set(np.flatnonzero(resampled == other)) for other in range(4)]
        expected.append(max(len(own & other) / (len(own | other) or 1) for other in others))
    assert best_jaccard(original, resampled, 4).tolist() == pytest.approx(expected)


def test_prediction_strength_by_hand():
    test = np.array([0, 0, 0, 0, 1, 1, 1])
    predicted = np.array([0, 0, 0, 1, 1, 1, 0])
    # Segment 0: 3 * 2 of 4 * 3 ordered pairs; segment 1: 2 * 1 of 3 * 2.
    assert prediction_strength_of(test, predicted) == pytest.approx(1 / 3)


@given(LABEL_PAIRS)
def test_prediction_strength_equals_counting_all_pairs(pairs):
    test, predicted = np.array(pairs).T
    strengths = []
    for segment in np.unique(test):
        members = np.flatnonzero(test == segment)
        kept = [
            predicted[one] == predicted[other]
            for one in members
            for other in members
            if one != other
        ]
        strengths.append(np.mean(kept) if kept else 1.0)
    assert prediction_strength_of(test, predicted) == pytest.approx(min(strengths))


def groups(centres, each, seed=1):
    """Return clearly parted groups, and the group of each row."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(centres)), each)
    return np.array(centres)[labels] + generator.normal(size=(len(labels), 2)), labels


def test_clear_groups_come_back_on_every_resample_and_half():
    matrix, labels = groups([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]], 40)
    assert bootstrap_jaccard(matrix, labels, 3, seed=1, resample=0).tolist() == [1.0, 1.0, 1.0]
    assert prediction_strength(matrix, 3, seed=1, split=0) == 1.0


def test_a_group_cut_in_two_does_not_come_back():
    matrix, labels = groups([[0.0, 0.0], [20.0, 0.0]], 100)
    # The first group is a round cloud, and it is cut along a line that nothing suggests.
    labels = np.where((labels == 0) & (matrix[:, 1] > 1.0), 2, labels)
    jaccard = np.mean(
        [bootstrap_jaccard(matrix, labels, 3, 1, resample) for resample in range(20)], axis=0
    )
    assert jaccard[1] > 0.75
    assert jaccard[2] < 0.6
    strengths = [prediction_strength(matrix, 3, 1, split) for split in range(20)]
    assert np.mean(strengths) < 0.8


def test_resamples_differ_and_repeat():
    matrix, labels = groups([[0.0, 0.0], [2.0, 0.0]], 60)
    first = bootstrap_jaccard(matrix, labels, 2, 1, resample=0).tolist()
    assert bootstrap_jaccard(matrix, labels, 2, 1, resample=0).tolist() == first
    assert bootstrap_jaccard(matrix, labels, 2, 1, resample=1).tolist() != first
    assert bootstrap_jaccard(matrix, labels, 2, 2, resample=0).tolist() != first


def test_a_row_drawn_twice_counts_twice_in_the_fit_and_once_in_the_comparison(monkeypatch):
    matrix, labels = groups([[0.0, 0.0], [9.0, 0.0]], 50)
    seen = {}

    def watched(rows, segments, seed, counts):
        seen.update(rows=len(rows), drawn=int(counts.sum()))
        return refined_k_means(rows, segments, seed, counts)

    monkeypatch.setattr(stability, "refined_k_means", watched)
    bootstrap_jaccard(matrix, labels, 2, 1, resample=0)

    assert seen["drawn"] == 100
    assert 50 < seen["rows"] < 75


def test_agreement_is_the_mean_over_all_pairs():
    one, other = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    # The adjusted Rand index of the two crossed labellings is -0.5.
    assert seed_agreement([one, one, other]) == pytest.approx((1.0 - 0.5 - 0.5) / 3)
