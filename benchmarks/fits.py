"""Time the fits of all segmentations beside a bare k-means sweep: python -m benchmarks.fits.

The feature tables of a build are resampled with jitter to each size. A fit takes a sample of them,
as the build does, and draws its maps and rules; the sweep runs scikit-learn's k-means on every row,
for the same numbers of segments and with as many starts, and takes a silhouette of each. Both in
turn; CPU seconds of this process and its children, of which only the ratio says much on another
machine.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Callable
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
    """Print one line of the table in README.md for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--warehouse", default="warehouse/dev.duckdb", type=Path)
    parser.add_argument("--sizes", default=[4_000, 40_000, 400_000], type=int, nargs="+")
    parser.add_argument("--runs", default=3, type=int)
    options = parser.parse_args()
    tasks = read_tasks(options.warehouse)
    for size in options.sizes:
        everyone = [(resampled(frame, size), one) for frame, one in tasks]
        seen = [
            (frame.sample(min(size, one.sample_size), random_state=1), one)
            for frame, one in everyone
        ]
        fits, sweeps = [], []
        for _ in range(options.runs):
            fits.append(cpu_seconds(lambda seen=seen: fit_all(seen)))
            sweeps.append(cpu_seconds(lambda everyone=everyone: [sweep(*one) for one in everyone]))
        ratios = [fit / swept for fit, swept in zip(fits, sweeps, strict=True)]
        print(
            f"| {size:,} | {statistics.median(fits):.0f} s | {statistics.median(sweeps):.1f} s "
            f"| {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) |",
            flush=True,
        )


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


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process and of its children that ended."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


if __name__ == "__main__":
    main()
