"""Reading the features, and preparing them so that SQL can repeat it from stored parameters."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import yeojohnson

from card_segments.segmentation.specification import Feature, Specification, nearest_name

SIGNIFICANT_DIGITS = 9
# A spread below this part of the mean drowns in the rounding of the stored mean.
SMALLEST_RELATIVE_SPREAD = 1e-8
DUPLICATE_CORRELATION = 0.999
# Two features that share 90 % of their variance (0.95 squared) count nearly as one twice.
CLOSE_CORRELATION = 0.95
# Where all but 1 % on either side have one value, a feature can only part groups below 2 %.
MIDDLE = (0.01, 0.99)
FIRST_FEW = 3

FloatArray = NDArray[np.float64]


class FeaturesError(ValueError):
    """The features frame cannot be used; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Sample:
    """The features frame as arrays, sorted by key.

    Attributes
    ----------
    keys : ndarray of str, shape (n,)
    matrix : ndarray of float, shape (n, features)
        Raw units, NaN where missing.
    value : ndarray of float, shape (n,), or None
        The column that segments are ranked by, when the specification names one.
    """

    keys: NDArray[np.object_]
    matrix: FloatArray
    value: FloatArray | None


@dataclass(frozen=True)
class FeaturePreparation:
    """The stored parameters of one feature.

    A dropped feature has weight 0 and parameters that do no harm in a formula: identity, mean 0,
    standard deviation 1, no bounds.

    Attributes
    ----------
    name, transform : str
    median, lower, upper : float
        Imputation value and winsorising bounds in raw units; NaN for an open side.
    lambda_ : float
        Yeo-Johnson only, otherwise NaN.
    mean, standard_deviation : float
        Of the transformed column; the population standard deviation.
    weight : float
    note : str or None
        Why the feature was dropped ("dropped: ..."), or what to know of it ("kept: ...").
    """

    name: str
    transform: str
    median: float
    lower: float
    upper: float
    lambda_: float
    mean: float
    standard_deviation: float
    weight: float
    note: str | None = None

    def transformed(self, column: FloatArray) -> FloatArray:
        """Impute, clip and transform a raw column of shape (n,)."""
        return _transform(
            _clip(np.where(np.isnan(column), self.median, column), self.lower, self.upper),
            self.transform,
            self.lambda_,
        )


