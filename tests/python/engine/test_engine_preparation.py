"""The preparation against hand-computed figures, and every trap in the data in words."""

import math
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import PowerTransformer

from card_segments.segmentation import FeaturePreparation, FeaturesError, Specification
from card_segments.segmentation.preparation import (
    fit_preparation,
    read_sample,
    round_significant,
    sample_fingerprint,
)


def specification(*features, **changes):
    """Return a specification of these features with the key `id`."""
    settings = {"key": "id", "features": list(features), **changes}
    return Specification.from_mapping("prepared", settings)


def prepared(frame, *features):
    """Return the sample and the preparation of a frame."""
    wanted = specification(*features)
    sample = read_sample(frame, wanted)
    return sample, fit_preparation(sample, wanted)


def test_impute_clip_transform_and_standardise_by_hand():
    frame = pd.DataFrame({"id": [1, 2, 3, 4, 5], "x": [0.0, 1.0, np.nan, 3.0, 100.0]})
    feature = {"name": "x", "transform": "log1p", "winsorise": [0.0, 0.75]}

    sample, preparation = prepared(frame, feature)
    fitted = preparation.features[0]

    # Observed 0, 1, 3, 100: median 2; the 0.75 quantile is 3 + 0.25 * 97 = 27.25.
    assert fitted.median == 2.0
    assert math.isnan(fitted.lower)
    assert fitted.upper == 27.25
    logarithms = np.log([1.0, 2.0, 3.0, 4.0, 28.25])
    assert fitted.mean == pytest.approx(logarithms.mean(), rel=1e-8)
    assert fitted.standard_deviation == pytest.approx(logarithms.std(), rel=1e-8)
    expected = (logarithms - fitted.mean) / fitted.standard_deviation
    np.testing.assert_array_equal(preparation.standardised(sample.matrix)[:, 0], expected)


def test_the_lower_bound_is_a_quantile_of_the_observed_values():
    frame = pd.DataFrame({"id": range(5), "x": [0.0, 10.0, 20.0, 30.0, 40.0]})

    _, preparation = prepared(frame, {"name": "x", "winsorise": [0.25, 1.0]})

    assert preparation.features[0].lower == 10.0
    assert math.isnan(preparation.features[0].upper)


def test_signed_log1p_by_hand():
    frame = pd.DataFrame({"id": [1, 2, 3], "x": [-3.0, 0.0, 1.0]})

    _, preparation = prepared(frame, {"name": "x", "transform": "signed_log1p"})

    assert preparation.features[0].mean == pytest.approx((-math.log(4) + math.log(2)) / 3)


def test_yeo_johnson_agrees_with_scikit_learn():
    generator = np.random.default_rng(3)
    values = np.concatenate([np.exp(generator.normal(size=200)), -generator.random(100)])
    frame = pd.DataFrame({"id": range(300), "x": values})

    sample, preparation = prepared(frame, {"name": "x", "transform": "yeo_johnson"})

    transformer = PowerTransformer("yeo-johnson")
    expected = transformer.fit_transform(sample.matrix)[:, 0]
    assert preparation.features[0].lambda_ == pytest.approx(transformer.lambdas_[0], abs=1e-4)
    np.testing.assert_allclose(
        preparation.standardised(sample.matrix)[:, 0], expected, rtol=0, atol=1e-3
    )


@pytest.mark.parametrize(
    ("lambda_", "expected"),
    [
        (0.0, [-(3.0**2 - 1) / 2, math.log(3.0)]),
        (2.0, [-math.log(3.0), (3.0**2 - 1) / 2]),
        (1.0, [-2.0, 2.0]),
    ],
)
def test_yeo_johnson_at_its_special_lambdas(lambda_, expected):
    feature = FeaturePreparation(
        "x", "yeo_johnson", 0.0, np.nan, np.nan, lambda_, 0.0, 1.0, weight=1.0
    )
    np.testing.assert_allclose(feature.transformed(np.array([-2.0, 2.0])), expected)


def test_parameters_have_nine_significant_digits():
    generator = np.random.default_rng(5)
    frame = pd.DataFrame({"id": range(50), "x": generator.random(50) * 1e7})

    _, preparation = prepared(frame, {"name": "x", "winsorise": [0.1, 0.9]})

    fitted = preparation.features[0]
    for parameter in ("median", "lower", "upper", "mean", "standard_deviation"):
        value = getattr(fitted, parameter)
        assert float(f"{value:.9g}") == value, parameter


