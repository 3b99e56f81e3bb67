"""The null data keep margins exactly and rank correlations closely; the z by hand."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

from card_segments.segmentation.clustering import k_means
from card_segments.segmentation.separation import (
    LARGEST_SEPARATION_SAMPLE,
    draw_null,
    gaussian_correlation,
    null_silhouettes,
    separation,
    separation_silhouettes,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def skewed(rows=3_000, seed=1):
    """Return correlated columns like card data: half zeros, heavy tail, few values, plain."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=rows)
    noise = generator.normal(size=(rows, 4))
    zeros = np.where(common + noise[:, 0] > 0, np.exp(common + noise[:, 0]), 0.0)
    heavy = np.exp(1.5 * common + noise[:, 1])
    few = np.clip(np.round(3 - common + noise[:, 2]), 0, 6)
    return np.column_stack([zeros, heavy, few, noise[:, 3]])


def test_null_data_hold_the_same_values_in_every_column():
    matrix = skewed()
    null = draw_null(
        matrix, gaussian_correlation(matrix, np.random.default_rng(0)), np.random.default_rng(2)
    )
    np.testing.assert_array_equal(np.sort(null, axis=0), np.sort(matrix, axis=0))
    assert not np.array_equal(null, matrix)


def test_null_data_keep_the_rank_correlations_closely():
    matrix = skewed()
    correlation = gaussian_correlation(matrix, np.random.default_rng(0))
    draws = [
        spearmanr(draw_null(matrix, correlation, np.random.default_rng(seed))).statistic
        for seed in range(10)
    ]
    observed = spearmanr(matrix).statistic
    assert np.abs(observed).max(where=~np.eye(4, dtype=bool), initial=0) > 0.5
    # Without the correction for ties, the first and the third column would lose a tenth of theirs.
    np.testing.assert_allclose(np.mean(draws, axis=0), observed, atol=0.02)


def test_null_data_hold_no_structure_beyond_margins_and_correlations():
    generator = np.random.default_rng(1)
    angle = generator.random(2_000) * 2 * np.pi
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    null = draw_null(ring, gaussian_correlation(ring, np.random.default_rng(0)), generator)
    assert np.hypot(*ring.T).min() > 0.99
    assert (np.hypot(*null.T) < 0.7).mean() > 0.1


def test_ties_alone_do_not_look_like_clusters():
    """Correlated Gaussians cut off at zero hold no clusters, only margins and correlations."""
    generator = np.random.default_rng(3)
    common = generator.normal(size=(1_000, 1))
    matrix = np.maximum(0.8 * common + 0.6 * generator.normal(size=(1_000, 4)), 0.0)
    correlation = gaussian_correlation(matrix, generator)
    null = np.array([null_silhouettes(matrix, correlation, [3, 4], 1, draw) for draw in range(20)])
    labellings = [k_means(matrix, segments, 1)[1] for segments in (3, 4)]

    observed = separation_silhouettes(matrix, labellings, generator)

    for position, silhouette in enumerate(observed):
        assert separation(silhouette, null[:, position]).z < 3.0


def test_spearman_becomes_the_correlation_of_the_gaussian():
    generator = np.random.default_rng(5)
    gaussian = generator.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=40_000)
    correlation = gaussian_correlation(np.exp(gaussian), np.random.default_rng(0))
    assert correlation[0, 1] == pytest.approx(0.6, abs=0.015)
    assert np.diag(correlation).tolist() == [1.0, 1.0]


def test_a_correlation_that_is_not_positive_definite_is_repaired():
    generator = np.random.default_rng(6)
    first, second = generator.normal(size=(2, 500))
    matrix = np.column_stack([first, second, first + second, first - second])

    correlation = gaussian_correlation(matrix, np.random.default_rng(0))

    assert np.linalg.eigvalsh(correlation).min() > 0
    np.testing.assert_allclose(np.diag(correlation), 1.0)
    np.linalg.cholesky(correlation)


def test_z_by_hand_and_where_nothing_was_tested():
    found = separation(0.7, [0.3, 0.5])
    assert found.null_mean == pytest.approx(0.4)
    assert found.null_standard_deviation == pytest.approx(math.sqrt(0.02))
    assert found.z == pytest.approx(0.3 / math.sqrt(0.02))
    assert math.isnan(separation(0.7, [0.3, 0.3, 0.3]).z)


def test_data_and_null_are_measured_alike():
    """The silhouette of a null draw does not depend on which side of the test it stands."""
    matrix = skewed(600)
    correlation = gaussian_correlation(matrix, np.random.default_rng(0))
    draws = [null_silhouettes(matrix, correlation, [3, 4], 1, draw) for draw in range(12)]
    drawn = draw_null(matrix, correlation, np.random.default_rng(99))
    labellings = [k_means(drawn, segments, 5)[1] for segments in (3, 4)]

    observed = separation_silhouettes(drawn, labellings, np.random.default_rng(1))

    for position, silhouette in enumerate(observed):
        assert abs(separation(silhouette, [draw[position] for draw in draws]).z) < 3.5


def test_large_data_are_measured_on_a_sample_close_to_the_whole():
    matrix = skewed(LARGEST_SEPARATION_SAMPLE + 2_000)
    labels = k_means(matrix, 3, 1)[1]
    sampled = separation_silhouettes(matrix, [labels], np.random.default_rng(1))[0]
    other = separation_silhouettes(matrix, [labels], np.random.default_rng(2))[0]
    assert sampled != other
    assert sampled == pytest.approx(other, abs=0.02)
