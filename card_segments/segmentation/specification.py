"""What one segmentation is: its features, range of segments and thresholds, checked on entry."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

TRANSFORMS = ("identity", "log1p", "signed_log1p", "yeo_johnson")
ALGORITHMS = ("k_means", "gaussian_mixture", "ward", "hdbscan", "baseline")
MOST_BASELINE_CELLS = 1_000
VERDICTS = ("natural", "reproducible", "unstable")
PUBLISHABLE_VERDICTS = ("natural", "reproducible")


class SpecificationError(ValueError):
    """Settings that cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Feature:
    """One column that the segments are made of.

    Parameters
    ----------
    name : str
        Column of the features frame.
    transform : {"identity", "log1p", "signed_log1p", "yeo_johnson"}
        Applied after imputing and winsorising, before standardising.
    weight : float
        Factor of the squared difference in the distance; above 0.
    winsorise : tuple of two floats or None
        Quantiles (0..1) of the observed values to clip to; 0 and 1 leave their side open.
    impute : {"median"}
        What stands in for a missing value.
    block : str or None
        The block of features that it shares a weight with.
    """

    name: str
    transform: str = "identity"
    weight: float = 1.0
    winsorise: tuple[float, float] | None = None
    impute: str = "median"
    block: str | None = None


@dataclass(frozen=True)
class SegmentRange:
    """The numbers of segments to try, both ends included."""

    minimum: int = 3
    maximum: int = 6

    def __iter__(self):
        """Iterate over the numbers of segments, fewest first."""
        return iter(range(self.minimum, self.maximum + 1))


@dataclass(frozen=True)
class Thresholds:
    """What a candidate must reach to be eligible (docs/method.md)."""

    jaccard: float = 0.75
    prediction_strength: float = 0.80
    separation_z: float = 3.0
    smallest_share: float = 0.02
    largest_share: float = 0.75


@dataclass(frozen=True)
class Baseline:
    """The rule that segments are compared with: cells of quantiles.

    Parameters
    ----------
    features : tuple of str
        Features, or the value column.
    quantiles : int
        Groups per feature: 4 of one feature are quartiles, 2 of three features eight cells.
    """

    features: tuple[str, ...]
    quantiles: int


