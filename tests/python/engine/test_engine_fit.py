"""The whole fit: planted groups found, noise refused, the same result always, words for traps."""

import threading
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_info, threadpool_limits

import card_segments.segmentation.fitting as fitting
from card_segments.segmentation import (
    FeaturePreparation,
    FeaturesError,
    Preparation,
    assign,
    fit,
    second_opinions,
    separation,
    stability,
)
from card_segments.segmentation.fitting import COLUMNS
from card_segments.segmentation.specification import ALGORITHMS

CANDIDATE_MEASURES = {
    "silhouette",
    "silhouette_macro",
    "calinski_harabasz",
    "davies_bouldin",
    "smallest_share",
    "largest_share",
    "min_jaccard",
    "prediction_strength",
    "seed_agreement",
    "agreement_with_choice",
    "noise_share",
    "separation_z",
    "null_silhouette_mean",
    "null_silhouette_standard_deviation",
    "inertia",
    "is_eligible",
    "is_chosen",
    "verdict",
    "reason",
}


def outcome(result):
    """Return the outcome rows as a mapping of measure to text or value."""
    rows = result.to_frame().query("record == 'outcome'").set_index("measure")
    return rows["text"].where(rows["text"].notna(), rows["value"].astype(object)).to_dict()


def read_back(frame, features):
    """Return the preparation and the centroids that a result's table holds."""
    parameters = frame[frame["record"] == "preparation"].set_index(["feature", "measure"])

    def value(feature, measure):
        return parameters["value"].get((feature, measure), np.nan)

    preparation = Preparation(
        tuple(
            FeaturePreparation(
                feature,
                parameters["text"][(feature, "transform")],
                value(feature, "median"),
                value(feature, "lower"),
                value(feature, "upper"),
                value(feature, "lambda"),
                value(feature, "mean"),
                value(feature, "standard_deviation"),
                value(feature, "weight"),
            )
            for feature in features
        )
    )
    centroids = frame[frame["record"] == "centroid"].pivot(
        index="segment_number", columns="feature", values="value"
    )
    return preparation, centroids[list(features)].sort_index().to_numpy()


def test_planted_groups_are_found_and_published(planted, specify):
    frame, truth = planted
    result = fit(frame, specify())

    assert result.status == "fitted"
    assert result.verdict == "natural"
    assert result.chosen.segments == 3
    # The frame is in the order of its keys, as the labels are.
    assert adjusted_rand_score(truth, result.labels) > 0.98


def test_segments_are_numbered_by_the_value_column(planted, specify):
    frame, truth = planted
    result = fit(frame, specify(value="spend"))

    # Spend is about 10, 30 and 20 in the planted groups 0, 1 and 2.
    assert (result.labels == np.array([3, 1, 2])[truth]).mean() > 0.98


def test_without_a_value_column_segments_descend_by_their_standardised_mean(planted, specify):
    result = fit(planted[0], specify())
    means = result.chosen.centroids.mean(axis=1)
    assert (np.diff(means) < 0).all()


def test_without_a_choice_there_are_no_centroids_and_no_labels(specify):
    values = np.random.default_rng(0).random((400, 2))
    frame = pd.DataFrame(values, columns=["first", "second"]).assign(customer=range(400))

    result = fit(
        frame,
        specify(features=["first", "second"], segments={"minimum": 3, "maximum": 5}, null_draws=20),
    )

    assert result.status == "no_eligible_candidate"
    assert result.labels is None
    records = set(result.to_frame()["record"])
    assert records == {"outcome", "candidate", "candidate_segment", "preparation"}
    assert result.reason.startswith("planted: none of 3 candidates is eligible; the best, ")


