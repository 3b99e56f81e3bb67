"""Publish a build, waiting for the disk or not.

Usage: python -m benchmarks.flushes WAREHOUSE PUBLISHED flushed|unflushed
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
import uuid
from pathlib import Path
from unittest import mock

import duckdb

from card_segments.publishing import Build, publish
from card_segments.publishing.folder import MANIFEST_NAME
from card_segments.report import write_report


def main() -> None:
    """Publish in one of the two ways, and print how long it took."""
    warehouse, published, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    manifest = json.loads((published / MANIFEST_NAME).read_text(encoding="utf-8"))
    kinds = {one["name"]: one["kind"] for one in manifest["tables"] if one["name"] != "publication"}
    build = Build(str(uuid.uuid4()), "2026-01-01 00:00:00", "0.0")
    unflushed = mock.patch("card_segments.publishing.folder.flush")
    with (
        # on the same disk, because folders of the system may be in memory
        tempfile.TemporaryDirectory(dir=published.parent) as folder,
        duckdb.connect(str(warehouse), read_only=True) as connection,
        unflushed if how == "unflushed" else contextlib.nullcontext(),
    ):
        start = time.perf_counter()
        publish(connection, "marts", kinds, Path(folder) / "published", build, write_report)
        print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
