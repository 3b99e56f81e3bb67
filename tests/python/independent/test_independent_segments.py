"""Segments: scoring, sizes, profiles and quality, worked out again with NumPy and scikit-learn."""

import operator
import re

import numpy as np
import pandas as pd
import pytest
from bank import bank_of_sample, reference
from comparison import MINIMUM, compare
from features import SEGMENTATIONS, Model, features, metrics_of, specification
from sklearn import metrics
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from card_segments.report.words import IN_WORDS, strength


def of(bank, table: str, segmentation: str) -> pd.DataFrame:
    rows = bank.published(table)
    return rows[rows["segmentation"] == segmentation]


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segment_members(bank, segmentation):
    expected = Model(bank, segmentation).scored(features(bank, segmentation))
    expected["segment_name"] = expected["segment_key"].map(bank.names(segmentation))
    expected["segmentation"] = segmentation
    published = of(bank, "segment_members", segmentation)
    compare(published, expected.reset_index(), ["customer_id"])


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segment_drivers(bank, segmentation):
    """Squared distances to the runner-up's and to the own centre, feature by feature."""
    model, customers = Model(bank, segmentation), features(bank, segmentation)
    points, nearest = model.prepared(customers), model.scored(customers)
    weights = pd.Series({name: model.root_weight(name) for name in model.used})
    own, other = (
        (points - (model.centroids * weights).loc[nearest[column]].to_numpy()) ** 2
        for column in ("segment_key", "runner_up_segment_key")
    )
    # in the order of the specification, in which the first of two that are equal comes first
    formed_from, _ = metrics_of(segmentation)
    contributions = (other - own)[[name for name in formed_from if name in model.used]]
    labels = reference("segment_metrics").set_index("metric")["label"]
    rows = []
    for customer, values in contributions.iterrows():
        drivers = values.sort_values(ascending=False, kind="stable")
        drivers = drivers[drivers > 0].head(3)
        gap = values.sum()
        row = {
            "segmentation": segmentation,
            "customer_id": customer,
            "segment_key": nearest.loc[customer, "segment_key"],
            "runner_up_segment_key": nearest.loc[customer, "runner_up_segment_key"],
            "distance_gap": gap,
            "other_contribution": gap - drivers.sum(),
        }
        said = []
        for place in (1, 2, 3):
            name = drivers.index[place - 1] if place <= len(drivers) else None
            level = None
            if name:
                level = IN_WORDS[strength(points.loc[customer, name] / weights[name])]
                level = level.replace("about the same", "about")
                said.append(f"{labels.get(name, name)} {level} the usual")
            row[f"driver_{place}_feature"] = name
            row[f"driver_{place}_level"] = level
            row[f"driver_{place}_contribution"] = drivers.get(name, np.nan)
            row[f"driver_{place}_share"] = drivers.get(name, np.nan) / gap
        rows.append(row | {"reason": ", ".join(said)})
    published = of(bank, "segment_drivers", segmentation)
    compare(published.drop(columns="standardised_values"), pd.DataFrame(rows), ["customer_id"])
    values = published.set_index("customer_id")["standardised_values"].str.split(" ", expand=True)
    known = points[sorted(points.columns)].loc[values.index]
    np.testing.assert_allclose(values.to_numpy(float), known, rtol=1e-9, atol=1e-9)