def test_the_table_has_its_columns_types_records_and_order(planted, specify):
    result = fit(planted[0], specify())
    frame = result.to_frame()

    assert tuple(frame.columns) == COLUMNS
    assert frame["segments"].dtype == frame["segment_number"].dtype == "Int64"
    assert frame["value"].dtype == "float64"
    assert set(frame["segmentation"]) == {"planted"}
    candidates = frame[frame["record"] == "candidate"]
    assert set(candidates["algorithm"]) == {"k_means"}
    for _, one in candidates.groupby("segments"):
        assert set(one["measure"]) == CANDIDATE_MEASURES
        assert len(one) == len(CANDIDATE_MEASURES)
    segments = frame[frame["record"] == "candidate_segment"]
    assert len(segments) == 3 * (2 + 3 + 4)
    shares = segments[segments["measure"] == "share"].groupby("segments")["value"].sum()
    np.testing.assert_allclose(shares, 1.0)
    labels = frame[frame["record"] == "label"]
    assert sorted(labels["customer_id"]) == sorted(planted[0]["customer"])
    sizes = labels["segment_number"].value_counts().sort_index().tolist()
    assert sizes == list(result.chosen.measures.sizes)
    keys = frame[list(COLUMNS[1:8])]
    assert not keys.duplicated().any()
    as_text = keys.astype("string").fillna("")
    pd.testing.assert_frame_equal(as_text, as_text.sort_values(list(COLUMNS[1:8])), check_like=True)


def test_outcome_of_a_fit_that_is_published(planted, specify):
    found = outcome(fit(planted[0], specify()))
    assert found.pop("reason").startswith("planted: 3 natural segments, chosen: ")
    assert len(found.pop("sample_fingerprint")) == 64
    assert found == {
        "status": "fitted",
        "verdict": "natural",
        "customers": 180.0,
        "chosen_segments": 3.0,
    }


def test_labels_are_those_of_the_parameters_in_the_table(planted, specify):
    frame, _ = planted
    generator = np.random.default_rng(3)
    frame["first"] = np.exp(frame["first"])
    frame["third"] = frame["third"].where(generator.random(180) > 0.1)
    features = [
        {"name": "first", "transform": "log1p", "winsorise": [0.01, 0.99]},
        {"name": "second", "transform": "yeo_johnson", "weight": 1.7},
        {"name": "third", "transform": "signed_log1p"},
        "constant",
    ]
    wanted = specify(features=features, publish=["natural", "reproducible"])
    result = fit(frame.assign(constant=1.0), wanted)
    table = result.to_frame()

    preparation, centroids = read_back(table, [feature.name for feature in wanted.features])
    matrix = frame.assign(constant=1.0)[["first", "second", "third", "constant"]].to_numpy()
    labels, distances, _, _ = assign(matrix, preparation, centroids)

    published = table[table["record"] == "label"].sort_values("customer_id")
    assert published["segment_number"].tolist() == labels.tolist()
    assert published["value"].tolist() == distances.tolist()
    rounded = table[table["record"].isin(["preparation", "centroid"])]["value"].dropna()
    assert all(float(f"{value:.9g}") == value for value in rounded)
    assert (centroids[:, 3] == 0.0).all()


def test_sizes_and_inertia_are_those_of_the_labels(planted, specify):
    result = fit(planted[0], specify())
    measures = result.chosen.measures
    assert list(measures.sizes) == np.bincount(result.labels)[1:].tolist()
    assert measures.inertia == pytest.approx((result.distances**2).sum(), rel=1e-12)


def test_no_measurement_takes_more_rows_than_its_largest_sample(planted, specify, monkeypatch):
    monkeypatch.setattr(stability, "LARGEST_RESAMPLE", 70)
    monkeypatch.setattr(fitting, "LARGEST_RESAMPLE", 70)
    monkeypatch.setattr(fitting, "LARGEST_NULL_DRAW", 60)
    monkeypatch.setattr(second_opinions, "LARGEST_OPINION_SAMPLE", 50)
    monkeypatch.setattr(second_opinions, "LARGEST_OPINION_RESAMPLE", 40)
    seen = {}

    def watch(module, name):
        function = getattr(module, name)

        def watched(matrix, *others):
            seen.setdefault(f"{module.__name__.split('.')[-1]}.{name}", []).append(len(matrix))
            return function(matrix, *others)

        monkeypatch.setattr(module, name, watched)

    watch(fitting, "k_means")
    watch(fitting, "refined_k_means")
    watch(separation, "k_means")
    watch(stability, "refined_k_means")
    watch(second_opinions, "gaussian_mixture")
    watch(second_opinions, "linkage")
    result = fit(planted[0], specify(algorithms=ALGORITHMS))

    assert result.chosen.segments == 3
    # the candidates themselves are fitted on all rows
    assert seen["fitting.k_means"] == [180, 180, 180]
    assert set(seen["fitting.refined_k_means"]) == {70}
    assert set(seen["separation.k_means"]) == {60}
    assert max(seen["stability.refined_k_means"]) == 70
    assert set(seen["second_opinions.linkage"]) == {50, 40}
    assert set(seen["second_opinions.gaussian_mixture"]) == {50, 40}


