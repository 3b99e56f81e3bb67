"""Settings are read with their defaults, and every wrong one is refused in one sentence."""

import re

import pytest

from card_segments.segmentation import Feature, Specification, SpecificationError

FULL = {
    "key": "cardholder_id",
    "value": "purchases_amount",
    "features": [
        {
            "name": "balance_amount",
            "transform": "log1p",
            "weight": 2,
            "winsorise": [0.0, 0.99],
            "impute": "median",
        },
        "credit_limit_amount",
    ],
    "segments": {"minimum": 2, "maximum": 5},
    "thresholds": {"jaccard": 0.6, "separation_z": 4},
    "resamples": 60,
    "null_draws": 30,
    "seed": 1,
    "sample_size": 1000,
    "publish": ["natural", "reproducible"],
    "profile": ["anything", {"goes": "here"}],
    "description": "Not interpreted.",
}


def test_all_settings_are_read():
    specification = Specification.from_mapping("card_usage", FULL)

    assert specification.features == (
        Feature("balance_amount", "log1p", 2.0, (0.0, 0.99), "median"),
        Feature("credit_limit_amount", "identity", 1.0, None, "median"),
    )
    assert list(specification.segments) == [2, 3, 4, 5]
    assert specification.thresholds.jaccard == 0.6
    assert specification.thresholds.separation_z == 4.0
    assert specification.thresholds.prediction_strength == 0.80
    assert specification.publish == ("natural", "reproducible")
    assert specification.profile == FULL["profile"]
    assert (specification.resamples, specification.null_draws) == (60, 30)


def test_defaults_are_those_of_the_design():
    specification = Specification.from_mapping("card_usage", {"key": "id", "features": ["one"]})

    assert list(specification.segments) == [3, 4, 5, 6]
    assert vars(specification.thresholds) == {
        "jaccard": 0.75,
        "prediction_strength": 0.80,
        "separation_z": 3.0,
        "smallest_share": 0.02,
        "largest_share": 0.75,
    }
    assert specification.sample_size == 50_000
    assert specification.publish == ("natural",)


def test_rewording_changes_no_model_but_a_weight_does():
    text = Specification.from_mapping("card_usage", FULL).canonical_text()
    reworded = FULL | {"description": "Other words.", "profile": []}
    reweighted = FULL | {"features": ["balance_amount", "credit_limit_amount"]}

    assert Specification.from_mapping("card_usage", reworded).canonical_text() == text
    assert Specification.from_mapping("card_usage", reweighted).canonical_text() != text


def test_second_opinions_change_no_model_but_a_block_does():
    plain = Specification.from_mapping("x", {"key": "id", "features": ["a", "b"]})
    # Written out, because a change of this text is a new version of every published model.
    assert plain.canonical_text() == (
        '{"features": [{"impute": "median", "name": "a", "transform": "identity", "weight": 1.0, '
        '"winsorise": null}, {"impute": "median", "name": "b", "transform": "identity", '
        '"weight": 1.0, "winsorise": null}], "key": "id", "name": "x", "null_draws": 20, '
        '"publish": ["natural"], "resamples": 50, "seed": 20240501, "segments": {"maximum": 6, '
        '"minimum": 3}, "thresholds": {"jaccard": 0.75, "largest_share": 0.75, '
        '"prediction_strength": 0.8, "separation_z": 3.0, "smallest_share": 0.02}, "value": null}'
    )
    more = {"algorithms": ["ward"], "baseline": {"feature": "a", "quantiles": 3}}
    other = Specification.from_mapping("x", {"key": "id", "features": ["a", "b"], **more})
    assert other.canonical_text() == plain.canonical_text()
    features = ["b", {"name": "a", "block": "one"}]
    blocks = [
        Specification.from_mapping(
            "x", {"key": "id", "features": features, "blocks": {"one": weight}}
        ).canonical_text()
        for weight in (1.0, 2.0)
    ]
    assert len({plain.canonical_text(), *blocks}) == 3


