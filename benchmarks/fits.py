"""Fit all segmentations, or sweep through the same numbers of segments by bare k-means.

Usage: python -m benchmarks.fits WAREHOUSE CUSTOMERS fits|sweep

The samples of a build are resampled with jitter to so many customers. A fit takes a sample of them,
as the build does, and draws its maps and rules; the sweep runs scikit-learn's k-means on every row,
with as many starts, and takes a silhouette of each. Both print CPU seconds, of this process and its
children, because only the fits use all cores.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from card_segments.segmentation import Specification
from card_segments.segmentation.batch import fit_all
from card_segments.segmentation.clustering import STARTS
from card_segments.segmentation.preparation import fit_preparation, read_sample
from card_segments.segmentation.silhouette import LARGEST_SILHOUETTE_SAMPLE

JITTER = 0.1
# A column of fewer values counts something or answers a question; jitter would make it another one.
FEWEST_VALUES_TO_JITTER = 200

Task = tuple[pd.DataFrame, Specification]


def main() -> None:
    """Do one of the two, and print the CPU seconds that it took."""
    warehouse, customers = Path(sys.argv[1]), int(sys.argv[2])
    everyone = [(resampled(frame, customers), one) for frame, one in read_tasks(warehouse)]
    before = os.times()
    if sys.argv[3] == "fits":
        fit_all(
            [
                (frame.sample(min(customers, one.sample_size), random_state=1), one)
                for frame, one in everyone
            ]
        )
    else:
        for frame, specification in everyone:
            sweep(frame, specification)
    after = os.times()
    print(json.dumps({"seconds": sum(after[:4]) - sum(before[:4])}))


def read_tasks(warehouse: Path) -> list[Task]:
    """Return what a build fits: sampled features, and the specification of the segmentation."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        schemas = dict(
            connection.sql(
                "select table_name, table_schema from information_schema.tables"
            ).fetchall()
        )
        samples, specifications = (
            connection.sql(f"from {schemas[name]}.{name}").df()
            for name in ("int_segmentation_samples", "int_segmentation_specifications")
        )
    tasks = []
    for row in specifications.itertuples():
        long = samples[samples["segmentation"] == row.segmentation]
        frame = long.pivot(index="customer_id", columns="feature", values="feature_value")
        settings = {"key": "customer_id", **json.loads(row.specification_json)}
        specification = Specification.from_mapping(row.segmentation, settings)
        tasks.append((frame.reset_index(), specification))
    return tasks


def resampled(frame: pd.DataFrame, size: int) -> pd.DataFrame:
    """Repeat the rows up to `size`; a column of many values differs a little in every repeat."""
    generator = np.random.default_rng(1)
    rows = frame.iloc[np.arange(size) % len(frame)].reset_index(drop=True)
    for column in rows.columns.drop("customer_id"):
        factors = generator.uniform(1 - JITTER, 1 + JITTER, size)
        if rows[column].nunique() >= FEWEST_VALUES_TO_JITTER:
            rows[column] *= factors
    rows["customer_id"] = [f"C{number:08d}" for number in range(size)]
    return rows


def sweep(frame: pd.DataFrame, specification: Specification) -> list[float]:
    """Fit every number of segments to all rows, with nothing but a silhouette to choose by."""
    sample = read_sample(frame, specification)
    matrix = fit_preparation(sample, specification).standardised(sample.matrix)
    most = min(LARGEST_SILHOUETTE_SAMPLE, len(matrix))
    with threadpool_limits(limits=1):
        return [
            silhouette_score(
                matrix,
                KMeans(segments, n_init=STARTS, random_state=1).fit_predict(matrix),
                sample_size=most,
                random_state=1,
            )
            for segments in specification.segments
        ]


if __name__ == "__main__":
    main()
