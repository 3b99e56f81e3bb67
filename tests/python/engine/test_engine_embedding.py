"""The map: principal components by hand, the sample, and the same places on every run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from threadpoolctl import threadpool_limits

from card_segments.segmentation import FeaturesError
from card_segments.segmentation.embedding import embed, principal_components, stratified_rows

# On a busy machine an example may take long without anything being wrong.
unhurried = settings(deadline=None, max_examples=60)


@pytest.fixture
def groups():
    """Three clear groups of 200, 80 and 20 customers in five dimensions, in mixed order."""
    generator = np.random.default_rng(11)
    labels = generator.permutation(np.repeat([1, 2, 3], [200, 80, 20]))
    centres = np.array([[0, 0, 0, 0, 0], [8, 0, 0, 8, 0], [0, 9, 0, 0, 9]], dtype=float)
    return centres[labels - 1] + generator.normal(size=(300, 5)), labels


def test_principal_components_by_hand():
    # Along (1, 1) / sqrt 2 the variance is 4, along (1, -1) / sqrt 2 it is 1.
    matrix = np.array([[2.0, 2.0], [-2.0, -2.0], [1.0, -1.0], [-1.0, 1.0]]) + 7.0
    result = embed(matrix, [1, 1, 2, 2])
    root = np.sqrt(2)
    assert result.x.tolist() == pytest.approx([2 * root, -2 * root, 0, 0], abs=1e-6)
    # The loadings are equally large, and the first is made positive.
    assert result.y.tolist() == pytest.approx([0, 0, root, -root], abs=1e-6)
    assert result.explained == pytest.approx((0.8, 0.2))
    assert result.rows.tolist() == [0, 1, 2, 3]


def test_principal_components_equal_those_of_scikit_learn_but_for_the_sign(groups):
    matrix, _ = groups
    scores, explained = principal_components(matrix)
    reference = PCA(n_components=2, svd_solver="full").fit(matrix)
    assert explained == pytest.approx(reference.explained_variance_ratio_)
    expected = reference.transform(matrix)
    assert np.abs(scores) == pytest.approx(np.abs(expected))
    loadings = np.linalg.lstsq(matrix - matrix.mean(axis=0), scores, rcond=None)[0]
    assert (loadings[np.abs(loadings).argmax(axis=0), [0, 1]] > 0).all()


@unhurried
@given(st.integers(0, 1000), st.integers(1, 4))
def test_a_mirrored_feature_mirrors_nothing_else(seed, features):
    # The sign depends on the loadings alone, not on which sign the solver happened to return.
    matrix = (
        np.random.default_rng(seed).normal(size=(12, features)) * [1.0, 2.0, 4.0, 8.0][:features]
    )
    first, _ = principal_components(matrix)
    second, _ = principal_components(matrix[::-1])
    assert first == pytest.approx(second[::-1], abs=1e-9)


def test_of_equally_large_loadings_the_first_is_positive():
    # Two standardised features have loadings of 0.7071 each, equal but for the last digits.
    for seed in range(50):
        matrix = np.random.default_rng(seed).normal(size=(30, 2)) @ [[1.0, 0.5], [0.0, 1.0]]
        matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
        scores, _ = principal_components(matrix)
        assert (scores.T @ matrix[:, 0] > 0).all()


@pytest.mark.parametrize(
    ("matrix", "explained"),
    [
        (np.arange(5.0)[:, None], (1.0, 0.0)),
        (np.full((5, 3), 2.0), (0.0, 0.0)),
        (np.array([[1.0, 2.0]]), (0.0, 0.0)),
        (np.column_stack([np.arange(5.0), np.full(5, 3.0)]), (1.0, 0.0)),
    ],
)
def test_what_does_not_vary_lies_on_a_line_or_a_point(matrix, explained):
    result = embed(matrix, [1] * len(matrix))
    assert result.explained == pytest.approx(explained)
    assert (result.y == 0.0).all()
    assert not np.signbit(result.y).any()
    assert np.isfinite(result.x).all()


def test_tsne_keeps_neighbours_together_and_repeats_to_the_last_bit(groups):
    matrix, labels = groups
    first = embed(matrix, labels, "tsne", sample_size=150, seed=5)
    with threadpool_limits(limits=4):
        again = embed(matrix, labels, "tsne", sample_size=150, seed=5)

    assert first.rows.tobytes() == again.rows.tobytes()
    assert first.x.tobytes() == again.x.tobytes()
    assert first.y.tobytes() == again.y.tobytes()
    assert np.isnan(first.explained).all()
    assert len(first.x) == len(first.y) == len(first.rows) == 150
    places = np.column_stack([first.x, first.y])
    assert trustworthiness(matrix[first.rows], places, n_neighbors=5) > 0.9
    # It starts from the principal components, so the groups lie to one another as there.
    flat = embed(matrix[first.rows], labels[first.rows])
    assert np.corrcoef(first.x, flat.x)[0, 1] > 0.7
    # Every customer's nearest neighbour on the map is of the same group.
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    own = labels[first.rows]
    assert (own[apart.argmin(axis=1)] == own).all()


def test_the_order_of_the_rows_does_not_matter_once_they_are_sorted_by_key(groups):
    matrix, labels = groups
    keys = np.array([f"C{number:03d}" for number in range(300)])
    shuffle = np.random.default_rng(1).permutation(300)
    order = np.argsort(keys[shuffle])
    for method in ("pca", "tsne"):
        first = embed(matrix, labels, method, sample_size=60)
        second = embed(matrix[shuffle][order], labels[shuffle][order], method, sample_size=60)
        assert first.x.tobytes() == second.x.tobytes()


@pytest.mark.parametrize(
    ("matrix", "labels"),
    [
        (np.random.default_rng(1).normal(size=(4, 2)), [1, 1, 2, 2]),
        (np.full((20, 3), 1.0), [1] * 20),
        (np.random.default_rng(1).normal(size=(30, 1)), [1] * 30),
        (np.repeat(np.eye(2), 20, axis=0), [1] * 20 + [2] * 20),
    ],
)
def test_tsne_of_few_or_equal_customers(matrix, labels):
    result = embed(matrix, labels, "tsne")
    assert np.isfinite([result.x, result.y]).all()
    assert len(result.rows) == len(matrix)


@unhurried
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=6), st.integers(6, 500), st.integers(0, 99)
)
def test_the_sample_has_its_size_and_small_segments_keep_their_part(sizes, sample_size, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rows = stratified_rows(labels, sample_size, seed)

    assert len(rows) == min(sample_size, len(labels))
    assert (np.diff(rows) > 0).all()
    taken = np.bincount(labels[rows], minlength=len(sizes))
    least = max(sample_size // (2 * len(sizes)), 1)
    assert (taken >= np.minimum(sizes, least)).all()
    assert (taken <= sizes).all()
    # A larger segment never has fewer.
    order = np.argsort(sizes, kind="stable")
    assert (np.diff(taken[order]) >= -1).all()
    assert rows.tobytes() == stratified_rows(labels, sample_size, seed).tobytes()


def test_another_seed_draws_other_customers():
    labels = np.repeat([1, 2], 100)
    assert stratified_rows(labels, 50, 1).tolist() != stratified_rows(labels, 50, 2).tolist()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((0, 2)), []), "there are no customers"),
        ((np.zeros(3), [1, 1, 1]), "shape"),
        ((np.zeros((3, 0)), [1, 1, 1]), "shape"),
        ((np.array([[1.0], [np.nan]]), [1, 1]), "missing or infinite"),
        ((np.array([[1.0], [np.inf]]), [1, 1]), "missing or infinite"),
        ((np.zeros((3, 1)), [1, 1]), "2 labels for 3 customers"),
        ((np.zeros((3, 1)), [1, 1, 1], "umap"), "choose one of pca, tsne"),
        ((np.zeros((3, 1)), [1, 1, 1], "tsne"), "at least 4 customers"),
        ((np.zeros((9, 1)), list(range(9)), "tsne", 5), "cannot hold all 9 segments"),
    ],
)
def test_faults_are_said_in_one_sentence(arguments, message):
    with pytest.raises(FeaturesError, match=message) as caught:
        embed(*arguments)
    assert "\n" not in str(caught.value)
