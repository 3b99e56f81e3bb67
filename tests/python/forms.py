"""The rows of a bank in other forms: in another order, in several files, as Parquet, typed."""

import random
from pathlib import Path
from zlib import crc32

import duckdb
import pandas as pd
from case_loading import usable_rows
from workspaces import INPUTS, query

# What tells the rows of an input apart; the later ones of a key stay behind the first, in its file.
KEYS = {
    "customers": ["customer_id"],
    "spends": ["customer_id", "month", "category", "payment_type"],
    "card_relationships": ["sl_no"],
    "card_usage": ["cust_id"],
    "credit_profiles": ["customer_id", "month"],
}
PARTS = 3
# How typed columns are held, where it is not as the warehouse holds them: a whole number beside a
# missing one as pandas has it, a month as a moment, an amount in single precision.
TYPES = {
    "card_relationships": {"sl_no": "double", "total_credit_cards": "double"},
    "credit_profiles": {"month": "timestamptz", "credit_history_age": "double"},
    "customers": {"avg_income": "decimal(18, 2)"},
    "spends": {"month": "timestamp", "spend": "float"},
}


def as_read(warehouse: Path, name: str) -> pd.DataFrame:
    """The texts of an input that a build has read, under the names of the contract."""
    return query(
        warehouse,
        f"""
        select * exclude (source_file, source_row, source_fault) from inputs.{name}
        where source_fault is null order by source_file, source_row
        """,
    )


def shuffled(rows: pd.DataFrame, name: str, seed: int) -> pd.DataFrame:
    """The rows in another order, but for the later ones of a repeated key, which come last."""
    is_later = rows.duplicated(KEYS[name])
    order = list(rows.index[~is_later])
    random.Random(seed).shuffle(order)
    return pd.concat([rows.loc[order], rows[is_later]])


def write_csv(rows: pd.DataFrame, name: str, folder: Path) -> None:
    rows.to_csv(folder / f"{name}.csv", index=False)


def write_parts(rows: pd.DataFrame, name: str, folder: Path) -> None:
    """Several files in a folder, one of them compressed; the rows of a key are in one."""
    (folder / name).mkdir()
    keys = rows[KEYS[name]].astype(str).agg("/".join, axis=1)
    part = keys.map(lambda key: crc32(key.encode()) % PARTS)
    for number, ending in enumerate(["csv", "csv.gz", "csv"]):
        rows[part == number].to_csv(folder / name / f"{number}.{ending}", index=False)


def write_parquet(rows: pd.DataFrame, name: str, folder: Path) -> None:
    """Columns of text, in groups of 2,048 rows."""
    with duckdb.connect() as connection:
        connection.register("given", rows)
        path = folder / f"{name}.parquet"
        connection.execute(f"copy given to '{path}' (format parquet, row_group_size 2048)")


def write_typed(warehouse: Path, folder: Path) -> None:
    """The rows that a build could use as Parquet, each column in its type; in another order."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for name in INPUTS:
            types = TYPES.get(name, {})
            columns = [
                f"cast({column} as {types[column]}) as {column}" if column in types else column
                for column in as_read(warehouse, name).columns
            ]
            connection.execute(
                f"""
                copy (
                    select {", ".join(columns)} from ({usable_rows(connection, name)})
                    order by hash(source_row)
                ) to '{folder / name}.parquet' (format parquet)
                """
            )


def write_texts(warehouse: Path, folder: Path, forms, seed: int = 1) -> None:
    """The inputs that a build has read, shuffled; they take turns with the forms."""
    folder.mkdir(parents=True)
    for position, name in enumerate(INPUTS):
        rows = shuffled(as_read(warehouse, name), name, seed)
        forms[position % len(forms)](rows, name, folder)
