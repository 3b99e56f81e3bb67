"""Load spends as somebody who trusts the file: python -m benchmarks.loading WAREHOUSE FILE.

CSV goes through DuckDB's reader as it guesses; Parquet is cast, trimmed and checked for ranges in
one pass.
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
    select = TYPED if path.suffix == ".parquet" else "select * from read_csv('{path}')"
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        start = time.perf_counter()
        connection.execute(f"create table spends as {select.format(path=path)}")
        connection.execute("checkpoint")
        print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
