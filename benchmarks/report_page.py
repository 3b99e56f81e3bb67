"""Time the report page beside reading the tables that it shows: python -m benchmarks.report_page.

A page takes what reading takes, and some more for words and charts; so its time is given as a ratio
to that of reading every published table once, in turn on the same machine. With `--copies` the
customers of the published file are multiplied first, which shows what more customers cost.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from card_segments.report import write_report

# Tables with a row a customer, and the column that tells customers apart.
CUSTOMER_TABLES = (
    "segment_members",
    "segment_map",
    "customer_income_utilisation",
    "cardholder_behaviour",
    "cardholder_value",
)


def main() -> None:
    """Print one line of the table in README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--published", default="published/cards.duckdb", type=Path)
    parser.add_argument("--copies", default=0, type=int, help="further copies of every customer")
    parser.add_argument("--runs", default=5, type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database, page = Path(folder) / "cards.duckdb", Path(folder) / "report.html"
        shutil.copy(options.published, database)
        members = multiply(database, options.copies)
        write_report(database, page)
        ratios = [
            seconds(lambda: write_report(database, page)) / seconds(lambda: read_all(database))
            for _ in range(options.runs)
        ]
        print(
            f"| {members:,} | {page.stat().st_size / 1e6:.2f} MB "
            f"| {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}) |"
        )


def multiply(database: Path, copies: int) -> int:
    """Copy every customer so many times; return how many members of segments there are."""
    with duckdb.connect(str(database)) as connection:
        tables = connection.sql("select table_name from duckdb_tables()").fetchall()
        for table in {name for (name,) in tables}.intersection(CUSTOMER_TABLES):
            connection.execute(
                f"insert into {table} by name select {table}.* replace (customer_id || ' ' || copy "
                f"as customer_id) from {table}, range({copies}) as copies(copy)"
            )
        return connection.sql("select count(*) from segment_members").fetchone()[0]


def read_all(database: Path) -> None:
    """Read every published table into memory."""
    with duckdb.connect(str(database), read_only=True) as connection:
        for (table,) in connection.sql("select table_name from duckdb_tables()").fetchall():
            connection.sql(f'from "{table}"').df()


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
