"""The spend marts in other ways, and whether their figures are the project's.

Usage: python -m benchmarks.spend_marts duckdb|pandas|polars INPUTS RESULTS
       python -m benchmarks.spend_marts compare WAREHOUSE RESULTS
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

TABLES = ("customer_utilisation", "group_utilisation", "monthly_spend", "group_spend")
ATTRIBUTES = ("all", "age_group", "gender", "marital_status", "city", "occupation")
MEMORY = "2500MB"

# What is published, beside the table of the same name, and its key. Published groups that are
# suppressed or folded into others have no counterpart.
COMPARED = {
    "customer_utilisation": (
        "select customer_id, spend_amount, credit_card_spend_amount, income_utilisation_pct "
        "from marts.customer_income_utilisation",
        ("customer_id",),
    ),
    "group_utilisation": (
        "select attribute, attribute_value, customers, "
        "income_utilisation_ratio_of_means_pct as ratio_of_means_pct, "
        "income_utilisation_mean_of_ratios_pct as mean_of_ratios_pct "
        "from marts.income_utilisation_by_demographic where not is_suppressed",
        ("attribute", "attribute_value"),
    ),
    "monthly_spend": (
        "select attribute, attribute_value, monthname(spend_month) as month, category, "
        "payment_type, customers, spend_amount "
        "from marts.monthly_spend where not is_suppressed",
        ("attribute", "attribute_value", "month", "category", "payment_type"),
    ),
    "group_spend": (
        "select attribute, attribute_value, category, payment_type, customers, spend_amount "
        "from marts.spend_by_demographic where not is_suppressed",
        ("attribute", "attribute_value", "category", "payment_type"),
    ),
}


def by_duckdb(inputs: Path, results: Path) -> None:
    """Run hand_written.sql."""
    import duckdb

    script = Path(__file__).with_name("hand_written.sql").read_text(encoding="utf-8")
    settings = {
        "memory_limit": MEMORY,
        "temp_directory": str(results / "spill"),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=settings) as connection:
        connection.execute("set variable inputs = $1", [str(inputs)])
        connection.execute(script)
        for table in TABLES:
            connection.execute(f"copy {table} to '{results / table}.parquet'")


def by_pandas(inputs: Path, results: Path) -> None:
    """Do it as in a notebook: read everything, merge, group."""
    import pandas as pd

    customers = pd.read_parquet(inputs / "customers.parquet")
    customers = customers.rename(columns={"marital status": "marital_status"}).assign(all="all")
    spends = pd.read_parquet(inputs / "spends.parquet")
    if spends.duplicated(["customer_id", "month", "category", "payment_type"]).any():
        raise SystemExit("a key is repeated")
    months = spends["month"].nunique()

    spends["card"] = spends["spend"].where(spends["payment_type"] == "Credit Card", 0)
    sums = spends.groupby("customer_id")[["spend", "card"]].sum()
    customers = customers.merge(sums, how="left", on="customer_id")
    customers[["spend", "card"]] = customers[["spend", "card"]].fillna(0)
    customers["utilisation"] = 100 * customers["spend"] / customers["avg_income"] / months
    names = {
        "spend": "spend_amount",
        "card": "credit_card_spend_amount",
        "utilisation": "income_utilisation_pct",
    }
    customers.rename(columns=names).to_parquet(results / "customer_utilisation.parquet")

    merged = spends.merge(customers[["customer_id", *ATTRIBUTES]], on="customer_id")
    merged["spender"] = merged["customer_id"].where(merged["spend"] > 0)
    groups, monthly, kinds = [], [], []
    for attribute in ATTRIBUTES:
        grouped = customers.groupby(attribute)
        summed = grouped[["spend", "avg_income"]].sum()
        groups.append(
            pd.DataFrame(
                {
                    "customers": grouped.size(),
                    "ratio_of_means_pct": 100 * summed["spend"] / summed["avg_income"] / months,
                    "mean_of_ratios_pct": grouped["utilisation"].mean(),
                }
            )
            .rename_axis("attribute_value")
            .reset_index()
            .assign(attribute=attribute)
        )
        for tables, further in ((monthly, ["month"]), (kinds, [])):
            grouped = merged.groupby([attribute, *further, "category", "payment_type"])
            tables.append(
                grouped.agg(customers=("spender", "nunique"), spend_amount=("spend", "sum"))
                .reset_index()
                .rename(columns={attribute: "attribute_value"})
                .assign(attribute=attribute)
            )
    for table, frames in zip(TABLES[1:], (groups, monthly, kinds), strict=True):
        pd.concat(frames).to_parquet(results / f"{table}.parquet")


def by_polars(inputs: Path, results: Path) -> None:
    """Do it lazily, in streams."""
    import polars as pl

    key = ["customer_id", "month", "category", "payment_type"]
    spends = pl.scan_parquet(inputs / "spends.parquet")
    repeated = spends.group_by(key).len().filter(pl.col("len") > 1)
    if repeated.head(1).collect(engine="streaming").height:
        raise SystemExit("a key is repeated")
    months = spends.select(pl.col("month").n_unique()).collect(engine="streaming").item()
    is_card = pl.col("payment_type") == "Credit Card"
    sums = spends.group_by("customer_id").agg(
        spend_amount=pl.col("spend").sum().cast(pl.Float64),
        credit_card_spend_amount=pl.col("spend").filter(is_card).sum().cast(pl.Float64),
    )
    customers = (
        pl.scan_parquet(inputs / "customers.parquet")
        .rename({"marital status": "marital_status", "avg_income": "income"})
        .with_columns(pl.lit("all").alias("all"))
        .join(sums, how="left", on="customer_id")
        .with_columns(pl.col("spend_amount", "credit_card_spend_amount").fill_null(0))
        .with_columns(
            income_utilisation_pct=100 * pl.col("spend_amount") / pl.col("income") / months
        )
        .collect(engine="streaming")
    )
    customers.write_parquet(results / "customer_utilisation.parquet")

    attributes = customers.lazy().select("customer_id", *ATTRIBUTES)
    has_spent = (pl.col("spend") > 0).sum().alias("customers")
    amount = pl.col("spend").sum().cast(pl.Float64)
    finest = (
        spends.join(attributes, on="customer_id")
        .group_by("month", "category", "payment_type", *ATTRIBUTES)
        .agg(has_spent, spend_amount=amount)
        .collect(engine="streaming")
    )
    # who spends on the same in several months is one customer
    finest_of_all_months = (
        spends.group_by("customer_id", "category", "payment_type")
        .agg(pl.col("spend").sum(), has_spent=(pl.col("spend") > 0).any())
        .join(attributes, on="customer_id")
        .group_by("category", "payment_type", *ATTRIBUTES)
        .agg(customers=pl.col("has_spent").sum(), spend_amount=amount)
        .collect(engine="streaming")
    )
    groups, monthly, kinds = [], [], []
    for attribute in ATTRIBUTES:
        named = [pl.lit(attribute).alias("attribute"), pl.col(attribute).alias("attribute_value")]
        income = pl.col("income").sum()
        groups.append(
            customers.group_by(named).agg(
                customers=pl.len(),
                ratio_of_means_pct=100 * pl.col("spend_amount").sum() / income / months,
                mean_of_ratios_pct=pl.col("income_utilisation_pct").mean(),
            )
        )
        summed = pl.col("customers", "spend_amount").sum()
        monthly.append(finest.group_by(*named, "month", "category", "payment_type").agg(summed))
        kinds.append(finest_of_all_months.group_by(*named, "category", "payment_type").agg(summed))
    for table, frames in zip(TABLES[1:], (groups, monthly, kinds), strict=True):
        pl.concat(frames).write_parquet(results / f"{table}.parquet")


def differences(warehouse: Path, results: Path) -> Iterator[str]:
    """Yield a sentence for each table whose figures are not the project's."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table, (published, keys) in COMPARED.items():
            other = f"read_parquet('{results / table}.parquet')"
            names = [name for (name, *_) in connection.sql(f"describe {published}").fetchall()]
            unequal = " or ".join(
                f"abs(published.{name} - other.{name}) > 1e-9 * abs(other.{name})"
                f" or (published.{name} is null) <> (other.{name} is null)"
                for name in names
                if name not in keys
            )
            folded = "".join(f" and {key} <> 'All other'" for key in keys)
            rows, different = connection.sql(
                f"select count(*), count(*) filter (where {unequal}) "
                f"from (from ({published}) where true{folded}) as published "
                f"left join {other} as other using ({', '.join(keys)})"
            ).fetchone()
            if different or not rows:
                yield f"{table}: {different} of {rows} rows differ"


def main() -> None:
    """Do what the command line asks for."""
    way, source, results = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    results.mkdir(parents=True, exist_ok=True)
    if way == "compare":
        raise SystemExit("\n".join(differences(source, results)) or None)
    {"duckdb": by_duckdb, "pandas": by_pandas, "polars": by_polars}[way](source, results)


if __name__ == "__main__":
    main()
