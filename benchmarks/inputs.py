"""Write the five inputs at any size as Parquet: python -m benchmarks.inputs CUSTOMERS FOLDER.

The customers of the bundled sample (or of --like FOLDER, with files that are named as inputs are)
are drawn again and again, with amounts that differ by a few per cent, so that larger inputs have
the same groups. A customer has as many spends as in the sample, about 216, and each other input
has as many rows as there are customers. Only rows that need no repair are drawn. Every step
streams through DuckDB, so any size fits into memory; one version of DuckDB writes the same values.

`--csv` also writes the spends as CSV, and again with one row in a hundred as banks write them:
blanks, thousands marks, words, negative amounts.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

SAMPLE = Path(__file__).resolve().parents[1] / "seeds" / "inputs"

BASES = {
    "customers": """
        select * replace (cast(avg_income as bigint) as avg_income)
        from {customers}
        where try_cast(avg_income as bigint) > 0
            and trim(cast(columns(*) as varchar)) = cast(columns(*) as varchar)
            and city similar to '[A-Z].*'
        qualify row_number() over (partition by customer_id order by avg_income, city) = 1
        order by customer_id
    """,
    "spends": """
        select base_row, spends.* replace (cast(spend as bigint) as spend)
        from {spends} as spends
        inner join base_customers using (customer_id)
        where try_cast(spend as bigint) >= 0
        qualify row_number() over (
            partition by customer_id, month, category, payment_type order by spend
        ) = 1
    """,
    "card_relationships": """
        select cast(columns(*) as integer) from {card_relationships}
        where try_cast(columns(*) as integer) is not null
        order by Sl_No
    """,
    "card_usage": """
        select CUST_ID, cast(columns(* exclude (CUST_ID)) as double) from {card_usage}
        order by CUST_ID
    """,
    "credit_profiles": "select * from {credit_profiles} order by ID",
}

# Each row of an input: `drawn` is the number of the new customer, `jitter` makes amounts differ.
DRAWS = {
    "customers": """
        select * exclude (drawn, base_row) replace (
            'C' || lpad(drawn::varchar, 9, '0') as customer_id,
            cast(round(avg_income * jitter(drawn, 'income')) as bigint) as avg_income
        )
    """,
    "spends": """
        select * exclude (drawn, base_row) replace (
            'C' || lpad(drawn::varchar, 9, '0') as customer_id,
            cast(round(spend * jitter(drawn, month || category || payment_type)) as bigint)
                as spend
        )
    """,
    "card_relationships": """
        select * exclude (drawn, base_row) replace (
            drawn + 1 as Sl_No,
            drawn + 1 as "Customer Key",
            cast(round(Avg_Credit_Limit * jitter(drawn, 'limit')) as integer) as Avg_Credit_Limit
        )
    """,
    "card_usage": """
        select * exclude (drawn, base_row) replace (
            'K' || lpad(drawn::varchar, 9, '0') as CUST_ID,
            round(BALANCE * jitter(drawn, 'balance'), 2) as BALANCE,
            round(ONEOFF_PURCHASES * jitter(drawn, 'one-off'), 2) as ONEOFF_PURCHASES,
            round(INSTALLMENTS_PURCHASES * jitter(drawn, 'instalments'), 2)
                as INSTALLMENTS_PURCHASES,
            round(CASH_ADVANCE * jitter(drawn, 'cash'), 2) as CASH_ADVANCE,
            round(PAYMENTS * jitter(drawn, 'payments'), 2) as PAYMENTS
        )
    """,
    "credit_profiles": """
        select * exclude (drawn, base_row) replace (
            '0x' || to_hex(drawn + 4096) as ID,
            'CUS_0x' || to_hex(drawn + 4096) as Customer_ID
        )
    """,
}

# One row in a hundred; three of ten of these cannot be used.
DIRTY = """
    select
        customer_id,
        month,
        case when fault in (0, 1) then '  ' || category || ' ' else category end as category,
        case when fault in (2, 3) then lower(payment_type) else payment_type end as payment_type,
        case
            when fault in (4, 5, 6) then format(' {:,}.00 ', spend)
            when fault in (7, 8) then '-' || spend
            when fault = 9 then 'unknown'
            else cast(spend as varchar)
        end as spend
    from (
        select *, case when number % 100 = 50 then number // 100 % 10 end as fault
        from (select *, row_number() over () as number from read_parquet('{parquet}'))
    )
"""


def write_inputs(customers: int, folder: Path, like: Path = SAMPLE) -> None:
    """Write the five inputs into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with _connection(folder) as connection:
        connection.execute(
            "create macro jitter(drawn, what) as 0.95 + 0.1 * (hash(drawn, what) % 1000) / 999.0"
        )
        for name, base in BASES.items():
            path = find(like, name)
            reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
            text = ", all_varchar = true" if reader == "read_csv" else ""
            selected = base.format(**{name: f"{reader}('{path}'{text})"})
            numbered = "" if name == "spends" else "row_number() over () - 1 as base_row, "
            connection.execute(f"create table base_{name} as select {numbered}* from ({selected})")
            rows = "base_customers" if name == "spends" else f"base_{name}"
            (number,) = connection.sql(f"select count(*) from {rows}").fetchone()
            connection.execute(
                f"copy ({DRAWS[name]} from (select range as drawn from range({customers})) "
                f"inner join base_{name} on drawn % {number} = base_row) "
                f"to '{folder / name}.parquet'"
            )


def write_csv(folder: Path) -> None:
    """Write the spends of a folder as CSV, clean and with one dirty row in a hundred."""
    with _connection(folder) as connection:
        parquet = folder / "spends.parquet"
        selects = {"clean": f"from read_parquet('{parquet}')", "dirty": DIRTY}
        for name, select in selects.items():
            (folder / name).mkdir(exist_ok=True)
            select = select.replace("{parquet}", str(parquet))
            connection.execute(f"copy ({select}) to '{folder / name / 'spends.csv'}'")


def find(folder: Path, name: str) -> Path:
    """Return the file of an input."""
    for ending in ("parquet", "csv", "csv.gz"):
        if (folder / f"{name}.{ending}").exists():
            return folder / f"{name}.{ending}"
    raise FileNotFoundError(f"{folder} has no {name}.parquet, {name}.csv or {name}.csv.gz")


def _connection(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "memory_limit": "4GB",
            "temp_directory": str(folder / "spill"),
            "preserve_insertion_order": False,
        }
    )


def main() -> None:
    """Write the inputs that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("customers", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--like", type=Path, default=SAMPLE)
    parser.add_argument("--csv", action="store_true")
    options = parser.parse_args()
    write_inputs(options.customers, options.folder, options.like)
    if options.csv:
        write_csv(options.folder)


if __name__ == "__main__":
    main()
