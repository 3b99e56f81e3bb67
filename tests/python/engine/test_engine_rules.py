"""Rules in words on planted segments: what they say, how true they are, and when there is none."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from card_segments.segmentation import FeaturesError, Specification
from card_segments.segmentation.clustering import k_means
from card_segments.segmentation.preparation import fit_preparation, read_sample
from card_segments.segmentation.rules import describe_segments, readable_threshold

# On a busy machine an example may take long without anything being wrong.
unhurried = settings(deadline=None, max_examples=60)


def described(features, labels, **changes):
    table = describe_segments(pd.DataFrame(features), labels, **changes)
    return table.set_index("segment_number")


@pytest.fixture
def contacts():
    """600 customers: online users, callers, and the rest; one column says nothing."""
    generator = np.random.default_rng(8)
    labels = generator.permutation(np.repeat([1, 2, 3], [60, 180, 360]))
    return pd.DataFrame(
        {
            "online_visits": np.where(
                labels == 1, generator.integers(10, 16, 600), generator.integers(0, 10, 600)
            ),
            "calls": np.where(
                labels == 2, generator.integers(5, 11, 600), generator.integers(0, 5, 600)
            ),
            "noise": generator.normal(size=600),
        }
    ), labels


def test_planted_rules_are_found_in_words(contacts):
    table = described(*contacts)
    assert table["rule"].to_dict() == {
        1: "online visits above 9",
        2: "calls above 4",
        3: "calls at most 4 and online visits at most 9",
    }
    assert (table[["fidelity", "coverage"]] == 1.0).all(axis=None)


def test_columns_are_called_as_the_caller_wants(contacts):
    table = described(*contacts, labels_of={"calls": "calls to the bank"})
    assert table["rule"][2] == "calls to the bank above 4"
    assert table["rule"][1] == "online visits above 9"


def test_fidelity_is_f1_by_hand():
    # Of the 10 members 8 are above 5, beside 2 others: precision and coverage 0.8.
    calls = [9.0] * 8 + [1.0] * 2 + [9.0] * 2 + [1.0] * 28
    labels = [1] * 10 + [2] * 30
    table = described({"calls": calls}, labels, minimum_fidelity=0.0)
    assert table["rule"].to_dict() == {1: "calls equal to 9", 2: "calls equal to 1"}
    assert table["fidelity"][1] == pytest.approx(0.8)
    assert table["coverage"][1] == pytest.approx(0.8)
    # The others: 28 of 30 covered, 28 of 30 right.
    assert table["fidelity"][2] == pytest.approx(28 / 30)


def test_a_rule_that_is_not_true_enough_is_not_printed():
    generator = np.random.default_rng(1)
    features = {"noise": generator.normal(size=500)}
    labels = generator.integers(1, 4, size=500)
    table = described(features, labels)
    assert (table["rule"] == "no short rule").all()
    assert (table["fidelity"] < 0.85).all()
    loose = described(features, labels, minimum_fidelity=0.0)
    pd.testing.assert_series_equal(loose["fidelity"], table["fidelity"])
    assert (loose["rule"] != "no short rule").any()


def test_a_small_segment_has_its_rule_beside_large_ones():
    generator = np.random.default_rng(2)
    labels = np.repeat([1, 2, 3, 4, 5, 6], [400, 400, 400, 400, 400, 40])
    columns = {
        f"use_{one}": np.where(labels == one, 20.0, 0.0) + generator.normal(0, 2, 2040)
        for one in range(1, 7)
    }
    table = described(columns, labels)
    assert table["rule"].str.startswith("use ").all()
    assert table["rule"][6].startswith("use 6 above ")
    assert table["fidelity"].min() > 0.97


def test_two_leaves_are_joined_by_or():
    generator = np.random.default_rng(3)
    visits, calls = generator.integers(0, 20, size=(2, 1000))
    labels = np.where((visits > 14) | ((visits < 8) & (calls > 12)), 1, 2)
    table = described({"visits": visits, "calls": calls}, labels)
    leaves = [set(leaf.split(" and ")) for leaf in table["rule"][1].split(", or ")]
    assert sorted(leaves, key=len) == [{"visits above 14"}, {"visits at most 7", "calls above 12"}]
    assert table["fidelity"][1] == 1.0


def test_splits_that_change_no_segment_leave_no_words():
    generator = np.random.default_rng(9)
    calls, noise = generator.normal(size=(2, 1000))
    labels = np.where((calls > 0) ^ (generator.random(1000) < 0.1), 1, 2)
    table = described({"calls": calls, "noise": noise}, labels)
    assert table["rule"].str.fullmatch(r"calls (above|at most) -?[0-9.]+").all()


def test_a_range_of_one_column_is_written_as_one_condition():
    calls = np.arange(1000) % 40
    labels = np.where((calls > 9) & (calls <= 29), 1, 2)
    assert described({"calls": calls}, labels)["rule"][1] == "calls above 9 and at most 29"


def test_no_rule_has_more_conditions_than_the_depth_and_more_than_two_leaves(contacts):
    features, labels = contacts
    generator = np.random.default_rng(4)
    for depth in (1, 2, 3):
        noisy = np.where(generator.random(600) < 0.2, generator.integers(1, 4, 600), labels)
        table = described(features, noisy, maximum_depth=depth, minimum_fidelity=0.0)
        for rule in table["rule"]:
            leaves = rule.split(", or ")
            assert len(leaves) <= 2
            assert all(len(leaf.split(" and ")) <= depth for leaf in leaves)


def test_numbers_are_readable_and_fidelity_is_that_of_the_printed_rule():
    generator = np.random.default_rng(5)
    limit = generator.lognormal(9, 1, size=3000)
    labels = np.where(limit > 12_345.678, 1, 2)
    table = described({"limit": limit}, labels)
    printed = float(table["rule"][1].removeprefix("limit above ").replace(",", ""))
    assert table["rule"][1] == f"limit above {printed:,.0f}"
    assert printed % 100 == 0
    fits = limit > printed
    both = (fits & (labels == 1)).sum()
    assert table["fidelity"][1] == pytest.approx(2 * both / (fits.sum() + (labels == 1).sum()))
    assert table["coverage"][1] == pytest.approx(both / (labels == 1).sum())


def test_the_zero_of_an_amount_is_told_from_small_amounts():
    generator = np.random.default_rng(6)
    cash = np.where(np.arange(800) < 500, 0.0, generator.uniform(0.02, 900.0, 800))
    table = described({"cash_advance": cash}, np.where(cash > 0, 1, 2))
    assert table["rule"].to_dict() == {1: "cash advance above 0", 2: "cash advance equal to 0"}


def test_large_amounts_are_kept_apart():
    # In single precision, in which the tree works, these are one value, and the last infinite.
    amount = np.array([1e9, 1e9 + 1, 1e9 + 2, 1e300] * 10)
    table = described({"amount": amount}, np.where(amount > 1e9, 1, 2))
    assert table["rule"][2] == "amount equal to 1,000,000,000"
    assert table["fidelity"].tolist() == [1.0, 1.0]


def test_a_missing_value_counts_as_the_median():
    calls = np.array([1.0, 2.0, 3.0, 11.0, 12.0, np.nan])
    table = described({"calls": calls, "empty": [np.nan] * 6}, [1, 1, 1, 2, 2, 1])
    assert table["fidelity"].tolist() == [1.0, 1.0]
    assert table["rule"].str.startswith("calls ").all()


@pytest.mark.parametrize(
    "features",
    [{"constant": [3.0] * 6}, {"empty": [np.nan] * 6}, {"a": [3.0] * 6, "b": [np.nan] * 6}],
)
def test_features_that_tell_nobody_apart_give_no_rule(features):
    table = described(features, [1, 1, 1, 2, 2, 2], minimum_fidelity=0.0)
    assert table["rule"].tolist() == ["no short rule"] * 2
    assert (table[["fidelity", "coverage"]] == 0.0).all(axis=None)


def test_one_segment_is_all_customers():
    table = describe_segments(pd.DataFrame({"calls": [1, 2]}), [4, 4])
    assert table.to_dict("records") == [
        {"segment_number": 4, "rule": "all customers", "fidelity": 1.0, "coverage": 1.0}
    ]


def test_as_many_segments_as_customers():
    table = described({"calls": [1, 2, 3]}, [1, 2, 3])
    assert table["rule"].tolist() == ["calls equal to 1", "calls equal to 2", "calls equal to 3"]


def test_a_run_repeats_and_shuffled_customers_change_nothing(contacts):
    features, labels = contacts
    # Copies of a column make equally good splits.
    features = features.assign(**{f"copy_{one}": features["calls"] * one for one in range(2, 9)})
    first = describe_segments(features, labels)
    pd.testing.assert_frame_equal(first, describe_segments(features, labels), check_exact=True)
    order = np.random.default_rng(1).permutation(600)
    shuffled = describe_segments(features.iloc[order], labels[order])
    pd.testing.assert_frame_equal(first, shuffled, check_exact=True)


BOUNDS = st.tuples(*[st.floats(-1e12, 1e12)] * 2).filter(lambda pair: pair[0] < pair[1])


@unhurried
@given(BOUNDS)
@example((-5e-324, 0.0))
def test_a_readable_threshold_parts_the_two_sides(bounds):
    below, above = bounds
    threshold = readable_threshold(below, above)
    assert below <= threshold < above


@pytest.mark.parametrize(
    ("below", "above", "threshold"),
    [
        (9.0, 10.0, 9.0),
        (0.2834, 0.3011, 0.3),
        (0.2834, 0.2983, 0.29),
        (12_300.0, 12_399.0, 12_300.0),
        (-20.0, -10.0, -20.0),
        (0.1, 0.1000001, 0.1),
        (1e-9, 2e-9, 1e-9),
        (-5.0, 5.0, 0.0),
    ],
)
def test_readable_thresholds(below, above, threshold):
    assert readable_threshold(below, above) == threshold


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: describe_segments(pd.DataFrame({"a": []}), []), "there are no customers"),
        (lambda: describe_segments(pd.DataFrame(index=[0]), [1]), "there are no features"),
        (lambda: describe_segments(pd.DataFrame({"a": ["x"]}), [1]), "'a' must hold numbers"),
        (lambda: describe_segments(pd.DataFrame({"a": [np.inf]}), [1]), "'a' is infinite"),
        (lambda: describe_segments(pd.DataFrame({"a": [1]}), [1, 2]), "2 labels for 1 customers"),
        (lambda: describe_segments(pd.DataFrame({"a": [1]}), [np.nan]), "whole numbers"),
        (lambda: describe_segments(pd.DataFrame({"a": [1]}), [1], 0), "at least 1"),
        (lambda: describe_segments(pd.DataFrame({"a": [1]}), [1], 3, 1.5), "0 to 1"),
        (
            lambda: describe_segments(pd.DataFrame([[1, 2]], columns=["a", "a"]), [1]),
            "stands twice",
        ),
    ],
)
def test_faults_are_said_in_one_sentence(call, message):
    with pytest.raises(FeaturesError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.real_data
@pytest.mark.usefixtures("one_thread")
def test_the_relationship_segments_have_short_true_rules(real_data):
    frame = pd.read_csv(real_data / "alllife" / "Credit Card Customer Data.csv")
    names = frame.columns[2:].tolist()
    specification = Specification.from_mapping("real", {"key": "Sl_No", "features": names})
    sample = read_sample(frame, specification)
    matrix = fit_preparation(sample, specification).standardised(sample.matrix)
    _, labels = k_means(matrix, 3, seed=1)

    raw = pd.DataFrame(sample.matrix, columns=names)
    table = describe_segments(raw, labels)

    assert (table["fidelity"] > 0.97).all()
    assert (table["rule"].str.count(" and | or ") <= 2).all()
    small = table.iloc[np.bincount(labels).argmin()]
    assert small["rule"] == "Total visits online above 5"
