"""Measure how stable the relationship segments are over 100 bootstrap resamples.

Usage: python -m benchmarks.stability WAREHOUSE MATRIX write|measure

`write` leaves the standardised features and the number of segments as CSV for clusterboot.R, which
measures the same with R's fpc; both print the Jaccard coefficients of the segments.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.scoring import prepared
from card_segments.segmentation.clustering import k_means
from card_segments.segmentation.stability import bootstrap_jaccard

RESAMPLES = 100
# clusterboot has no largest resample of its own.
CUSTOMERS = 10_000


def main() -> None:
    """Write the matrix, or measure."""
    warehouse, path = Path(sys.argv[1]), Path(sys.argv[2])
    if sys.argv[3] == "write":
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            features = connection.sql(
                "from intermediate.int_relationship__features "
                f"order by customer_id limit {CUSTOMERS}"
            ).df()
            parameters = connection.sql(
                "from marts.segment_parameters where segmentation = 'relationship'"
            ).df()
        matrix, centroids = prepared(features, parameters)
        np.savetxt(path, matrix, delimiter=",", header=str(len(centroids)), comments="#")
        return
    segments = int(path.open(encoding="utf-8").readline().strip("#\n "))
    matrix = np.loadtxt(path, delimiter=",")
    start = time.perf_counter()
    _, labels = k_means(matrix, segments, 1)
    resampled = [bootstrap_jaccard(matrix, labels, segments, 1, one) for one in range(RESAMPLES)]
    seconds = time.perf_counter() - start
    jaccard = np.sort(np.mean(resampled, axis=0)).round(4).tolist()
    print(json.dumps({"seconds": seconds, "jaccard": jaccard}))


if __name__ == "__main__":
    main()