def test_a_weight_stretches_the_space(planted, specify):
    frame, truth = planted
    generator = np.random.default_rng(8)
    noise = frame.assign(first=generator.random(180), second=generator.random(180))

    def weighted(weight):
        return specify(
            features=["first", "second", {"name": "third", "weight": weight}],
            publish=["natural", "reproducible"],
            segments={"minimum": 2, "maximum": 2},
            thresholds={"largest_share": 0.9},
        )

    # The third column parts one planted group from the others; its weight must outshout the noise.
    assert fit(noise, weighted(1.0)).status == "no_eligible_candidate"
    result = fit(noise, weighted(100.0))
    assert adjusted_rand_score(truth == 2, result.labels) == 1.0


def test_the_result_is_the_same_for_any_order_key_type_and_number_of_threads(
    planted, specify, monkeypatch
):
    monkeypatch.setattr(fitting, "FEWEST_ROWS_FOR_THREADS", 0)
    frame, _ = planted
    frame["customer"] = range(5, 185)
    # Small integers, so that distances and quantiles have ties.
    frame[["first", "second", "third"]] = frame[["first", "second", "third"]].round()
    wanted = specify(
        value="spend",
        resamples=4,
        null_draws=4,
        algorithms=ALGORITHMS,
        segments={"minimum": 3, "maximum": 4},
    )
    first = fit(frame, wanted, n_jobs=1).to_frame()

    shuffled = frame.sample(frac=1.0, random_state=1)
    for other, jobs in (
        (frame, 2),
        (shuffled, 1),
        (shuffled, 4),
        (shuffled.assign(customer=shuffled["customer"].astype(str)), 2),
        (shuffled[shuffled.columns[::-1]].reset_index(drop=True), 1),
    ):
        # Bit for bit: no tolerance.
        pd.testing.assert_frame_equal(first, fit(other, wanted, jobs).to_frame(), check_exact=True)


def test_another_seed_gives_other_resamples(planted, specify):
    frame, _ = planted
    frame = frame.assign(first=frame["first"] * 0.5)
    figures = [fit(frame, specify(seed=seed)).judgements[1].candidate.measures for seed in (1, 2)]
    assert figures[0].separation != figures[1].separation


def test_fits_at_the_same_time_give_the_same_and_leave_everything_as_it_was(
    planted, specify, monkeypatch
):
    monkeypatch.setattr(fitting, "FEWEST_ROWS_FOR_THREADS", 0)
    frame, _ = planted
    alone = fit(frame, specify()).to_frame()
    libraries = [(one["prefix"], one["num_threads"]) for one in threadpool_info()]
    results = [None, None]

    def work(position):
        results[position] = fit(frame, specify(), n_jobs=2).to_frame()

    threads = [threading.Thread(target=work, args=(position,)) for position in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for result in results:
        pd.testing.assert_frame_equal(alone, result, check_exact=True)
    assert [(one["prefix"], one["num_threads"]) for one in threadpool_info()] == libraries


def test_no_warning_comes_out(planted, specify):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(planted[0], specify())


def test_progress_is_told_in_sentences(planted, specify):
    sentences = []
    fit(planted[0], specify(), progress=sentences.append)
    assert sentences[0].startswith("planted: trying 2 to 4 segments of ")
    assert sentences[1] == "planted: compared with 8 draws of null data"
    assert sentences[3] == "planted: 3 segments measured, 2 of 3"
    assert sentences[-1].startswith("planted: 3 natural segments")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda frame: frame.iloc[:0], "the features have no rows"),
        (lambda frame: frame.iloc[:1], "no feature is left"),
        (lambda frame: frame.iloc[:2], "the features have 2 distinct rows and 2 segments take"),
        (lambda frame: frame.iloc[:19], "the features have 19 distinct rows and 2 segments take"),
        (
            lambda frame: pd.concat([frame.iloc[:9]] * 20).assign(customer=range(180)),
            "the features have 9 distinct rows and 2 segments take at least 20",
        ),
        (
            lambda frame: frame.assign(first=1.0, second=np.nan, third=frame["spend"] * 0),
            "no feature is left (first dropped: constant (about 1 in every row); second dropped: "
            "no value in any row; third dropped: constant",
        ),
    ],
)
def test_too_little_to_fit_is_an_outcome_in_words(planted, specify, change, words):
    result = fit(change(planted[0]), specify())

    found = outcome(result)
    assert found["status"] == "not_fitted"
    assert found["reason"].startswith("planted: not fitted, because ")
    assert words in found["reason"]
    table = result.to_frame()
    assert set(table["record"]) == {"outcome", "candidate", "preparation"}
    reasons = table[(table["record"] == "candidate") & (table["measure"] == "reason")]["text"]
    assert reasons.str.startswith("not tried: ").all()
    assert table["customer_id"].dtype == "string"


