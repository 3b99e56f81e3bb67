"""What segments say of protected groups, of later months and of change, worked out again."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from bank import PROTECTED, UNKNOWN, VARIABLES, age_groups, bank_of_sample
from comparison import compare
from features import (
    SEGMENTATIONS,
    Model,
    features,
    metrics_of,
    specification,
    spending_features,
)
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score
from workspaces import Workspace

OUTCOMES = ["average_monthly_spend_amount", "income_utilisation_pct", "credit_card_share"]


def protected(bank):
    """Each segmentation and attribute: the known value and the segment of each customer."""
    known = {("spending", name): bank.customers[name] for name in PROTECTED}
    ages = age_groups(bank.profiles["age"], "broad")
    known["repayment", "age_group"] = ages[ages != UNKNOWN]
    for (segmentation, attribute), values in known.items():
        yield segmentation, attribute, values, bank.members(segmentation)[values.index]


def test_segment_attribute_proxies(bank):
    rows = []
    for segmentation, attribute, values, members in protected(bank):
        information = normalized_mutual_info_score(values, members)
        cramers_v = stats.contingency.association(pd.crosstab(values, members), method="cramer")
        row = {
            "segmentation": segmentation,
            "attribute": attribute,
            "customers": len(values),
            "normalised_mutual_information": information,
            "cramers_v": cramers_v,
            "is_flagged": information >= VARIABLES["proxy_mutual_information"]
            or cramers_v >= VARIABLES["proxy_cramers_v"],
        }
        rows.append(row)
    published = bank.published("segment_attribute_proxies")
    compare(published, pd.DataFrame(rows), ["segmentation", "attribute"])


def test_segment_group_rates(bank):
    rows = []
    for segmentation, attribute, values, members in protected(bank):
        for value in values.unique():
            in_group = values == value
            for key in members.unique():
                in_segment = members == key
                table = pd.crosstab(in_group, in_segment)
                test = stats.chi2_contingency(table, correction=False)
                share, others = in_segment[in_group].mean(), in_segment[~in_group].mean()
                row = {
                    "segmentation": segmentation,
                    "segment_key": key,
                    "attribute": attribute,
                    "attribute_value": value,
                    "customers": in_group.sum(),
                    "people": (in_group & in_segment).sum(),
                    "group_share": share,
                    "others_share": others,
                    "share_ratio": share / others if others else np.nan,
                    # with two groups chi-square is the square of z
                    "z_statistic": np.sign(share - others) * np.sqrt(test.statistic),
                    "p_value": test.pvalue,
                }
                rows.append(row)
    expected = pd.DataFrame(rows)
    comparisons = expected.groupby("segmentation")["p_value"].transform("size")
    expected["p_value"] = (expected["p_value"] * comparisons).clip(upper=1)
    # the published normal distribution is an approximation
    expected["margin"] = 1.5e-7 * comparisons
    keys = ["segment_key", "attribute", "attribute_value"]
    compare(bank.published("segment_group_rates"), expected, keys, allowed={"p_value": "margin"})


def eta_squared(groups, outcome: pd.Series) -> float:
    """The share of the outcome's variance that lies between the groups."""
    between = outcome.groupby(np.asarray(groups)).transform("mean").var(ddof=0)
    return between / outcome.var(ddof=0)


def omega_squared(eta: float, people: int, groups: int) -> float:
    """Eta squared less what as many random groups would explain (Hays 1963)."""
    within = (1 - eta) / (people - groups)
    return (eta - (groups - 1) * within) / (1 + within)


def early_segments(early: pd.DataFrame, segments: int):
    """As many segments as are published, formed by scikit-learn from the earlier months."""
    points = early.fillna(early.median())
    for feature in specification("spending")["features"]:
        if isinstance(feature, dict) and feature.get("transform") == "log1p":
            points[feature["name"]] = np.log1p(points[feature["name"]])
    points = (points - points.mean()) / points.std(ddof=0)
    return KMeans(segments, n_init=20, random_state=1).fit_predict(points)


