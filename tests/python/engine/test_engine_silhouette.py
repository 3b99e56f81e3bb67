"""The silhouette against scikit-learn, and the stratified choice of rows."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from card_segments.segmentation.silhouette import (
    BLOCK_ROWS,
    macro_mean,
    silhouette_rows,
    silhouette_values,
)


def test_values_equal_those_of_scikit_learn_for_several_labellings_at_once():
    generator = np.random.default_rng(1)
    matrix = generator.normal(size=(BLOCK_ROWS + 100, 3))
    labellings = [generator.integers(segments, size=len(matrix)) for segments in (2, 5)]
    labellings[1][:1] = 5  # A segment with a single member has silhouette 0.

    for labels, values in zip(labellings, silhouette_values(matrix, labellings), strict=True):
        np.testing.assert_allclose(values, silhouette_samples(matrix, labels), atol=1e-6)
    assert silhouette_values(matrix, labellings)[1][0] == 0.0


def test_one_segment_has_silhouette_0():
    assert silhouette_values(np.eye(3), [np.zeros(3, dtype=int)])[0].tolist() == [0.0, 0.0, 0.0]


def test_a_label_without_rows_is_not_taken_for_a_neighbour():
    matrix = np.array([[0.0], [1.0], [4.0], [5.0]])
    dense = silhouette_values(matrix, [np.array([0, 0, 1, 1])])[0]
    sparse = silhouette_values(matrix, [np.array([0, 0, 3, 3])])[0]
    np.testing.assert_array_equal(dense, sparse)


def test_macro_is_the_mean_of_the_segments_means():
    values, labels = np.array([0.9, 0.7, 0.5, -0.1]), np.array([2, 2, 2, 0])
    assert macro_mean(values, labels) == pytest.approx((0.7 - 0.1) / 2)


def test_all_rows_are_taken_when_they_are_few():
    rows = silhouette_rows([np.zeros(7, dtype=int)], np.random.default_rng(1), most=7)
    assert rows.tolist() == list(range(7))


def test_the_sample_keeps_the_shares_of_every_labelling():
    generator = np.random.default_rng(2)
    coarse = (generator.random(10_000) < 0.02).astype(int)
    fine = generator.integers(6, size=10_000)

    rows = silhouette_rows([coarse, fine], np.random.default_rng(3), most=1_000)

    assert len(np.unique(rows)) == 1_000
    assert (np.diff(rows) > 0).all()
    # Proportional up to one row for each of the twelve joint strata.
    assert abs(coarse[rows].sum() - coarse.sum() / 10) <= 6
    assert np.abs(np.bincount(fine[rows]) - np.bincount(fine) / 10).max() <= 2