def satisfies(rule: str, customers: pd.DataFrame, labels: dict) -> pd.Series:
    """Who meets a rule such as `calls above 4 and visits at most 2, or limit equal to 0`."""
    means = {"above": operator.gt, "at most": operator.le, "equal to": operator.eq}
    condition = r"(?:^|(?<= and ))(.+?) (above|at most|equal to) ([-\d.,]+)"
    any_part = pd.Series(False, customers.index)
    for part in rule.split(", or "):
        all_met = pd.Series(True, customers.index)
        for label, word, threshold in re.findall(condition, part):
            all_met &= means[word](customers[labels[label]], float(threshold.replace(",", "")))
        any_part |= all_met
    return any_part


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segments(bank, segmentation):
    customers, members = features(bank, segmentation), bank.members(segmentation)
    value = customers[specification(segmentation)["value"]]
    published = of(bank, "segments", segmentation)
    margins = of(bank, "segment_members", segmentation).groupby("segment_key")["margin"].mean()
    by_value = value.groupby(members).mean().sort_values(ascending=False)
    labels = {row.label: row.metric for row in reference("segment_metrics").itertuples()}
    imputed = customers.fillna(customers.median())
    described = published.set_index("segment_key")
    expected = pd.DataFrame(
        {
            "segmentation": segmentation,
            "segment_key": key,
            "segment_name": bank.names(segmentation)[key],
            "segment_number": by_value.index.get_loc(key) + 1,
            "customers": len(own),
            "people": len(own),
            "customer_share": len(own) / len(members),
            "value_metric": value.name,
            "value_share": value[own.index].sum() / value.sum(),
            "average_margin": margins[key],
            "rule_fidelity": (
                described.loc[key, "rule_fidelity"]
                if described.loc[key, "rule"] == "no short rule"
                else metrics.f1_score(
                    members == key, satisfies(described.loc[key, "rule"], imputed, labels)
                )
            ),
        }
        for key, own in members.groupby(members)
    )
    # the stability of a segment needs the engine's resamples; its tests are in tests/python/engine
    words = ["description", "rule", "key_status", "jaccard"]
    compare(published, expected, ["segment_key"], words=words)


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segment_profiles(bank, segmentation):
    customers, members = features(bank, segmentation), bank.members(segmentation)
    formed_from, described_by = metrics_of(segmentation)
    words = reference("segment_metrics").set_index("metric")
    rows = []
    for metric in [*formed_from, *described_by]:
        everyone = customers[metric]
        mean = everyone.mean()
        for key, own in everyone.groupby(members):
            above_zero = own[own > 0]
            row = {
                "segmentation": segmentation,
                "segment_key": key,
                "segment_name": bank.names(segmentation)[key],
                "metric": metric,
                "customers_with_value": own.count(),
                "people": len(own),
                "with_and_without": min(own.count(), own.isna().sum() or MINIMUM),
                "mean": own.mean(),
                "median": own.median(),
                "penetration_share": len(above_zero) / len(own),
                "intensity_mean": above_zero.mean(),
                "metric_share": own.sum() / everyone.sum() if everyone.sum() else np.nan,
                "population_mean": mean,
                "population_median": everyone.median(),
                "index_100": 100 * own.mean() / mean if mean > 0 else np.nan,
                "standardised_difference": (own.mean() - mean) / everyone.std(ddof=0),
                # squares are added up to ten decimals, of shares of the largest value
                "margin": 1e-7,
                "is_feature": metric in formed_from,
                "metric_label": words["label"].get(metric, metric.replace("_", " ")),
                "unit": words["unit"].get(metric),
            }
            rows.append(row)
    published = of(bank, "segment_profiles", segmentation)
    expected = pd.DataFrame(rows)
    given = ["segmentation", "segment_name", "metric_label", "unit", "is_feature"]
    compare(
        published,
        expected,
        ["segment_key", "metric"],
        allowed={"standardised_difference": "margin"},
        behind=dict.fromkeys(expected.columns.difference(given), "with_and_without"),
    )


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segment_reference_bins(bank, segmentation):
    """Deciles of every feature and of the value column; equal ones are one bin."""
    customers = features(bank, segmentation)
    formed_from, _ = metrics_of(segmentation)
    rows = []
    for name in {*formed_from, specification(segmentation)["value"]}:
        values = customers[name]
        known = values.dropna()
        edges = np.unique(np.quantile(known, np.arange(1, 10) / 10, method="inverted_cdf"))
        lower, upper = [np.nan, *edges], [*edges, np.nan]
        counts = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
        bins = pd.DataFrame({"lower_edge": lower, "upper_edge": upper, "people": counts})
        bins["bin_number"] = bins.index + 1
        missing = {"people": values.isna().sum(), "bin_number": 0}
        bins = pd.concat([bins, pd.DataFrame([missing])])
        bins["feature"] = name
        rows.append(bins)
    expected = pd.concat(rows, ignore_index=True)
    expected["is_missing_bin"] = expected["bin_number"] == 0
    expected["reference_share"] = expected["people"] / len(customers)
    expected["reference_customers"] = len(customers)
    expected["segmentation"] = segmentation
    published = of(bank, "segment_reference_bins", segmentation)
    compare(published, expected, ["feature", "bin_number"])


def test_segmentations(bank):
    """The row of a segmentation is that of its chosen candidate, over all of its members."""
    candidates = bank.published("segment_candidates")
    chosen = candidates[candidates["is_chosen"]].set_index("segmentation")
    sizes = bank.published("segment_members").groupby("segmentation").size()
    jaccard = bank.published("segments").groupby("segmentation")["jaccard"].min()
    measures = ["algorithm", "n_segments", "silhouette", "prediction_strength", "separation_z"]
    expected = chosen[[*measures, "min_jaccard", "verdict"]].copy()
    expected["customers"] = expected["fitted_customers"] = sizes
    expected["status"] = "published"
    expected["description"] = [specification(one)["description"] for one in expected.index]
    expected["is_fitted"] = True
    of_the_build = ["model_version", "fitted_at", "reason", "decision_reason"]
    compare(
        bank.published("segmentations"),
        expected.reset_index(),
        ["segmentation"],
        words=[*of_the_build, "specification_fingerprint"],
    )
    np.testing.assert_allclose(expected["min_jaccard"], jaccard[expected.index])


