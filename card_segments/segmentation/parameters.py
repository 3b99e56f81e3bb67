"""Stored parameters, read back into the engine's own terms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from card_segments.segmentation.preparation import FeaturePreparation, FloatArray, Preparation


def read_parameters(parameters: pd.DataFrame) -> tuple[Preparation, FloatArray]:
    """Return the preparation and the centroids that one segmentation's parameter rows hold.

    Parameters
    ----------
    parameters : DataFrame
        Columns `feature`, `parameter`, `parameter_text`, `parameter_value`, `segment_number`; a
        row per feature and parameter, and per segment and feature for the parameter `centroid`.

    Returns
    -------
    preparation : Preparation
        Features by name.
    centroids : ndarray, shape (segments, features)
        By segment number.

    Examples
    --------
    >>> rows = [("x", "transform", "identity", np.nan, None), ("x", "median", None, 1.0, None)]
    >>> rows += [("x", one, None, 1.0, None) for one in ("mean", "standard_deviation", "weight")]
    >>> rows += [("x", "centroid", None, value, k) for k, value in ((1, -1.0), (2, 1.0))]
    >>> columns = ["feature", "parameter", "parameter_text", "parameter_value", "segment_number"]
    >>> preparation, centroids = read_parameters(pd.DataFrame(rows, columns=columns))
    >>> preparation.features[0].name, centroids.ravel().tolist()
    ('x', [-1.0, 1.0])
    """
    is_centroid = parameters["parameter"] == "centroid"
    values = parameters[~is_centroid].pivot(
        index="feature", columns="parameter", values="parameter_value"
    )
    transforms = parameters[parameters["parameter"] == "transform"]
    transform_of = dict(zip(transforms["feature"], transforms["parameter_text"], strict=True))
    features = tuple(
        FeaturePreparation(
            name=str(name),
            transform=transform_of[name],
            median=row["median"],
            lower=row.get("lower", np.nan),
            upper=row.get("upper", np.nan),
            lambda_=row.get("lambda", np.nan),
            mean=row["mean"],
            standard_deviation=row["standard_deviation"],
            weight=row["weight"],
        )
        for name, row in values.sort_index().iterrows()
    )
    centroids = parameters[is_centroid].pivot(
        index="segment_number", columns="feature", values="parameter_value"
    )
    ordered = centroids.sort_index()[[one.name for one in features]]
    return Preparation(features), ordered.to_numpy(dtype=float)