@dataclass(frozen=True)
class Preparation:
    """The stored parameters of all features, in the order of the specification."""

    features: tuple[FeaturePreparation, ...]
    weights: FloatArray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the weights, which every distance needs."""
        object.__setattr__(self, "weights", np.array([one.weight for one in self.features]))

    @property
    def kept(self) -> NDArray[np.intp]:
        """Positions of the features that were not dropped."""
        return np.flatnonzero(self.weights > 0)

    def standardised(self, matrix: FloatArray) -> FloatArray:
        """Return the standardised, unweighted matrix; dropped features are 0 throughout.

        Parameters
        ----------
        matrix : ndarray, shape (n, features)
            Raw features, NaN where missing.

        Returns
        -------
        ndarray, shape (n, features)
        """
        standardised = np.zeros(matrix.shape)
        for position in self.kept:
            feature = self.features[position]
            transformed = feature.transformed(matrix[:, position])
            standardised[:, position] = (transformed - feature.mean) / feature.standard_deviation
        return standardised


def round_significant(values: FloatArray | float, digits: int = SIGNIFICANT_DIGITS) -> FloatArray:
    """Round to significant digits through decimal text, so that SQL reads back the same double.

    Examples
    --------
    >>> round_significant([1234.567890123, -0.000123456789123, 0.0]).tolist()
    [1234.56789, -0.000123456789, 0.0]
    """
    array = np.asarray(values, dtype=np.float64)
    rounded = [float(f"{one:.{digits - 1}e}") for one in array.ravel()]
    # Adding 0.0 turns the negative zero into the plain one.
    return np.array(rounded).reshape(array.shape) + 0.0


def read_sample(frame: pd.DataFrame, specification: Specification) -> Sample:
    """Read and check the features frame.

    Parameters
    ----------
    frame : DataFrame
        One row per customer in any order, with the key, the features and the value column.
    specification : Specification

    Returns
    -------
    Sample
        Sorted by the key as text, so that the order of the rows and the key's type do not matter.

    Raises
    ------
    FeaturesError
        Missing column, missing or repeated key, text or infinity where a number belongs, or more
        rows than `sample_size`.
    """
    name = specification.name
    columns = [specification.key, *(feature.name for feature in specification.features)]
    if specification.value is not None:
        columns.append(specification.value)
    _check_columns(name, frame, columns)
    if len(frame) > specification.sample_size:
        raise FeaturesError(
            f"{name}: the features have {len(frame):,} rows, more than the 'sample_size' of "
            f"{specification.sample_size:,}; sample them first or raise 'sample_size'."
        )

    keys = _keys(name, frame[specification.key])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    _check_repeated_keys(name, specification.key, keys)

    def column(wanted: str) -> FloatArray:
        return _numeric(name, wanted, frame[wanted].iloc[order], keys)

    features = [column(feature.name) for feature in specification.features]
    value = None if specification.value is None else column(specification.value)
    return Sample(keys, np.column_stack(features), value)


def sample_fingerprint(sample: Sample, specification: Specification) -> str:
    """Return the SHA-256 (64 hexadecimal digits) of the sorted keys, values and specification."""
    digest = hashlib.sha256(specification.canonical_text().encode())
    # The length before each key keeps ("a", "bc") apart from ("ab", "c").
    for key in sample.keys:
        encoded = key.encode()
        digest.update(len(encoded).to_bytes(8, "little") + encoded)
    values = [sample.matrix] if sample.value is None else [sample.matrix, sample.value]
    for array in values:
        canonical = np.where(np.isnan(array), np.nan, array + 0.0)
        digest.update(np.ascontiguousarray(canonical, dtype="<f8").tobytes())
    return digest.hexdigest()


def fit_preparation(sample: Sample, specification: Specification) -> Preparation:
    """Find the parameters of every feature, and drop those that cannot tell customers apart.

    Dropped, with a note: a feature without any value, a constant one, one whose transformed values
    are not finite, one without spread in the middle 98 % (more than 99 % zeros, say: standardised,
    the few others would lie ten and more standard deviations out and be all that segments part),
    and one that repeats an earlier feature (|r| above 0.999 after the transform). Kept, with a
    note: a feature close to an earlier one (|r| above 0.95), because some pairs are both wanted.

    The features of a block share its weight: each has block weight x own weight / number of kept
    features in the block, so that six shares do not outvote one amount.

    Raises
    ------
    FeaturesError
        When a feature with the transform log1p holds a value below zero.
    """
    prepared: list[FeaturePreparation] = []
    earlier: dict[str, FloatArray] = {}
    for position, feature in enumerate(specification.features):
        column = sample.matrix[:, position]
        fitted = _fit_feature(specification.name, feature, column, sample.keys)
        if fitted.weight > 0:
            transformed = fitted.transformed(column)
            other, correlation = _most_alike(transformed, earlier)
            if abs(correlation) > DUPLICATE_CORRELATION:
                note = f"dropped: repeats '{other}' (correlation {correlation:.4f})"
                fitted = _dropped(feature, fitted.median, note)
            else:
                earlier[feature.name] = transformed
                if abs(correlation) > CLOSE_CORRELATION:
                    note = f"kept: close to '{other}' (correlation {correlation:.4f})"
                    fitted = replace(fitted, note=note)
        prepared.append(fitted)
    return Preparation(_shared_weights(prepared, specification))


def _shared_weights(
    prepared: list[FeaturePreparation], specification: Specification
) -> tuple[FeaturePreparation, ...]:
    """Give each kept feature of a block its part of the block's weight."""
    blocks = [feature.block for feature in specification.features]
    kept = Counter(
        block for block, fitted in zip(blocks, prepared, strict=True) if fitted.weight > 0
    )
    shared = []
    for block, fitted in zip(blocks, prepared, strict=True):
        if block is not None and fitted.weight > 0:
            weight = specification.blocks[block] * fitted.weight / kept[block]
            fitted = replace(fitted, weight=float(round_significant(weight)))
        shared.append(fitted)
    return tuple(shared)