@dataclass(frozen=True)
class Specification:
    """One segmentation, as its few lines of YAML say it.

    Build it with :meth:`from_mapping`, which checks every setting.

    Examples
    --------
    >>> specification = Specification.from_mapping(
    ...     "card_usage", {"key": "cardholder_id", "features": ["balance", "credit_limit"]}
    ... )
    >>> [feature.name for feature in specification.features], list(specification.segments)
    (['balance', 'credit_limit'], [3, 4, 5, 6])
    >>> Specification.from_mapping("card_usage", {"key": "id", "feature": ["balance"]})
    Traceback (most recent call last):
    ...
    card_segments.segmentation.specification.SpecificationError: card_usage: unknown setting \
'feature'; did you mean 'features'?
    """

    name: str
    key: str
    features: tuple[Feature, ...]
    value: str | None = None
    segments: SegmentRange = field(default_factory=SegmentRange)
    thresholds: Thresholds = field(default_factory=Thresholds)
    resamples: int = 50
    null_draws: int = 20
    seed: int = 20240501
    sample_size: int = 50_000
    publish: tuple[str, ...] = ("natural",)
    blocks: Mapping[str, float] = field(default_factory=dict)
    algorithms: tuple[str, ...] = ALGORITHMS
    baseline: Baseline | None = None
    profile: Any = None
    description: Any = None

    @classmethod
    def from_mapping(cls, name: str, settings: Mapping[str, Any]) -> Specification:
        """Read and check the settings of the segmentation `name`.

        Parameters
        ----------
        name : str
            Name of the segmentation; begins every message.
        settings : mapping
            Settings as in YAML: `key` and `features` are required, all others have defaults.
            `profile` and `description` belong to SQL: kept and not interpreted.

        Raises
        ------
        SpecificationError
            In one sentence that names the segmentation, the setting and the cure.
        """
        if not isinstance(name, str) or not name.strip():
            raise SpecificationError("a segmentation needs a name: give it as text, not empty.")
        settings = _mapping(name, "the specification", settings)
        _check_names(name, "setting", settings, [setting.name for setting in fields(cls)][1:])
        for required in ("key", "features"):
            if settings.get(required) is None:
                raise SpecificationError(f"{name}: the setting '{required}' is missing; add it.")

        given = dict(settings)
        given["key"] = _text(name, "key", settings["key"])
        given["features"] = _features(name, settings["features"])
        if settings.get("value") is not None:
            given["value"] = _text(name, "value", settings["value"])
        given["segments"] = _segment_range(name, settings.get("segments", {}))
        given["thresholds"] = _thresholds(name, settings.get("thresholds", {}))
        for setting, lowest in (("resamples", 2), ("null_draws", 2), ("sample_size", 2)):
            if setting in settings:
                given[setting] = _whole(name, setting, settings[setting], lowest)
        if "seed" in settings:
            given["seed"] = _whole(name, "seed", settings["seed"], 0)
        if "publish" in settings:
            given["publish"] = _publish(name, settings["publish"])
        given["blocks"] = _blocks(name, settings.get("blocks", {}), given["features"])
        if "algorithms" in settings:
            given["algorithms"] = _algorithms(name, settings["algorithms"])
        if settings.get("baseline") is not None:
            columns = [feature.name for feature in given["features"]]
            columns += [given["value"]] if given.get("value") else []
            given["baseline"] = _baseline(name, settings["baseline"], columns)

        specification = cls(name=name, **given)
        if specification.key in [feature.name for feature in specification.features]:
            raise SpecificationError(
                f"{name}: the key '{specification.key}' is also listed under 'features'; remove it."
            )
        return specification

    def canonical_text(self) -> str:
        """Return what decides the fit as text that is the same for equal settings.

        `profile` and `description` are left out, because rewording them changes no model, and so
        are `algorithms` and `baseline`, because second opinions change none either.
        """
        content = {
            "name": self.name,
            "key": self.key,
            "value": self.value,
            "features": [_described(feature) for feature in self.features],
            "segments": vars(self.segments),
            "thresholds": vars(self.thresholds),
            "resamples": self.resamples,
            "null_draws": self.null_draws,
            "seed": self.seed,
            "publish": sorted(self.publish),
        }
        if self.blocks:
            content["blocks"] = dict(self.blocks)
        return json.dumps(content, sort_keys=True, ensure_ascii=True)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, ignoring case, or None when none is like it.

    Examples
    --------
    >>> nearest_name("Credit_Limt", ["balance", "credit_limit"])
    'credit_limit'
    """
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), list(by_lower), n=1, cutoff=0.5)
    return by_lower[found[0]] if found else None


def _described(feature: Feature) -> dict[str, Any]:
    """Return a feature's settings; without a block as before there were any."""
    settings = dict(vars(feature))
    if feature.block is None:
        del settings["block"]
    return settings


def _check_names(name: str, what: str, given: Mapping[str, Any], known: list[str]) -> None:
    for setting in given:
        if setting not in known:
            nearest = nearest_name(str(setting), known)
            hint = f"did you mean '{nearest}'?" if nearest else f"known are {', '.join(known)}."
            raise SpecificationError(f"{name}: unknown {what} '{setting}'; {hint}")