def test_rounding_keeps_signs_zeros_and_nan():
    rounded = round_significant([-1234.567890123, -0.0, np.nan])
    assert rounded[0] == -1234.56789
    assert math.copysign(1.0, rounded[1]) == 1.0
    assert math.isnan(rounded[2])


@pytest.mark.parametrize(
    ("column", "feature", "note"),
    [
        ([7.0] * 4, "x", "constant"),
        ([1e9, 1e9 + 1, 1e9 - 1, 1e9], "x", "constant"),
        ([np.nan] * 4, "x", "no value in any row"),
        ([None] * 4, "x", "no value in any row"),
        ([1e308, -1e308, 1e308, -1e308], "x", "not finite"),
        ([0.0, 0.0, 0.0, 90.0], {"name": "x", "winsorise": [0.0, 0.5]}, "constant"),
    ],
)
def test_a_feature_that_says_nothing_is_dropped_with_harmless_parameters(column, feature, note):
    frame = pd.DataFrame({"id": range(4), "x": column, "y": [1.0, 5.0, 2.0, 9.0]})

    sample, preparation = prepared(frame, feature, "y")
    dropped = preparation.features[0]

    assert note in dropped.note
    assert (dropped.weight, dropped.mean, dropped.standard_deviation) == (0.0, 0.0, 1.0)
    assert dropped.transform == "identity"
    assert math.isfinite(dropped.median)
    assert preparation.kept.tolist() == [1]
    assert not preparation.standardised(sample.matrix)[:, 0].any()


def test_a_repeated_feature_is_dropped_for_the_earlier_one():
    generator = np.random.default_rng(2)
    first = generator.normal(size=100)
    frame = pd.DataFrame(
        {
            "id": range(100),
            "first": first,
            "mirrored": 5.0 - 2.0 * first,
            "alike": first + 0.2 * generator.normal(size=100),
        }
    )

    _, preparation = prepared(frame, "first", "mirrored", "alike")

    assert preparation.features[1].note == "dropped: repeats 'first' (correlation -1.0000)"
    assert preparation.kept.tolist() == [0, 2]
    assert preparation.features[0].note is None
    assert preparation.features[2].note.startswith("kept: close to 'first' (correlation 0.9")


def test_rows_are_sorted_by_the_key_as_text_whatever_its_type():
    values = [5.0, 6.0, 7.0]
    numbers = pd.DataFrame({"id": [10, 9, 100], "x": values})
    texts = numbers.assign(id=["10", "9", "100"])
    floats = numbers.assign(id=[10.0, 9.0, 100.0])

    for frame in (numbers, texts, floats):
        sample = read_sample(frame, specification("x"))
        assert sample.keys.tolist() == ["10", "100", "9"]
        assert sample.matrix[:, 0].tolist() == [5.0, 7.0, 6.0]


def test_numbers_are_read_from_every_type_a_database_hands_over():
    frame = pd.DataFrame(
        {
            "id": [1, 2, 3],
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "decimal": pd.Series([Decimal("1.5"), None, Decimal("2")], dtype=object),
            "flag": [True, False, True],
        }
    )

    matrix = read_sample(frame, specification("nullable", "decimal", "flag")).matrix

    np.testing.assert_array_equal(matrix[:, 0], [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(matrix[:, 1], [1.5, np.nan, 2.0])
    np.testing.assert_array_equal(matrix[:, 2], [1.0, 0.0, 1.0])


GOOD = {"id": ["a", "b", "c"], "balance": [1.0, 2.0, 3.0], "spend": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"balance": [1.0, np.inf, -np.inf]}, "'balance' is infinite for 2 customers (keys b, c)"),
        ({"balance": ["1", "2", "x"]}, "'balance' must hold numbers, but the customer with key a"),
        ({"id": ["b", "a", "b"]}, "the key 'id' must be unique, but 1 values occur more than once"),
        ({"id": ["a", None, "c"]}, "the key 'id' is missing in 1 rows"),
        ({"spend": [1.0, np.inf, 2.0]}, "'spend' is infinite for 1 customers (keys b)"),
    ],
)
def test_a_frame_at_fault_is_refused_in_one_sentence(changes, message):
    frame = pd.DataFrame(GOOD | changes)
    with pytest.raises(FeaturesError, match=re.escape(message)) as caught:
        read_sample(frame, specification("balance", value="spend"))
    assert str(caught.value).startswith("prepared: ")