def _check_columns(name: str, frame: pd.DataFrame, columns: list[str]) -> None:
    for column in columns:
        if column not in frame.columns:
            present = [str(one) for one in frame.columns]
            nearest = nearest_name(column, present)
            hint = f"the nearest is '{nearest}'" if nearest else f"present: {', '.join(present)}"
            raise FeaturesError(
                f"{name}: the features have no column '{column}' ({hint}); "
                "correct the specification or the SQL that makes the features."
            )
        if list(frame.columns).count(column) > 1:
            raise FeaturesError(
                f"{name}: the features have the column '{column}' more than once; keep one of them."
            )


def _keys(name: str, column: pd.Series) -> NDArray[np.object_]:
    if column.isna().any():
        raise FeaturesError(
            f"{name}: the key '{column.name}' is missing in {int(column.isna().sum()):,} rows; "
            "leave these rows out or give them a key."
        )
    if pd.api.types.is_float_dtype(column.dtype) and bool((column % 1 == 0).all()):
        # Whole numbers that a missing value elsewhere turned into floats.
        column = column.astype("int64")
    return np.array([str(key) for key in column.tolist()], dtype=object)


def _check_repeated_keys(name: str, key: str, sorted_keys: NDArray[np.object_]) -> None:
    repeated = np.unique(sorted_keys[1:][sorted_keys[1:] == sorted_keys[:-1]])
    if repeated.size:
        raise FeaturesError(
            f"{name}: the key '{key}' must be unique, but {repeated.size:,} values occur more than "
            f"once ({_few(repeated)}); make one row per key in the SQL that makes the features."
        )


def _numeric(
    name: str, column_name: str, column: pd.Series, keys: NDArray[np.object_]
) -> FloatArray:
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = _numeric_objects(name, column_name, column, keys)
    infinite = np.isinf(values)
    if infinite.any():
        raise FeaturesError(
            f"{name}: '{column_name}' is infinite for {int(infinite.sum()):,} customers (keys "
            f"{_few(keys[infinite])}); make it a number, or NULL where it is unknown."
        )
    return values


def _numeric_objects(
    name: str, column_name: str, column: pd.Series, keys: NDArray[np.object_]
) -> FloatArray:
    """Read a column of Python objects (decimals, None); text is refused, not guessed at."""
    entries = column.tolist()
    values = np.full(len(entries), np.nan)
    for row, entry in enumerate(entries):
        if entry is None or entry is pd.NA or entry is pd.NaT:
            continue
        if not isinstance(entry, int | float | Decimal | np.number | np.bool_):
            raise FeaturesError(
                f"{name}: '{column_name}' must hold numbers, but the customer with key "
                f"{keys[row]} has {entry!r}; cast it in the SQL that makes the features."
            )
        values[row] = float(entry)
    return values


def _few(entries: NDArray[np.object_]) -> str:
    shown = ", ".join(str(entry) for entry in entries[:FIRST_FEW])
    return shown + (", ..." if len(entries) > FIRST_FEW else "")


def _dropped(feature: Feature, median: float, note: str) -> FeaturePreparation:
    return FeaturePreparation(
        name=feature.name,
        transform="identity",
        median=median if np.isfinite(median) else 0.0,
        lower=np.nan,
        upper=np.nan,
        lambda_=np.nan,
        mean=0.0,
        standard_deviation=1.0,
        weight=0.0,
        note=note,
    )


