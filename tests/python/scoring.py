"""Scoring again with the engine, from nothing but published parameters and features."""

import numpy as np
import pandas as pd

from card_segments.segmentation import FeaturePreparation, Preparation, assign


def read_parameters(parameters):
    """The preparation and the centroids, by segment number, of one segmentation's parameters."""
    is_centroid = parameters["parameter"] == "centroid"
    values = parameters[~is_centroid].pivot(
        index="feature", columns="parameter", values="parameter_value"
    )
    transforms = parameters[parameters["parameter"] == "transform"]
    transform_of = dict(zip(transforms["feature"], transforms["parameter_text"], strict=True))
    features = tuple(
        FeaturePreparation(
            name=name,
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


def scored_by_engine(build, segmentation):
    """Return the published members and the same customers scored by the engine, in one order."""
    in_sql = build.query_published(
        f"""
        select * from segment_members where segmentation = '{segmentation}' order by customer_id
        """
    )
    features = build.query(
        f"select * from intermediate.int_{segmentation}__features order by customer_id"
    )
    parameters = build.query_published(
        f"select * from segment_parameters where segmentation = '{segmentation}'"
    )
    preparation, centroids = read_parameters(parameters)
    names = [one.name for one in preparation.features]
    matrix = features[names].to_numpy(dtype=float, na_value=np.nan)
    labels, distances, runner_up, margins = assign(matrix, preparation, centroids)
    in_engine = pd.DataFrame(
        {
            "customer_id": features["customer_id"],
            "segment_key": [f"{segmentation}_{number}" for number in labels],
            "runner_up_segment_key": [f"{segmentation}_{number}" for number in runner_up],
            "distance": distances,
            "margin": margins,
        }
    )
    pd.testing.assert_series_equal(in_sql["customer_id"], in_engine["customer_id"])
    return in_sql, in_engine