def test_numbers_of_segments_with_too_few_rows_are_left_out_with_their_reason(planted, specify):
    frame = planted[0].iloc[:35]
    result = fit(frame, specify())

    tried = [one.candidate.measures is not None for one in result.judgements]
    assert tried == [True, True, False]
    assert result.judgements[2].reason == (
        "not tried: the features have 35 distinct rows and 4 segments take at least 40"
    )


@pytest.mark.filterwarnings("error")
def test_customers_that_differ_only_beyond_the_arithmetic_count_as_one(specify):
    generator = np.random.default_rng(1)
    first = np.concatenate([[1e15], generator.random(99)])
    frame = pd.DataFrame({"customer": range(100), "first": first})
    result = fit(frame, specify(features=["first"], segments={"minimum": 3, "maximum": 3}))
    assert result.status == "not_fitted"
    assert "the features have 2 distinct rows" in result.reason


def test_a_single_feature_has_no_separation_and_is_not_natural(planted, specify):
    frame, _ = planted
    result = fit(frame, specify(features=["third"], segments={"minimum": 2, "maximum": 2}))
    assert result.verdict == "reproducible"
    assert "separation z could not be measured" in result.judgements[0].reason


def test_a_dropped_feature_is_noted_and_the_others_are_fitted(planted, specify):
    frame, truth = planted
    wanted = specify(features=["first", "second", "third", "empty", "copy"])
    result = fit(frame.assign(empty=np.nan, copy=frame["first"] * 3), wanted)

    assert result.status == "fitted"
    assert adjusted_rand_score(truth, result.labels) > 0.98
    table = result.to_frame()
    notes = table[table["measure"] == "note"].set_index("feature")["text"]
    assert notes["empty"] == "dropped: no value in any row"
    assert notes["copy"].startswith("dropped: repeats 'first'")
    assert notes[["first", "second", "third"]].isna().all()
    centroids = table[(table["record"] == "centroid") & (table["feature"] == "copy")]["value"]
    assert centroids.tolist() == [0.0, 0.0, 0.0]


def test_a_frame_at_fault_stops_with_its_sentence(planted, specify):
    frame, _ = planted
    frame.loc[3, "second"] = np.inf
    with pytest.raises(FeaturesError, match="'second' is infinite for 1 customers .keys C0003"):
        fit(frame, specify())


def test_the_linear_algebra_library_has_one_thread_during_a_fit(planted, specify):
    def threads_now():
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    seen = []
    with threadpool_limits(limits=2):
        assert set(threads_now()) == {2}
        fit(planted[0], specify(), progress=lambda sentence: seen.append((sentence, threads_now())))
        assert set(threads_now()) == {2}

    during = [counts for sentence, counts in seen if "segments measured" in sentence]
    assert len(during) == 3
    assert all(set(counts) == {1} for counts in during)


def test_fits_in_several_threads_take_turns(planted, specify):
    sentences = []

    def work():
        fit(
            planted[0],
            specify(),
            progress=lambda one: sentences.append((threading.get_ident(), one)),
        )

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    who = [ident for ident, sentence in sentences if "measured, " in sentence]
    assert len(who) == 6
    assert len(set(who[:3])) == len(set(who[3:])) == 1