# An overflow is not a warning to pass on but a reason to drop the feature, as "not finite".
@np.errstate(over="ignore", invalid="ignore")
def _fit_feature(
    name: str, feature: Feature, column: FloatArray, keys: NDArray[np.object_]
) -> FeaturePreparation:
    observed = column[~np.isnan(column)]
    if not observed.size:
        return _dropped(feature, np.nan, "dropped: no value in any row")
    median = float(round_significant(np.median(observed)))
    lower, upper = _bounds(feature, observed)
    raw = _clip(np.where(np.isnan(column), median, column), lower, upper)
    _check_transform(name, feature, raw, keys)
    if _is_constant(raw):
        return _dropped(feature, median, f"dropped: constant (about {raw[0]:.9g} in every row)")

    if not np.isfinite(raw.std()):
        return _dropped(feature, median, "dropped: not finite (its spread overflows)")

    lambda_ = _fit_lambda(raw) if feature.transform == "yeo_johnson" else np.nan
    transformed = _transform(raw, feature.transform, lambda_)
    mean = float(round_significant(transformed.mean()))
    standard_deviation = float(round_significant(transformed.std()))
    if not np.isfinite([mean, standard_deviation]).all():
        note = f"dropped: not finite after {feature.transform}"
        return _dropped(feature, median, note)
    if _is_constant(transformed):
        note = f"dropped: constant after {feature.transform}"
        return _dropped(feature, median, note)
    low, high = np.quantile(transformed, MIDDLE)
    if not high > low:
        share = float((transformed == low).mean())
        # Not "100.0 %" of customers, which would be a constant.
        note = f"dropped: no spread in the middle 98 % ({min(share, 0.999):.1%} have one value)"
        return _dropped(feature, median, note)
    return FeaturePreparation(
        feature.name,
        feature.transform,
        median,
        lower,
        upper,
        lambda_,
        mean,
        standard_deviation,
        float(round_significant(feature.weight)),
    )


def _bounds(feature: Feature, observed: FloatArray) -> tuple[float, float]:
    if feature.winsorise is None:
        return np.nan, np.nan
    lower, upper = feature.winsorise
    return (
        np.nan if lower == 0.0 else float(round_significant(np.quantile(observed, lower))),
        np.nan if upper == 1.0 else float(round_significant(np.quantile(observed, upper))),
    )


def _is_constant(values: FloatArray) -> bool:
    return bool(values.std() <= SMALLEST_RELATIVE_SPREAD * abs(values.mean()))


def _check_transform(
    name: str, feature: Feature, raw: FloatArray, keys: NDArray[np.object_]
) -> None:
    if feature.transform != "log1p":
        return
    negative = raw < 0
    if negative.any():
        raise FeaturesError(
            f"{name}: '{feature.name}' is below zero for {int(negative.sum()):,} customers (keys "
            f"{_few(keys[negative])}), where log1p has no value; "
            "use the transform signed_log1p, or net the amounts first."
        )


def _fit_lambda(raw: FloatArray) -> float:
    _, lambda_ = yeojohnson(raw)
    # Six decimals keep lambda either at 0 and 2 or clear of them, where the formula loses digits.
    return float(round_significant(np.round(lambda_, 6)))


def _clip(values: FloatArray, lower: float, upper: float) -> FloatArray:
    # fmax and fmin ignore a NaN bound, which stands for an open side.
    return np.fmin(np.fmax(values, lower), upper)


def _transform(raw: FloatArray, transform: str, lambda_: float) -> FloatArray:
    # ln(1 + x) and not numpy's log1p: SQL has only the former, and both sides must agree.
    if transform == "log1p":
        return np.log(1.0 + raw)
    if transform == "signed_log1p":
        return np.sign(raw) * np.log(1.0 + np.abs(raw))
    if transform == "yeo_johnson":
        return _yeo_johnson(raw, lambda_)
    return raw


def _yeo_johnson(raw: FloatArray, lambda_: float) -> FloatArray:
    """Return the Yeo-Johnson transform (Yeo & Johnson 2000, Biometrika 87:954-959)."""
    above = 1.0 + np.maximum(raw, 0.0)
    below = 1.0 - np.minimum(raw, 0.0)
    positive = np.log(above) if lambda_ == 0.0 else (above**lambda_ - 1.0) / lambda_
    power = 2.0 - lambda_
    negative = -np.log(below) if power == 0.0 else -(below**power - 1.0) / power
    return np.where(raw >= 0.0, positive, negative)


def _most_alike(transformed: FloatArray, earlier: dict[str, FloatArray]) -> tuple[str, float]:
    """Return the earlier feature with the strongest correlation, the first of equal ones."""
    correlations = {
        other: float(np.corrcoef(transformed, values)[0, 1]) for other, values in earlier.items()
    }
    return max(correlations.items(), key=lambda one: abs(one[1]), default=("", 0.0))