def test_k_means_is_always_among_the_algorithms():
    for given, expected in (
        (["ward"], ("k_means", "ward")),
        ("hdbscan", ("k_means", "hdbscan")),
        ([], ("k_means",)),
        (["ward", "gaussian_mixture", "k_means"], ("k_means", "gaussian_mixture", "ward")),
    ):
        settings = {"key": "id", "features": ["a"], "algorithms": given}
        assert Specification.from_mapping("x", settings).algorithms == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"treshold": {}}, "unknown setting 'treshold'; did you mean 'thresholds'?"),
        ({"zzz": 1}, "unknown setting 'zzz'; known are key, features,"),
        ({"name": "other"}, "unknown setting 'name'"),
        ({"key": None}, "the setting 'key' is missing"),
        ({"key": 7}, "'key' is 7; give the name of a column"),
        ({"value": ""}, "'value' is ''"),
        ({"features": None}, "the setting 'features' is missing"),
        ({"features": []}, "'features' is empty"),
        ({"features": "balance"}, "'features' is 'balance'; give a list"),
        ({"features": ["a", "a"]}, "lists a more than once"),
        ({"features": ["cardholder_id"]}, "the key 'cardholder_id' is also listed"),
        ({"features": [3]}, "an entry of 'features' is 3"),
        ({"features": [{"transform": "log1p"}]}, "'name of a feature' is None"),
        ({"features": [{"name": "a", "wieght": 1}]}, "did you mean 'weight'?"),
        ({"features": [{"name": "a", "transform": "log"}]}, "choose one of identity, log1p"),
        ({"features": [{"name": "a", "impute": "mean"}]}, "only 'median' is known"),
        ({"features": [{"name": "a", "weight": 0}]}, "'weight' of the feature 'a' is 0"),
        ({"features": [{"name": "a", "weight": -1}]}, "a number and at least 0"),
        ({"features": [{"name": "a", "weight": True}]}, "is True; give a number"),
        ({"features": [{"name": "a", "winsorise": 0.99}]}, "give two quantiles"),
        ({"features": [{"name": "a", "winsorise": [0.9, 0.1]}]}, "two rising quantiles"),
        ({"features": [{"name": "a", "winsorise": [0, 99]}]}, "at least 0 and at most 1"),
        ({"segments": {"minimum": 1}}, "'segments minimum' is 1; give a whole number of at least"),
        ({"segments": {"minimum": 7}}, "runs from 7 to 6"),
        ({"segments": {"max": 7}}, "did you mean 'maximum'?"),
        ({"segments": 4}, "'segments' is 4; write it as names with values"),
        ({"thresholds": {"jacard": 0.5}}, "did you mean 'jaccard'?"),
        ({"thresholds": {"jaccard": 75}}, "'threshold jaccard' is 75"),
        ({"thresholds": {"separation_z": float("nan")}}, "'threshold separation_z' is nan"),
        ({"resamples": 1}, "'resamples' is 1; give a whole number of at least 2"),
        ({"null_draws": 2.5}, "'null_draws' is 2.5"),
        ({"seed": -1}, "'seed' is -1"),
        ({"seed": "1"}, "'seed' is '1'"),
        ({"sample_size": True}, "'sample_size' is True"),
        ({"publish": ["natural", "unstable"]}, "is never published"),
        ({"publish": ["naturel"]}, "'publish' names 'naturel'; choose from"),
        ({"publish": ["reproducible"]}, "it must name 'natural'"),
        ({"publish": 3}, "'publish' is 3; give a list"),
        ({"algorithms": ["wards"]}, "unknown algorithm 'wards'; did you mean 'ward'?"),
        ({"algorithms": 3}, "'algorithms' is 3; give a list"),
        ({"blocks": {"pay": 1}}, "no feature is in the block 'pay'"),
        ({"blocks": 2}, "'blocks' is 2; write it as names with values"),
        (
            {"features": [{"name": "a", "block": "payments"}], "blocks": {"payment": 1}},
            "the feature 'a' is in the unknown block 'payments'; did you mean 'payment'?",
        ),
        ({"features": [{"name": "a", "block": "pay"}]}, "give its weight under 'blocks'"),
        ({"features": [{"name": "a", "block": 1}]}, "give the name of a block as text"),
        (
            {"features": [{"name": "a", "block": "pay"}], "blocks": {"pay": 0}},
            "the weight of the block 'pay' is 0",
        ),
        (
            {"features": [{"name": "a", "block": "pay"}], "blocks": {"pay": -1}},
            "'weight of the block pay' is -1",
        ),
        ({"baseline": "a"}, "'baseline' is 'a'; write it as names with values"),
        ({"baseline": {"column": "a"}}, "unknown setting of 'baseline' 'column'"),
        ({"baseline": {"quantiles": 3}}, "either 'feature' with one column or 'features'"),
        ({"baseline": {"feature": "zzz"}}, "'zzz', which is neither a feature nor the value"),
        ({"baseline": {"feature": "balance"}}, "did you mean 'balance_amount'?"),
        ({"baseline": {"features": []}}, "'features' of 'baseline' is []; list each column once"),
        ({"baseline": {"features": "balance_amount"}}, "give a list of columns"),
        (
            {"baseline": {"feature": "balance_amount", "quantiles": 1}},
            "'quantiles of 'baseline'' is 1; give a whole number of at least 2",
        ),
        (
            {"baseline": {"feature": "balance_amount", "quantiles": 1001}},
            "more than 1000 cells; name fewer",
        ),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(changes, message):
    with pytest.raises(SpecificationError, match=re.escape(message)) as caught:
        Specification.from_mapping("card_usage", FULL | changes)
    assert str(caught.value).startswith("card_usage: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", None])
def test_a_segmentation_needs_a_name(name):
    with pytest.raises(SpecificationError, match="needs a name"):
        Specification.from_mapping(name, FULL)


def test_settings_must_be_a_mapping():
    with pytest.raises(SpecificationError, match="the specification is None"):
        Specification.from_mapping("card_usage", None)