def test_a_missing_column_is_named_with_the_nearest():
    frame = pd.DataFrame(GOOD).rename(columns={"balance": "balanse"})
    with pytest.raises(FeaturesError, match="no column 'balance' .the nearest is 'balanse'"):
        read_sample(frame, specification("balance"))


def test_a_column_that_stands_twice_is_refused():
    frame = pd.DataFrame([["a", 1.0, 2.0]], columns=["id", "balance", "balance"])
    with pytest.raises(FeaturesError, match="the column 'balance' more than once"):
        read_sample(frame, specification("balance"))


def test_more_rows_than_the_sample_size_are_refused():
    with pytest.raises(FeaturesError, match="have 3 rows, more than the 'sample_size' of 2"):
        read_sample(pd.DataFrame(GOOD), specification("balance", sample_size=2))


def test_a_negative_number_under_log1p_is_refused_and_the_cure_named():
    frame = pd.DataFrame(GOOD | {"balance": [1.0, -2.0, 3.0]})
    with pytest.raises(FeaturesError, match=r"'balance' is below zero.*keys b.*signed_log1p"):
        prepared(frame, {"name": "balance", "transform": "log1p"})


def test_a_negative_number_that_is_clipped_away_is_no_error():
    frame = pd.DataFrame({"id": range(5), "x": [-9.0, 0.0, 1.0, 2.0, 3.0]})
    _, preparation = prepared(frame, {"name": "x", "transform": "log1p", "winsorise": [0.25, 1.0]})
    assert preparation.features[0].note is None


def test_the_fingerprint_follows_the_content_and_nothing_else():
    wanted = specification("balance", "spend")

    def fingerprint(frame, specified=wanted):
        return sample_fingerprint(read_sample(frame, specified), specified)

    frame = pd.DataFrame(GOOD)
    same = fingerprint(frame)
    assert re.fullmatch("[0-9a-f]{64}", same)
    assert fingerprint(frame.iloc[::-1]) == same
    assert fingerprint(frame.assign(spend=[1, 2, 3])) == same
    assert fingerprint(frame.assign(spend=[1.0, 2.0, np.nan])) != same
    assert fingerprint(frame.assign(id=["a", "b", "d"])) != same
    assert fingerprint(frame, specification("balance", "spend", seed=1)) != same


def test_a_feature_without_spread_in_the_middle_is_dropped_and_says_how_many_are_equal():
    rare = np.where(np.arange(1_000) < 5, 7.0, 0.0)
    frequent = np.where(np.arange(1_000) < 50, 7.0, 0.0)
    frame = pd.DataFrame({"id": range(1_000), "rare": rare, "frequent": frequent})

    _, preparation = prepared(frame, {"name": "rare", "transform": "log1p"}, "frequent")

    assert preparation.features[0].note == (
        "dropped: no spread in the middle 98 % (99.5% have one value)"
    )
    assert preparation.kept.tolist() == [1]


def test_the_features_of_a_block_share_its_weight():
    generator = np.random.default_rng(9)
    names = ["cash", "card", "cheque", "income", "own"]
    frame = pd.DataFrame(generator.normal(size=(200, 5)), columns=names)
    frame = frame.assign(id=range(200), empty=np.nan)
    wanted = specification(
        *[{"name": one, "block": "payment"} for one in ("cash", "card", "empty")],
        {"name": "cheque", "block": "payment", "weight": 2.0},
        {"name": "income", "block": "amount"},
        {"name": "own", "weight": 1.5},
        blocks={"payment": 1.0, "amount": 0.5},
    )
    preparation = fit_preparation(read_sample(frame, wanted), wanted)

    # Three of the block's four features are kept; the empty one takes no part of the weight.
    third = float(f"{1 / 3:.9g}")
    assert preparation.weights.tolist() == [third, third, 0.0, float(f"{2 / 3:.9g}"), 0.5, 1.5]


def test_the_one_kept_feature_of_a_block_has_its_whole_weight():
    frame = pd.DataFrame({"id": range(9), "x": range(9), "y": range(9)})
    wanted = specification(
        {"name": "x", "block": "pair"}, {"name": "y", "block": "pair"}, blocks={"pair": 3.0}
    )
    preparation = fit_preparation(read_sample(frame, wanted), wanted)
    assert preparation.weights.tolist() == [3.0, 0.0]
    assert preparation.features[1].note.startswith("dropped: repeats 'x'")
