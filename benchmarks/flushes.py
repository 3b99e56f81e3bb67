"""Time what flushing a publication to disk costs a build: python -m benchmarks.flushes.

The same publication is written with and without flushes, in turn, after a build of the bundled
sample beside it. The difference is given as a share of that build.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import duckdb

from card_segments.publishing import Build, publish
from card_segments.publishing.folder import MANIFEST_NAME
from card_segments.report import write_report


def main() -> None:
    """Print the line of the table in README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", default=10, type=int)
    options = parser.parse_args()
    # beside the project, because folders of the system may be in memory
    with tempfile.TemporaryDirectory(dir=".") as folder:
        warehouse, published = Path(folder) / "build.duckdb", Path(folder) / "published"
        build_seconds = build(warehouse, published)
        manifest = json.loads((published / MANIFEST_NAME).read_text(encoding="utf-8"))
        kinds = {
            table["name"]: table["kind"]
            for table in manifest["tables"]
            if table["name"] != "publication"
        }
        costs = []
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            for number in range(options.pairs):
                flushed, other = Path(folder) / "flushed", Path(folder) / "other"
                with without_flushes():
                    plain = seconds(connection, kinds, other)
                costs.append(seconds(connection, kinds, flushed) - plain)
                if number == 0:
                    # the first of each makes the folder
                    costs.clear()
    least, most = (100 * cost / build_seconds for cost in (min(costs), max(costs)))
    median = 100 * statistics.median(costs) / build_seconds
    print(
        f"| {len(kinds) + 1} tables and the page | {median:.2f} % ({least:.2f} to {most:.2f} %) |"
    )


def build(warehouse: Path, published: Path) -> float:
    """Build the bundled sample; return how long that takes."""
    start = time.perf_counter()
    subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *("build", "--quiet", "--exclude-resource-type", "unit_test"),
            *("--target-path", str(warehouse.parent / "target")),
            *("--vars", json.dumps({"published_dir": str(published)})),
        ],
        env={**os.environ, "CARD_SEGMENTS_WAREHOUSE": str(warehouse)},
        check=True,
    )
    return time.perf_counter() - start


@contextmanager
def without_flushes() -> Iterator[None]:
    """Let files and folders be written without waiting for the disk."""
    with mock.patch("card_segments.publishing.folder.flush"):
        yield


def seconds(connection: duckdb.DuckDBPyConnection, kinds: dict[str, str], directory: Path) -> float:
    """Publish; return how long that takes."""
    build = Build(str(uuid.uuid4()), "2026-01-01 00:00:00", "0.0")
    start = time.perf_counter()
    publish(connection, "marts", kinds, directory, build, write_report)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
