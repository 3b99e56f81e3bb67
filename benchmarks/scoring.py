"""Give a million cardholders their segments, in SQL or by KMeans.predict.

Usage: python -m benchmarks.scoring WAREHOUSE SQL RESULT sql|predict

SQL is the compiled analysis score_new_customers. Both read the same table of features,
prepare them and write who is in which segment; the SQL also finds the runner-up, the distance and
the margin.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

ROWS = 1_000_000
FEATURES = "int_card_usage__features"

# Cardholders of the build, so often that there are enough.
COPIES = f"""
    create table features as
    select * replace (customer_id || '-' || copy as customer_id)
    from build.intermediate.{FEATURES}, range(
        cast(ceil({ROWS} / (select count(*) from build.intermediate.{FEATURES})) as bigint)
    ) as copies(copy)
    limit {ROWS}
"""


def prepared(features: pd.DataFrame, parameters: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted features as the model sees them, and its centroids.

    Parameters
    ----------
    features : DataFrame
        A column for each feature.
    parameters : DataFrame
        The rows of `segment_parameters` of one segmentation.
    """
    single = parameters[parameters["parameter"] != "centroid"].set_index(["feature", "parameter"])
    centroids = parameters[parameters["parameter"] == "centroid"].pivot(
        index="segment_number", columns="feature", values="parameter_value"
    )
    columns, centres = [], []
    for feature in centroids.columns:
        values = single.loc[feature, "parameter_value"]
        transform = single.loc[(feature, "transform"), "parameter_text"]
        column = features[feature].to_numpy(dtype=float, na_value=np.nan)
        column = np.where(np.isnan(column), values["median"], column)
        column = np.clip(column, values.get("lower", -np.inf), values.get("upper", np.inf))
        if transform not in ("signed_log1p", "log1p", "identity"):
            raise NotImplementedError(f"{feature} has the transform {transform}")
        # where log1p may be taken there is no sign to keep
        if transform != "identity":
            column = np.sign(column) * np.log1p(np.abs(column))
        scale = np.sqrt(values["weight"])
        columns.append(scale * (column - values["mean"]) / values["standard_deviation"])
        centres.append(scale * centroids[feature].to_numpy(dtype=float))
    return np.column_stack(columns), np.column_stack(centres)


def predicted(features: pd.DataFrame, parameters: pd.DataFrame) -> pd.DataFrame:
    """Return the segment of each customer, by scikit-learn."""
    matrix, centres = prepared(features, parameters)
    model = KMeans(len(centres), init=centres, n_init=1, max_iter=1).fit(centres)
    return pd.DataFrame(
        {"customer_id": features["customer_id"], "segment_number": model.predict(matrix) + 1}
    )


def main() -> None:
    """Score in one of the two ways, and print how long it took."""
    warehouse, sql, result = map(Path, sys.argv[1:4])
    with duckdb.connect(config={"memory_limit": "4GB"}) as connection:
        connection.execute(f"attach '{warehouse}' as build (read_only)")
        connection.execute(COPIES)
        parameters = connection.sql(
            "from build.marts.segment_parameters where segmentation = 'card_usage'"
        ).df()
        query = sql.read_text(encoding="utf-8")
        query = query.replace(f'"build"."intermediate"."{FEATURES}"', "features")
        start = time.perf_counter()
        if sys.argv[4] == "sql":
            connection.execute(f"create table scored as {query}")
        else:
            connection.register(
                "prediction", predicted(connection.sql("from features").df(), parameters)
            )
            connection.execute("create table scored as from prediction")
        seconds = time.perf_counter() - start
        connection.execute(
            f"copy (select customer_id, segment_number from scored order by all) to '{result}'"
        )
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
