"""Load the spends as somebody who trusts the file, or read what the project loaded.

Usage: python -m benchmarks.loading WAREHOUSE FILE|parquet|csv

CSV goes through DuckDB's reader as it guesses; Parquet is cast, trimmed and checked for ranges in
one pass. The project's staging is a view, so a pass over it is a part of what loading costs. It
makes a table of what was Parquet, which is read where it lies; the rows of CSV are in a table
already, so their pass only reads every value, and so does one over the table that is beside it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

TYPED = """
    select
        trim(customer_id) as customer_id,
        trim(month) as month,
        trim(category) as category,
        trim(payment_type) as payment_type,
        try_cast(spend as double) as spend
    from read_parquet('{path}')
    where try_cast(spend as double) between 0 and 1e12
        and length(trim(customer_id)) between 1 and 1000
        and length(trim(category)) between 1 and 1000
        and length(trim(payment_type)) between 1 and 1000
"""


READ = "select sum(hash(columns(*))) from {relation}"
STAGED = "staging.stg_spends__spends"


def main() -> None:
    """Load, and print how long it took."""
    warehouse, path = Path(sys.argv[1]), Path(sys.argv[2])
    statements = {
        ".parquet": ["create table loaded as " + TYPED, "checkpoint"],
        ".csv": [
            "create table loaded as select * from read_csv('{path}')",
            "checkpoint",
            READ.format(relation="loaded"),
        ],
        "parquet": [f"create table loaded as select * from {STAGED}", "checkpoint"],
        "csv": [READ.format(relation=STAGED)],
    }
    if path.suffix:
        warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        start = time.perf_counter()
        for statement in statements[path.suffix or path.name]:
            connection.execute(statement.format(path=path)).fetchall()
        print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