def test_segment_out_of_time_validation(bank):
    months = np.sort(bank.spends["month"].unique())
    is_early = bank.spends["month"].isin(months[: len(months) * 2 // 3])
    incomes = bank.customers["income"].sort_index()
    early, later = (
        spending_features(bank.spends[chosen], incomes) for chosen in (is_early, ~is_early)
    )
    segments, _ = metrics_of("spending")
    number = bank.members("spending").nunique()
    schemes = {
        "segments": early_segments(early[segments], number),
        "baseline": pd.qcut(early[specification("spending")["value"]], 10, labels=False),
    }
    rows = []
    for outcome in OUTCOMES:
        values = later[outcome].dropna()
        for scheme, groups in schemes.items():
            groups = pd.Series(np.asarray(groups), later.index)[values.index]
            eta = eta_squared(groups, values)
            rows.append([outcome, scheme, len(values), groups.nunique(), eta, 1e-9])
        # of random groups eta squared has a beta distribution; a few hundred were drawn
        chance = stats.beta((number - 1) / 2, (len(values) - number) / 2)
        for scheme, eta in {
            "permutation_mean": chance.mean(),
            "permutation_95th": chance.ppf(0.95),
        }.items():
            rows.append([outcome, scheme, len(values), number, eta, 0.3 * eta])
    columns = ["outcome", "scheme", "customers", "groups", "eta_squared", "margin"]
    expected = pd.DataFrame(rows, columns=columns).assign(segmentation="spending")
    expected["omega_squared"] = omega_squared(
        expected["eta_squared"], expected["customers"], expected["groups"]
    )
    expected["omega_margin"] = 1.05 * expected["margin"]
    expected["validated_at"] = bank.published("publication")["published_at"].item()
    compare(
        bank.published("segment_out_of_time_validation"),
        expected,
        ["outcome", "scheme"],
        allowed={"eta_squared": "margin", "omega_squared": "omega_margin"},
    )


def test_monthly_segment_transitions(bank):
    """Every month scored by the published model, and who went where from one to the next."""
    model, incomes = Model(bank, "spending"), bank.customers["income"].sort_index()
    segments = pd.DataFrame(
        {
            month: model.scored(spending_features(spends, incomes))["segment_key"]
            for month, spends in bank.spends.groupby("month")
        }
    )
    rows = []
    for before, after in zip(segments.columns, segments.columns[1:], strict=False):
        counts = segments.groupby([before, after]).size().rename("customers")
        counts.index.names = ["from_segment_key", "to_segment_key"]
        of_the_old = counts.groupby("from_segment_key").transform("sum")
        pair = counts.reset_index().assign(from_month=before, to_month=after)
        pair["rate"] = (counts / of_the_old).to_numpy()
        rows.append(pair)
    expected = pd.concat(rows).assign(segmentation="spending")
    expected["people"] = expected["customers"]
    keys = ["from_month", "from_segment_key", "to_segment_key"]
    compare(bank.published("monthly_segment_transitions"), expected, keys)


def test_monthly_utilisation_by_segment(bank):
    """Spend and income of today's members, and how many each month's own behaviour puts there."""
    model, incomes = Model(bank, "spending"), bank.customers["income"].sort_index()
    today = bank.published("segment_members").query("segmentation == 'spending'")
    today = today.set_index("customer_id")["segment_key"]
    spend = bank.spends.pivot_table(
        index="customer_id", columns="month", values="spend", aggfunc="sum", fill_value=0
    )
    spend = spend.groupby(today).sum().stack().rename("spend_amount")
    spend.index.names = ["segment_key", "spend_month"]
    in_month = {
        month: model.scored(spending_features(spends, incomes))["segment_key"].value_counts()
        for month, spends in bank.spends.groupby("month")
    }
    in_month = pd.DataFrame(in_month).stack()
    in_month.index.names = spend.index.names
    expected = pd.DataFrame({"spend_amount": spend, "customers_in_month": in_month})
    expected["there"] = expected["customers_in_month"]
    sizes, income = today.value_counts(), incomes.groupby(today).sum()
    keys = expected.index.get_level_values("segment_key")
    expected["customers"] = expected["people"] = sizes.reindex(keys).to_numpy()
    expected["income_utilisation_pct"] = 100 * spend / income.reindex(keys).to_numpy()
    expected["average_spend_amount"] = spend / expected["customers"]
    before = expected.groupby("segment_key").shift()
    expected["spend_change_pct"] = 100 * (spend / before["spend_amount"] - 1)
    expected["income_utilisation_change_points"] = (
        expected["income_utilisation_pct"] - before["income_utilisation_pct"]
    )
    expected = expected.reset_index().assign(segmentation="spending")
    expected["segment_name"] = expected["segment_key"].map(bank.names("spending"))
    compare(
        bank.published("monthly_utilisation_by_segment"),
        expected,
        ["segmentation", "segment_key", "spend_month"],
        behind={"customers_in_month": "there"},
    )


@pytest.fixture(scope="module")
def drifted(sample_build, tmp_path_factory):
    """A copy of the published sample after which every limit rose, and some visits are missing."""
    workspace = Workspace(tmp_path_factory.mktemp("drifted"))
    shutil.copy(sample_build.warehouse, workspace.warehouse)
    shutil.copytree(sample_build.published, workspace.published, symlinks=True)
    with duckdb.connect(str(workspace.warehouse)) as connection:
        connection.execute(
            """
            update intermediate.int_relationship__features
            set credit_limit_amount = 3 * credit_limit_amount,
                calls = greatest(calls, 2),
                online_visits = case when branch_visits <> 2 then online_visits end
            """
        )
    run = workspace.dbt(
        *("run", "--exclude", "int_relationship__features"),
        *("--select", "int_relationship__features+,+segment_drift", "int_prior_publication__*"),
        # today's customers by the model that was published
        *("int_segment_scores", "customer_segment_changes"),
    )
    assert run.succeeded, run.output
    return workspace


def drift(reference: np.ndarray, today: np.ndarray) -> dict:
    """The population stability index of counts by bin, and whether it is beyond chance."""
    # a bin that holds no one, then or now, tells nothing
    is_occupied = (reference > 0) | (today > 0)
    reference, today = reference[is_occupied], today[is_occupied]
    shares = [np.maximum(one, 0.5) / one.sum() for one in (reference, today)]
    index = ((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()
    chance = (len(reference) - 1) * (1 / reference.sum() + 1 / today.sum())
    is_beyond = index > 3 * chance
    return {
        "bins": len(reference),
        "reference_customers": reference.sum(),
        "customers": today.sum(),
        "population_stability_index": index,
        "chance_level": chance,
        "drift": "major"
        if is_beyond and index > 0.25
        else "moderate"
        if is_beyond and index > 0.1
        else "none",
    }


def test_segment_drift(sample_build, drifted):
    """Nothing in the first publication; later the fit's bins against today's customers."""
    bank = bank_of_sample(sample_build)
    assert bank.published("segment_drift").empty
    rows = []
    for segmentation in SEGMENTATIONS:
        before = features(bank, segmentation)
        today = before.copy()
        if segmentation == "relationship":
            today["credit_limit_amount"] *= 3
            today["calls"] = today["calls"].clip(lower=2)
            today["online_visits"] = today["online_visits"].mask(today["branch_visits"] == 2)
        formed_from, _ = metrics_of(segmentation)
        for name in {*formed_from, specification(segmentation)["value"]}:
            edges = np.unique(
                np.quantile(before[name].dropna(), np.arange(1, 10) / 10, method="inverted_cdf")
            )
            counts = [
                np.append(
                    np.bincount(np.searchsorted(edges, one.dropna()), minlength=len(edges) + 1),
                    one.isna().sum(),
                )
                for one in (before[name], today[name])
            ]
            rows.append({"subject": name, "is_feature": True, **drift(*counts)})
            rows[-1]["segmentation"] = segmentation
        keys = [Model(bank, segmentation).scored(one)["segment_key"] for one in (before, today)]
        sizes = pd.DataFrame({place: key.value_counts() for place, key in enumerate(keys)})
        mix = drift(*sizes.fillna(0).to_numpy().T)
        rows.append(
            {"subject": "mix of segments", "is_feature": False, **mix, "segmentation": segmentation}
        )
    expected = pd.DataFrame(rows)
    assert set(expected["drift"]) >= {"major", "none"}
    published = drifted.query("from marts.segment_drift")
    compare(published, expected, ["segmentation", "subject"])


def test_customer_segment_changes(drifted, sample_build):
    """Who moved when every limit rose, and what each feature did to the gap between two centres."""
    bank = bank_of_sample(sample_build)
    model, before = Model(bank, "relationship"), features(bank, "relationship")
    today = drifted.query("from intermediate.int_relationship__features")
    today = today.set_index("customer_id")[before.columns].astype(float).loc[before.index]
    scored, old = model.scored(today), model.scored(before)
    is_moved = scored["segment_key"] != old["segment_key"]
    points, old_points = model.prepared(today)[is_moved], model.prepared(before)[is_moved]
    weights = np.array([model.root_weight(name) for name in model.used])
    rows = []
    for customer in points.index:
        keys = [one.loc[customer, "segment_key"] for one in (old, scored)]
        gaps, parts = [], []
        for place in (old_points.loc[customer], points.loc[customer]):
            squares = [(place - model.centroids.loc[key] * weights) ** 2 for key in keys]
            parts.append(squares[0] - squares[1])
            gaps.append(parts[-1].sum())
        moved = (parts[1] - parts[0]).sort_values(ascending=False)
        drivers = moved[moved > 1e-12].head(3)
        rows.append(
            {
                "customer_id": customer,
                "from_segment_key": keys[0],
                "to_segment_key": keys[1],
                "gap_before": gaps[0],
                "gap_after": gaps[1],
                "strongest": moved.index[0],
                "strongest_contribution": moved.iloc[0],
                "direction": "up"
                if points.loc[customer, moved.index[0]] > old_points.loc[customer, moved.index[0]]
                else "down",
                "drivers": len(drivers),
                "others": moved.sum() - drivers.sum(),
            }
        )
    expected = pd.DataFrame(rows).set_index("customer_id").sort_index()
    published = drifted.query(
        "from marts.customer_segment_changes where segmentation = 'relationship'"
    ).set_index("customer_id")
    assert len(expected) > 10
    assert set(published["cause"]) == {"behaviour"}
    published = published.sort_index()
    assert list(published.index) == list(expected.index)
    for column, own in {
        "from_segment_key": "from_segment_key",
        "to_segment_key": "to_segment_key",
        "driver_1_feature": "strongest",
        "driver_1_direction": "direction",
    }.items():
        assert (published[column] == expected[own]).all(), column
    shown = published[[f"driver_{place}_feature" for place in (1, 2, 3)]].notna().sum(axis=1)
    assert (shown == expected["drivers"]).all()
    for column, own in {
        "gap_before": "gap_before",
        "gap_after": "gap_after",
        "driver_1_contribution": "strongest_contribution",
        "other_contribution": "others",
    }.items():
        np.testing.assert_allclose(published[column], expected[own], rtol=1e-9, atol=1e-9)
    assert not drifted.query(
        "from marts.customer_segment_changes where segmentation <> 'relationship'"
    ).size