def quality(points: np.ndarray, labels) -> dict:
    """How well segments are told apart, by scikit-learn."""
    shares = pd.Series(labels).value_counts(normalize=True)
    silhouettes = metrics.silhouette_samples(points, labels)
    return {
        "silhouette": silhouettes.mean(),
        "silhouette_macro": pd.Series(silhouettes).groupby(np.asarray(labels)).mean().mean(),
        "calinski_harabasz": metrics.calinski_harabasz_score(points, labels),
        "davies_bouldin": metrics.davies_bouldin_score(points, labels),
        "smallest_share": shares.min(),
        "largest_share": shares.max(),
    }


def test_the_choice_among_candidates(bank):
    """The thresholds and the rule of docs/method.md, on the published measures."""
    rows = bank.published("segment_candidates")
    rows = rows[rows["algorithm"] == "k_means"]
    is_stable = (rows["min_jaccard"] >= 0.75) & (rows["prediction_strength"] >= 0.8)
    is_separated = rows["separation_z"] >= 3
    verdicts = np.where(is_separated, "natural", "reproducible")
    verdicts = np.where(is_stable, verdicts, "unstable")
    assert (rows["verdict"] == verdicts).all()
    is_eligible = rows["verdict"] == "natural"
    is_eligible &= (rows["smallest_share"] >= 0.02) & (rows["largest_share"] <= 0.75)
    assert (rows["is_eligible"] == is_eligible).all()
    best = rows[is_eligible].groupby("segmentation")["silhouette"].idxmax()
    assert (rows["is_chosen"] == rows.index.isin(best)).all()
    # of larger samples part is compared with null data
    sizes = bank.published("segmentations").set_index("segmentation")["fitted_customers"]
    small = rows[rows["segmentation"].map(sizes) <= 5_000]
    above_null = small["silhouette"] - small["null_silhouette_mean"]
    separation = above_null / small["null_silhouette_standard_deviation"]
    np.testing.assert_allclose(small["separation_z"], separation, rtol=1e-7)
    others = bank.published("segment_candidates").query("algorithm != 'k_means'")
    assert not others[["is_eligible", "is_chosen"]].any(axis=None)


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_the_chosen_candidate(bank, segmentation):
    customers, members = features(bank, segmentation), bank.members(segmentation)
    if len(members) > 10_000:
        pytest.skip("its silhouette is measured on a sample")
    model = Model(bank, segmentation)
    expected = quality(model.prepared(customers), members)
    expected["inertia"] = (model.scored(customers)["distance"] ** 2).sum()
    rows = of(bank, "segment_candidates", segmentation)
    published = rows[rows["is_chosen"]].iloc[0]
    assert published["n_segments"] == members.nunique()
    for name, figure in expected.items():
        # parameters are published to nine digits
        assert published[name] == pytest.approx(figure, rel=1e-7), name


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_candidates_agree_with_scikit_learn(sample_build, segmentation):
    """Ward's are the same; k-means may stop in another optimum, and not in a much worse one."""
    bank = bank_of_sample(sample_build)
    points = Model(bank, segmentation).prepared(features(bank, segmentation)).to_numpy()
    rows = of(bank, "segment_candidates", segmentation).set_index(["algorithm", "n_segments"])
    for segments, published in rows.loc["ward"].iterrows():
        labels = AgglomerativeClustering(segments).fit_predict(points)
        for name, figure in quality(points, labels).items():
            assert published[name] == pytest.approx(figure, rel=1e-7), (segments, name)
    with threadpool_limits(1):
        for segments, published in rows.loc["k_means"].iterrows():
            fit = KMeans(segments, n_init=10, random_state=1).fit(points)
            assert published["inertia"] == pytest.approx(fit.inertia_, rel=0.005), segments


@pytest.mark.parametrize("segmentation", SEGMENTATIONS)
def test_segment_map(bank, segmentation):
    """Principal components of everyone, either way round, and part of them by neighbourhood."""
    published, members = of(bank, "segment_map", segmentation), bank.members(segmentation)
    assert (published["segment_key"] == published["customer_id"].map(members)).all()
    assert set(published["method"]) == {"pca", "tsne"}
    assert not published.duplicated(["method", "customer_id"]).any()

    points = Model(bank, segmentation).prepared(features(bank, segmentation))
    places = published[published["method"] == "pca"].set_index("customer_id")[["x", "y"]]
    assert places.index.sort_values().equals(points.index)
    expected = PCA(2).fit_transform(points)
    places = places.loc[points.index].to_numpy()
    either_way = np.sign((places * expected).sum(axis=0))
    np.testing.assert_allclose(places, expected * either_way, atol=1e-4)
