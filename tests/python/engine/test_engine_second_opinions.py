"""Other algorithms on planted and degenerate data, the baseline by hand, and the scoreboard."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

import card_segments.segmentation.fitting as fitting
import card_segments.segmentation.second_opinions as second_opinions
from card_segments.segmentation import fit
from card_segments.segmentation.clustering import k_means
from card_segments.segmentation.second_opinions import (
    gaussian_mixture,
    merge_small_cells,
    quantile_cells,
    segment_means,
    subsample,
    ward_labels,
)
from card_segments.segmentation.specification import ALGORITHMS

pytestmark = pytest.mark.filterwarnings("error")


def board(result):
    """Return the candidates as one row per algorithm and number of segments."""
    frame = result.to_frame()
    rows = frame[frame["record"] == "candidate"]
    figures = rows.pivot(index=["algorithm", "segments"], columns="measure", values="value")
    texts = rows[rows["measure"] == "reason"].set_index(["algorithm", "segments"])["text"]
    return figures.drop(columns=["reason", "verdict"]).assign(reason=texts)


@pytest.fixture(autouse=True)
def quick_k_means(monkeypatch):
    """Spend the time on the other algorithms; how stable k-means is, other tests say."""
    monkeypatch.setattr(fitting, "PREDICTION_SPLITS", 2)
    monkeypatch.setattr(fitting, "AGREEMENT_SEEDS", 2)


@pytest.fixture
def everything(specify):
    """Return a function that makes a specification with all algorithms."""
    quick = {"algorithms": ALGORITHMS, "value": "spend", "resamples": 3, "null_draws": 4}
    return lambda **changes: specify(**quick | changes)


@pytest.fixture(scope="module")
def kept_results():
    return {}


@pytest.fixture
def complete(planted, everything, kept_results):
    """Return the result of all algorithms on the planted groups, which several tests look at."""
    if not kept_results:
        kept_results["complete"] = fit(planted[0], everything())
    return kept_results["complete"]


def test_all_algorithms_find_planted_groups_and_stand_on_one_scoreboard(planted, complete):
    found = board(complete)

    expected = [(one, k) for one in ("baseline", "gaussian_mixture", "ward") for k in (2, 3, 4)]
    expected += [("k_means", k) for k in (2, 3, 4)] + [("hdbscan", 3)]
    assert sorted(found.index) == sorted(expected)
    assert found["agreement_with_choice"][("k_means", 3)] == 1.0
    for algorithm in ("gaussian_mixture", "ward", "hdbscan"):
        assert found["agreement_with_choice"][(algorithm, 3)] > 0.95
        assert found["silhouette"][(algorithm, 3)] > 0.5
    for algorithm in ("gaussian_mixture", "ward"):
        assert found["min_jaccard"][(algorithm, 3)] > 0.9
        assert found["min_jaccard"][(algorithm, 4)] < 0.75
    assert found["prediction_strength"][("gaussian_mixture", 3)] > 0.9
    assert found["prediction_strength"][("gaussian_mixture", 4)] < 0.8
    # Spend differs between the planted groups, but its thirds are not the groups.
    assert 0.1 < found["agreement_with_choice"][("baseline", 3)] < 0.9
    assert adjusted_rand_score(planted[1], complete.labels) > 0.98


def test_second_opinions_are_never_eligible_and_say_so(complete):
    found = board(complete)
    others = found.drop("k_means")
    assert (others[["is_eligible", "is_chosen"]] == 0.0).all(axis=None)
    assert others["reason"].str.startswith("second opinion: not scored in SQL; agrees with ").all()
    assert others[["separation_z", "inertia", "seed_agreement"]].isna().all(axis=None)
    measured = ["silhouette", "silhouette_macro", "calinski_harabasz", "davies_bouldin"]
    measured += ["smallest_share", "largest_share", "agreement_with_choice", "noise_share"]
    assert found[measured].notna().all(axis=None)


def test_k_means_is_the_same_with_and_without_second_opinions(planted, everything, complete):
    alone = fit(planted[0], everything(algorithms=[])).to_frame()
    among = complete.to_frame()
    others = among["algorithm"].isin(set(ALGORITHMS) - {"k_means"})
    pd.testing.assert_frame_equal(alone, among[~others].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize("algorithm", ALGORITHMS[1:])
def test_only_the_algorithms_asked_for_are_tried(planted, everything, algorithm):
    found = board(fit(planted[0], everything(algorithms=[algorithm])))
    assert set(found.index.get_level_values("algorithm")) == {"k_means", algorithm}


def test_segments_of_second_opinions_are_numbered_by_the_value_and_add_up(complete):
    frame = complete.to_frame()
    rows = frame[(frame["record"] == "candidate_segment") & (frame["segments"] == 3)]
    # The planted groups of 90, 60 and 30 spend about 10, 30 and 20.
    for algorithm in ("gaussian_mixture", "ward", "hdbscan", "k_means"):
        own = rows[rows["algorithm"] == algorithm]
        customers = own[own["measure"] == "customers"].sort_values("segment_number")["value"]
        assert np.abs(customers.to_numpy() - [60, 30, 90]).max() <= 6, algorithm
    shares = frame[(frame["record"] == "candidate_segment") & (frame["measure"] == "share")]
    noise = board(complete)["noise_share"]
    total = shares.groupby(["algorithm", "segments"])["value"].sum() + noise
    np.testing.assert_allclose(total, 1.0)


def test_noise_is_no_segment(specify):
    generator = np.random.default_rng(4)
    groups = np.repeat([[0.0, 0.0], [10.0, 0.0]], 150, axis=0) + generator.normal(size=(300, 2))
    values = np.vstack([groups, generator.uniform([-60, 20], [60, 200], size=(60, 2))])
    frame = pd.DataFrame(values, columns=["first", "second"]).assign(customer=range(360))
    result = fit(
        frame,
        specify(
            features=["first", "second"],
            algorithms=["hdbscan"],
            thresholds={"smallest_share": 0.1},
        ),
    )
    one = board(result).loc["hdbscan"].iloc[0]
    assert 40 / 360 < one["noise_share"] < 0.4
    assert one["smallest_share"] + one["largest_share"] == pytest.approx(1 - one["noise_share"])
    assert "where it is not noise" in one["reason"]


def test_without_dense_groups_hdbscan_has_no_figures_but_a_reason(specify):
    generator = np.random.default_rng(2)
    values = generator.normal(size=(200, 2))
    frame = pd.DataFrame(values, columns=["first", "second"]).assign(customer=range(200))
    wanted = specify(
        features=["first", "second"], algorithms=["hdbscan"], thresholds={"smallest_share": 0.4}
    )
    result = fit(frame, wanted)
    one = board(result).loc["hdbscan"]
    assert one.index.tolist() == [0]
    assert one["noise_share"].tolist() == [1.0]
    assert one[["silhouette", "agreement_with_choice", "smallest_share"]].isna().all(axis=None)
    assert "found 0 groups, which are too few to compare" in one["reason"].iloc[0]


def test_too_few_rows_for_any_segments_ask_for_no_opinion(planted, everything):
    result = fit(planted[0].iloc[:19], everything())
    assert result.second_opinions == ()


def test_wards_tree_is_that_of_scikit_learn():
    matrix = np.random.default_rng(3).normal(size=(120, 3))
    for segments, labels in zip((2, 5, 120), ward_labels(matrix, [2, 5, 120]), strict=True):
        expected = AgglomerativeClustering(segments, linkage="ward").fit_predict(matrix)
        assert adjusted_rand_score(expected, labels) == 1.0
        assert set(labels.tolist()) == set(range(segments))


def test_beyond_its_limit_ward_assigns_the_others_and_hdbscan_measures_a_sample(
    planted, everything, monkeypatch
):
    monkeypatch.setattr(second_opinions, "LARGEST_OPINION_SAMPLE", 100)
    found = board(fit(planted[0], everything()))
    ward, dense = found.loc[("ward", 3)], found.loc["hdbscan"].iloc[0]
    assert "fitted on 100 of 180 customers, the others are with the nearest" in ward["reason"]
    assert ward["agreement_with_choice"] > 0.95
    assert "measured on 100 of 180 customers" in dense["reason"]
    assert dense["agreement_with_choice"] > 0.8


def test_equal_rows_and_spikes_give_figures_and_no_warning(specify):
    values = np.repeat(np.random.default_rng(5).integers(0, 9, size=(30, 3)), 10, axis=0)
    frame = pd.DataFrame(values, columns=["first", "second", "third"]).assign(customer=range(300))
    found = board(fit(frame, specify(algorithms=ALGORITHMS, segments={"minimum": 2, "maximum": 3})))
    assert found.loc["gaussian_mixture"]["min_jaccard"].between(0, 1).all()
    assert found.loc["ward"]["silhouette"].between(-1, 1).all()


def test_a_mixture_parts_a_tight_group_from_a_wide_one_better_than_k_means():
    generator = np.random.default_rng(6)
    truth = np.repeat([0, 1], 200)
    wide, tight = generator.normal(size=(2, 200, 2))
    matrix = np.vstack([wide * 1.5, tight * 0.15 + [2.5, 0.0]])
    labels = gaussian_mixture(matrix, 2, seed=1).predict(matrix)
    assert adjusted_rand_score(truth, labels) > 0.9
    assert adjusted_rand_score(truth, k_means(matrix, 2, seed=1)[1]) < 0.8


def test_quantile_cells_by_hand():
    columns = np.array([[1.0, 5.0], [2.0, 7.0], [3.0, 5.0], [4.0, 7.0]])
    # Halves of the first column: 0 0 1 1; of the second: 0 1 0 1.
    assert quantile_cells(columns, 2).tolist() == [0, 1, 2, 3]
    assert quantile_cells(columns[:, :1], 3).tolist() == [0, 0, 1, 2]
    tied = np.array([[0.0]] * 6 + [[1.0], [2.0]])
    assert quantile_cells(tied, 4).tolist() == [0] * 6 + [1, 1]
    assert quantile_cells(np.zeros((5, 1)), 4).tolist() == [0] * 5


def test_small_cells_go_to_the_nearest_smallest_first():
    matrix = np.array([[0.0]] * 4 + [[1.0]] + [[5.0]] * 4 + [[4.0]] * 2)
    cells = np.array([0] * 4 + [1] + [2] * 4 + [3] * 2)
    merged = merge_small_cells(cells, matrix, 3)
    assert merged.tolist() == [0] * 5 + [1] * 6
    # Two cells are left, however small.
    assert merge_small_cells(cells, matrix, 100).max() == 1


def test_the_baseline_cuts_the_value_into_as_many_equal_groups_as_segments(planted, everything):
    frame = fit(planted[0], everything(algorithms=["baseline"])).to_frame()
    rows = frame[(frame["algorithm"] == "baseline") & (frame["measure"] == "customers")]
    sizes = rows.groupby("segments")["value"].apply(list).to_dict()
    assert sizes == {2: [90, 90], 3: [60, 60, 60], 4: [45, 45, 45, 45]}


@pytest.mark.parametrize(
    ("baseline", "segments", "words"),
    [
        ({"feature": "spend", "quantiles": 5}, 5, "5 quantiles of 'spend'"),
        ({"feature": "first"}, 4, "4 quantiles of 'first'"),
        (
            {"features": ["first", "spend"], "quantiles": 2},
            4,
            "cells of 2 quantiles each of 'first' and 'spend', small cells merged",
        ),
    ],
)
def test_the_baseline_of_a_specification(planted, everything, baseline, segments, words):
    result = fit(planted[0], everything(algorithms=["baseline"], baseline=baseline))
    one = board(result).loc["baseline"]
    assert one.index.tolist() == [segments]
    assert f"; {words}; " in one["reason"].iloc[0]


def test_without_a_value_the_first_feature_is_cut(planted, specify):
    result = fit(planted[0], specify(algorithms=["baseline"]))
    assert "2 quantiles of 'first'" in board(result).loc[("baseline", 2), "reason"]


def test_ties_that_leave_fewer_groups_are_a_reason(planted, everything):
    frame, _ = planted
    tied = frame.assign(spend=np.where(np.arange(180) < 150, 0.0, frame["spend"]))
    found = board(fit(tied, everything(algorithms=["baseline"]))).loc["baseline"]
    assert found["reason"][3].startswith("not tried: 'spend' has so many equal values that")
    constant = board(fit(frame.assign(spend=1.0), everything(algorithms=["baseline"])))
    assert constant["reason"][("baseline", 3)].endswith("that quantiles make no two parts")
    assert constant.loc["baseline"]["silhouette"].isna().all()


def test_a_missing_value_column_is_a_reason_and_no_error(planted, everything):
    missing = planted[0].assign(spend=np.nan)
    found = board(fit(missing, everything(algorithms=["baseline"])))
    assert found["reason"][("baseline", 2)].startswith("not tried: ")


def test_subsamples_are_half_and_differ_and_repeat():
    first = subsample(101, 1, 0)
    assert len(first) == len(np.unique(first)) == 50
    assert subsample(101, 1, 0).tolist() == first.tolist() != subsample(101, 1, 1).tolist()
    assert len(subsample(9_000, 1, 0)) == second_opinions.LARGEST_OPINION_RESAMPLE


def test_segment_means_of_several_columns():
    matrix = np.array([[1.0, 0.0], [3.0, 4.0], [8.0, 8.0]])
    assert segment_means(matrix, np.array([1, 1, 0]), 2).tolist() == [[8.0, 8.0], [2.0, 2.0]]
