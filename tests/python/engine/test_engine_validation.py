"""Explained shares by hand, and their comparison with a baseline and with chance."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_segments.segmentation import FeaturesError
from card_segments.segmentation.validation import (
    cell_labels,
    checked_labels,
    checked_numbers,
    decile_labels,
    explained_share,
    out_of_time,
)

# On a busy machine an example may take long without anything being wrong.
unhurried = settings(deadline=None, max_examples=60)


def figures(labels, values):
    row = explained_share(labels, pd.DataFrame({"spend": values})).iloc[0]
    return row["eta_squared"], row["omega_squared"]


def test_eta_and_omega_squared_by_hand():
    # Means 2, 7 and 5 overall: between 2 * 9 + 3 * 4 = 30, within 2 + 2 = 4, total 34.
    eta, omega = figures([1, 1, 2, 2, 2], [1.0, 3.0, 6.0, 8.0, 7.0])
    assert eta == pytest.approx(30 / 34, abs=1e-12)
    # The mean square within is 4 / (5 - 2).
    assert omega == pytest.approx((30 - 4 / 3) / (34 + 4 / 3), abs=1e-12)


@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), min_size=6, max_size=40),
    st.sampled_from([1e-200, 1.0, 1e200]),
)
def test_shares_equal_the_sums_of_squares_on_any_scale(pairs, scale):
    labels, values = np.array(pairs).T
    if len(set(values.tolist())) < 2:
        return
    groups = [values[labels == one] for one in np.unique(labels)]
    between = sum(len(one) * (one.mean() - values.mean()) ** 2 for one in groups)
    total = ((values - values.mean()) ** 2).sum()
    within = (total - between) / (len(values) - len(groups))
    eta, omega = figures(labels, values * scale)
    assert eta == pytest.approx(between / total, abs=1e-9)
    assert omega == pytest.approx(
        (between - (len(groups) - 1) * within) / (total + within), abs=1e-9
    )


def test_missing_outcomes_are_left_out_for_their_column_alone():
    outcomes = pd.DataFrame({"spend": [1.0, 3.0, 6.0, 8.0, 7.0, np.nan], "visits": [1.0] * 6})
    table = explained_share([1, 1, 2, 2, 2, 3], outcomes)
    assert table["customers"].tolist() == [5, 6]
    assert table["groups"].tolist() == [2, 3]
    assert table["eta_squared"][0] == pytest.approx(30 / 34)


@pytest.mark.parametrize(
    ("labels", "values", "eta", "omega"),
    [
        ([1, 1, 1], [1.0, 2.0, 3.0], 0.0, 0.0),  # one segment explains nothing
        ([1, 1, 2], [5.0, 5.0, 5.0], None, None),  # nothing to explain
        ([1, 1, 2], [0.1 + 0.2, 0.3, 0.3], None, None),  # nor in the last digit
        ([1, 1, 2], [np.nan] * 3, None, None),
        ([1, 2, 3], [1.0, 2.0, 3.0], 1.0, None),  # every customer a segment
        ([1], [4.0], None, None),
    ],
)
def test_cases_without_an_answer_are_missing(labels, values, eta, omega):
    wanted = [pytest.approx(np.nan if one is None else one, nan_ok=True) for one in (eta, omega)]
    assert list(figures(labels, values)) == wanted


def test_omega_is_fair_to_many_meaningless_groups_and_eta_is_not():
    generator = np.random.default_rng(5)
    values = generator.normal(size=600)
    few = [figures(generator.integers(3, size=600), values) for _ in range(40)]
    many = [figures(generator.integers(60, size=600), values) for _ in range(40)]
    eta, omega = np.mean(many, axis=0) - np.mean(few, axis=0)
    assert eta > 0.08
    assert abs(omega) < 0.01


@pytest.fixture
def later():
    """Three groups whose later spend differs, a baseline that knows half of it, and noise."""
    generator = np.random.default_rng(3)
    segments = np.repeat([1, 2, 3], [100, 60, 40])
    spend = np.array([10.0, 20.0, 40.0])[segments - 1] + generator.normal(0, 5, 200)
    outcomes = pd.DataFrame({"spend": spend, "noise": generator.normal(size=200)})
    return segments, np.where(segments == 3, 2, 1), outcomes


def test_segments_are_compared_with_baseline_and_chance(later):
    segments, baseline, outcomes = later
    table = out_of_time(segments, baseline, outcomes, permutations=200, seed=1)

    assert (
        table["scheme"].tolist()
        == [
            "segments",
            "baseline",
            "permutation_mean",
            "permutation_95th",
        ]
        * 2
    )
    eta = table.pivot(index="outcome", columns="scheme", values="eta_squared")
    own = explained_share(segments, outcomes)["eta_squared"].tolist()
    assert eta.loc[["spend", "noise"], "segments"].tolist() == own
    spend, noise = eta.loc["spend"], eta.loc["noise"]
    assert spend["segments"] > spend["baseline"] > spend["permutation_95th"]
    assert noise["segments"] < 0.05
    # Without meaning, eta squared is (groups - 1) / (n - 1) on average.
    assert spend["permutation_mean"] == pytest.approx(2 / 199, rel=0.2)
    # The 95th percentile is that of a chi-squared variable with 2 degrees of freedom over n.
    assert spend["permutation_95th"] == pytest.approx(5.99 / 199, rel=0.2)
    omega = table.set_index(["outcome", "scheme"])["omega_squared"]
    assert omega["spend", "permutation_mean"] == pytest.approx(0.0, abs=0.003)
    assert table["groups"].tolist() == [3, 2, 3, 3] * 2


def test_a_run_repeats_and_another_seed_deals_differently(later):
    segments, baseline, outcomes = later
    first = out_of_time(segments, baseline, outcomes, permutations=20, seed=1)
    again = out_of_time(segments, baseline, outcomes, permutations=20, seed=1)
    other = out_of_time(segments, baseline, outcomes, permutations=20, seed=2)
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert first["eta_squared"][2] != other["eta_squared"][2]
    assert first["eta_squared"][0] == other["eta_squared"][0]


def test_an_outcome_without_values_does_not_stop_the_others(later):
    segments, baseline, outcomes = later
    table = out_of_time(segments, baseline, outcomes.assign(none=np.nan), permutations=5)
    empty = table[table["outcome"] == "none"]
    assert empty["eta_squared"].isna().all()
    assert (empty["customers"] == 0).all()
    assert table.loc[table["outcome"] == "spend", "eta_squared"].notna().all()


def test_deciles_hold_a_tenth_each_and_equal_values_stay_together():
    assert np.bincount(decile_labels(np.arange(200.0)[::-1])).tolist() == [0] + [20] * 10
    labels = decile_labels([0.0] * 50 + [float(one) for one in range(1, 51)])
    assert set(labels[:50].tolist()) == {1}
    assert sorted(set(labels.tolist())) == list(range(1, labels.max() + 1))


@unhurried
@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(1, 10))
def test_quantile_groups_rise_with_the_values(values, groups):
    labels = decile_labels(np.array(values, dtype=float), groups)
    assert labels.min() >= 1
    assert labels.max() <= groups
    by_value = dict(zip(values, labels.tolist(), strict=True))
    assert [by_value[one] for one in values] == labels.tolist()
    ordered = [by_value[one] for one in sorted(by_value)]
    assert ordered == sorted(ordered)


def test_missing_values_are_a_group_of_their_own():
    assert decile_labels([np.nan, 1.0, 2.0], groups=2).tolist() == [0, 1, 2]
    assert decile_labels([np.nan, np.nan]).tolist() == [0, 0]
    frame = pd.DataFrame({"recency": [1, 2, None, 2], "amount": [5.0, 9.0, 7.0, 9.0]})
    assert cell_labels(frame, ["recency", "amount"], groups=2).tolist() == [2, 3, 1, 3]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explained_share([], pd.DataFrame({"a": []})), "there are no labels"),
        (lambda: explained_share([1], pd.DataFrame({"a": [1, 2]})), "1 labels for 2 customers"),
        (lambda: explained_share([1, None], pd.DataFrame({"a": [1, 2]})), "whole numbers"),
        (lambda: explained_share([1, 2.5], pd.DataFrame({"a": [1, 2]})), "whole numbers"),
        (lambda: explained_share(["x", "y"], pd.DataFrame({"a": [1, 2]})), "whole numbers"),
        (lambda: explained_share([[1], [2]], pd.DataFrame({"a": [1, 2]})), "one label per"),
        (lambda: explained_share([1, 2], pd.DataFrame({"a": ["3", "4"]})), "'a' must hold numbers"),
        (lambda: explained_share([1, 2], pd.DataFrame({"a": [1, np.inf]})), "'a' is infinite"),
        (lambda: explained_share([1, 2], pd.DataFrame(index=[0, 1])), "there are no outcomes"),
        (
            lambda: explained_share([1, 2], pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"])),
            "stands twice",
        ),
        (
            lambda: out_of_time([1, 2], [1], pd.DataFrame({"a": [1, 2]})),
            "1 baseline labels for 2 customers",
        ),
        (
            lambda: out_of_time([1, 2], [1, 1], pd.DataFrame({"a": [1, 2]}), permutations=0),
            "give at least 1",
        ),
        (lambda: decile_labels([]), "there are no customers"),
        (lambda: decile_labels([1.0], groups=0), "give at least 1"),
        (lambda: decile_labels([np.inf]), "infinite"),
        (lambda: cell_labels(pd.DataFrame({"a": [1]}), []), "at least one column"),
        (lambda: cell_labels(pd.DataFrame({"a": [1]}), ["b"]), "no column 'b'"),
    ],
)
def test_faults_are_said_in_one_sentence(call, message):
    with pytest.raises(FeaturesError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_columns_of_a_database_are_read():
    decimals = pd.Series([Decimal("1.5"), None, pd.NA], dtype=object)
    assert checked_numbers("'a'", decimals).tolist() == pytest.approx(
        [1.5, np.nan, np.nan], nan_ok=True
    )
    assert checked_numbers("'a'", pd.array([1, None], dtype="Int64"))[0] == 1.0
    assert checked_labels(pd.array([1, 2], dtype="Int64"), 2).tolist() == [1, 2]
