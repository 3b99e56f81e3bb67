"""Make a table of the spends, as somebody who trusts the file, or from the project's staging.

Usage: python -m benchmarks.loading WAREHOUSE FILE|staging

CSV goes through DuckDB's reader as it guesses; Parquet is cast, trimmed and checked for ranges in
one pass. The project's staging is a view, so a pass over it is a part of what loading costs.
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


def main() -> None:
    """Load, and print how long it took."""
    warehouse, path = Path(sys.argv[1]), Path(sys.argv[2])
    selects = {
        ".parquet": TYPED,
        ".csv": "select * from read_csv('{path}')",
        "": "select * from staging.stg_spends__spends",
    }
    if path.suffix:
        warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        start = time.perf_counter()
        select = selects[path.suffix].format(path=path)
        connection.execute(f"create table loaded as {select}")
        connection.execute("checkpoint")
        print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
