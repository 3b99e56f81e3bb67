"""Write the report page, or read the tables that it shows.

Usage: python -m benchmarks.report_page DATABASE page|tables
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from card_segments.report import write_report


def main() -> None:
    """Do one of the two, and print how long it took."""
    database, what = Path(sys.argv[1]), sys.argv[2]
    start = time.perf_counter()
    if what == "page":
        with tempfile.TemporaryDirectory() as folder:
            write_report(database, Path(folder) / "report.html")
    else:
        with duckdb.connect(str(database), read_only=True) as connection:
            for (table,) in connection.sql("select table_name from duckdb_tables()").fetchall():
                connection.sql(f'from "{table}"').fetchnumpy()
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