def _mapping(name: str, what: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise SpecificationError(
            f"{name}: {what} is {given!r}; write it as names with values, like 'minimum: 3'."
        )
    return given


def _text(name: str, setting: str, given: Any, what: str = "a column") -> str:
    if not isinstance(given, str) or not given.strip():
        raise SpecificationError(
            f"{name}: '{setting}' is {given!r}; give the name of {what} as text."
        )
    return given


def _number(
    name: str, setting: str, given: Any, lowest: float = -math.inf, highest: float = math.inf
) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not is_number or not math.isfinite(given) or not lowest <= given <= highest:
        bounds = [f"at least {lowest:g}"] * math.isfinite(lowest)
        bounds += [f"at most {highest:g}"] * math.isfinite(highest)
        wanted = " and ".join(["a number", *bounds])
        raise SpecificationError(f"{name}: '{setting}' is {given!r}; give {wanted}.")
    return float(given)


def _whole(name: str, setting: str, given: Any, lowest: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < lowest:
        raise SpecificationError(
            f"{name}: '{setting}' is {given!r}; give a whole number of at least {lowest}."
        )
    return given


def _features(name: str, given: Any) -> tuple[Feature, ...]:
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise SpecificationError(f"{name}: 'features' is {given!r}; give a list of columns.")
    features = tuple(_feature(name, one) for one in given)
    if not features:
        raise SpecificationError(f"{name}: 'features' is empty; list at least one column.")
    names = [feature.name for feature in features]
    repeated = sorted({one for one in names if names.count(one) > 1})
    if repeated:
        raise SpecificationError(
            f"{name}: 'features' lists {', '.join(repeated)} more than once; list each column once."
        )
    return features


def _feature(name: str, given: Any) -> Feature:
    if isinstance(given, str):
        given = {"name": given}
    given = _mapping(name, "an entry of 'features'", given)
    known = [one.name for one in fields(Feature)]
    _check_names(name, "setting of a feature", given, known)
    column = _text(name, "name of a feature", given.get("name"))
    transform = given.get("transform", "identity")
    if transform not in TRANSFORMS:
        raise SpecificationError(
            f"{name}: 'transform' of the feature '{column}' is {transform!r}; "
            f"choose one of {', '.join(TRANSFORMS)}."
        )
    if given.get("impute", "median") != "median":
        raise SpecificationError(
            f"{name}: 'impute' of the feature '{column}' is {given['impute']!r}; "
            "only 'median' is known, so fill other values in the SQL that makes the features."
        )
    weight = _number(name, f"weight of the feature {column}", given.get("weight", 1.0), 0.0)
    if weight == 0.0:
        raise SpecificationError(
            f"{name}: 'weight' of the feature '{column}' is 0; give a number above 0 or remove it."
        )
    block = given.get("block")
    if block is not None:
        block = _text(name, f"block of the feature {column}", block, "a block")
    winsorise = _winsorise(name, column, given.get("winsorise"))
    return Feature(column, transform, weight, winsorise, block=block)


def _blocks(name: str, given: Any, features: tuple[Feature, ...]) -> dict[str, float]:
    given = _mapping(name, "'blocks'", given)
    used = [feature.block for feature in features if feature.block is not None]
    for feature in features:
        if feature.block is not None and feature.block not in given:
            nearest = nearest_name(feature.block, map(str, given))
            hint = f"did you mean '{nearest}'?" if nearest else "give its weight under 'blocks'."
            raise SpecificationError(
                f"{name}: the feature '{feature.name}' is in the unknown block "
                f"'{feature.block}'; {hint}"
            )
    weights = {}
    for block, weight in given.items():
        if block not in used:
            raise SpecificationError(
                f"{name}: no feature is in the block '{block}'; name it as 'block' of the features "
                "that share its weight, or remove it."
            )
        weights[block] = _number(name, f"weight of the block {block}", weight, 0.0)
        if weights[block] == 0.0:
            raise SpecificationError(
                f"{name}: the weight of the block '{block}' is 0; give a number above 0 or remove "
                "its features."
            )
    return weights


def _algorithms(name: str, given: Any) -> tuple[str, ...]:
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, Iterable) or isinstance(given, Mapping):
        raise SpecificationError(f"{name}: 'algorithms' is {given!r}; give a list of algorithms.")
    given = list(given)
    _check_names(name, "algorithm", dict.fromkeys(given), list(ALGORITHMS))
    # Without k-means there is nothing to publish, so it is always on.
    return tuple(one for one in ALGORITHMS if one == "k_means" or one in given)


def _baseline(name: str, given: Any, columns: list[str]) -> Baseline:
    given = _mapping(name, "'baseline'", given)
    _check_names(name, "setting of 'baseline'", given, ["feature", "features", "quantiles"])
    if ("feature" in given) == ("features" in given):
        raise SpecificationError(
            f"{name}: 'baseline' takes either 'feature' with one column or 'features' with a list."
        )
    chosen = [given["feature"]] if "feature" in given else given["features"]
    if isinstance(chosen, str | Mapping) or not isinstance(chosen, Iterable):
        raise SpecificationError(
            f"{name}: 'features' of 'baseline' is {chosen!r}; give a list of columns."
        )
    chosen = [_text(name, "feature of 'baseline'", one) for one in chosen]
    for one in chosen:
        if one not in columns:
            nearest = nearest_name(one, columns)
            hint = f"did you mean '{nearest}'?" if nearest else f"known are {', '.join(columns)}."
            raise SpecificationError(
                f"{name}: 'baseline' names '{one}', which is neither a feature nor the value; "
                f"{hint}"
            )
    if not chosen or len(set(chosen)) < len(chosen):
        raise SpecificationError(
            f"{name}: 'features' of 'baseline' is {chosen!r}; list each column once."
        )
    default = 4 if len(chosen) == 1 else 2
    quantiles = _whole(name, "quantiles of 'baseline'", given.get("quantiles", default), 2)
    if quantiles ** len(chosen) > MOST_BASELINE_CELLS:
        raise SpecificationError(
            f"{name}: 'baseline' makes {quantiles} quantiles of {len(chosen)} features, which are "
            f"more than {MOST_BASELINE_CELLS} cells; name fewer features or quantiles."
        )
    return Baseline(tuple(chosen), quantiles)


def _winsorise(name: str, column: str, given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    setting = f"winsorise of the feature {column}"
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise SpecificationError(
            f"{name}: '{setting}' is {given!r}; give two quantiles: [0, 0.99]."
        )
    quantiles = [_number(name, setting, one, 0.0, 1.0) for one in given]
    if len(quantiles) != 2 or quantiles[0] >= quantiles[1]:
        raise SpecificationError(
            f"{name}: '{setting}' is {list(quantiles)!r}; give two rising quantiles: [0, 0.99]."
        )
    return quantiles[0], quantiles[1]


def _segment_range(name: str, given: Any) -> SegmentRange:
    given = _mapping(name, "'segments'", given)
    _check_names(name, "setting of 'segments'", given, ["minimum", "maximum"])
    bounds = {one: _whole(name, f"segments {one}", given[one], 2) for one in given}
    found = SegmentRange(**bounds)
    if found.minimum > found.maximum:
        raise SpecificationError(
            f"{name}: 'segments' runs from {found.minimum} to {found.maximum}; "
            "make 'minimum' no larger than 'maximum'."
        )
    return found


def _thresholds(name: str, given: Any) -> Thresholds:
    given = _mapping(name, "'thresholds'", given)
    _check_names(name, "threshold", given, [one.name for one in fields(Thresholds)])
    checked = {}
    for threshold, figure in given.items():
        # All thresholds are shares or coefficients of 0..1, except the z.
        highest = math.inf if threshold == "separation_z" else 1.0
        lowest = -math.inf if threshold == "separation_z" else 0.0
        checked[threshold] = _number(name, f"threshold {threshold}", figure, lowest, highest)
    return Thresholds(**checked)


def _publish(name: str, given: Any) -> tuple[str, ...]:
    verdicts = [given] if isinstance(given, str) else given
    if not isinstance(verdicts, Iterable) or isinstance(verdicts, Mapping):
        raise SpecificationError(f"{name}: 'publish' is {given!r}; give a list of verdicts.")
    verdicts = tuple(verdicts)
    if "unstable" in verdicts:
        raise SpecificationError(
            f"{name}: 'publish' names 'unstable', which is never published, because such "
            "segments do not come back on other customers; remove it."
        )
    for verdict in verdicts:
        if verdict not in PUBLISHABLE_VERDICTS:
            raise SpecificationError(
                f"{name}: 'publish' names {verdict!r}; "
                f"choose from {', '.join(PUBLISHABLE_VERDICTS)}."
            )
    if "natural" not in verdicts:
        raise SpecificationError(
            f"{name}: 'publish' is {list(verdicts)!r}; it must name 'natural'."
        )
    return verdicts
