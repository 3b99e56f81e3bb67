"""How the project reads inputs on Spark: what is repaired there, and what is never loaded.

`make test-spark` runs these, with the environment of `make build-spark` in SPARK_ENVIRONMENT.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import duckdb
import pytest

PROJECT = Path(__file__).parents[2]
ENVIRONMENT = Path(os.environ.get("SPARK_ENVIRONMENT", ".venv-spark")).absolute()
CUSTOMERS = """
    select
        '="C' || (100000000 + number) || '"' as customer_id,
        case number % 3 when 0 then 'Delhi  NCR' when 1 then 'Delhi NCR' else 'Chennai' end as city,
        case when number = 2 then ' N/A ' else 'Salaried' end as occupation,
        case when number = 3 then '25–34' else '25-34' end as age_group,
        case number % 2 when 0 then 'Male' else 'Female' end as gender,
        'Single' as marital_status,
        40000 + number as avg_income
    from range(1, 41) as numbers(number)
"""


def build(folder, select, **variables):
    """Run dbt on Spark with the Parquet files of a folder; what it says, in one line."""
    folder = Path(folder)
    places = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    given = {"input_dir": str(folder), "enabled_inputs": ["customers"], **variables}
    run = subprocess.run(
        [
            *(ENVIRONMENT / "bin" / "dbt", "build", "--target", "spark", *places),
            *("--select", select, "--exclude-resource-type", "test", "unit_test"),
            *("--vars", json.dumps(given)),
        ],
        cwd=PROJECT,
        env={**os.environ, "CARD_SEGMENTS_SPARK_WAREHOUSE": str(folder / "warehouse")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr)
    return run.returncode, " ".join(said.split())


@pytest.fixture
def folder(tmp_path):
    def write(query):
        duckdb.sql(f"copy ({query}) to '{tmp_path}/customers.parquet' (format parquet)")
        return tmp_path

    return write


def test_texts_are_repaired_as_on_duckdb(folder):
    place = folder(CUSTOMERS)
    code, said = build(place, "+stg_customers__customers")
    assert code == 0, said
    staged = f"'{place}/warehouse/staging.db/stg_customers__customers/*.parquet'"
    assert duckdb.sql(
        f"select city, occupation, age_group, count(*) from {staged} group by all order by all"
    ).fetchall() == [
        ("Chennai", "Salaried", "25-34", 12),
        ("Delhi NCR", "Salaried", "25-34", 27),
    ]
    assert duckdb.sql(f"select min(customer_id) from {staged}").fetchone() == ("C100000001",)
    examined = f"'{place}/warehouse/staging.db/base_customers__examined/*.parquet'"
    rejected = (
        f"select source_row, reject_column, reject_rule from {examined} where reject_rule <> ''"
    )
    assert duckdb.sql(rejected).fetchall() == [(2, "occupation", "missing")]
    repairs = (
        f"select customer_id__repairs, age_group__repairs from {examined} where source_row = 3"
    )
    assert all(duckdb.sql(repairs).fetchone())


def test_what_may_identify_a_person_stops_the_build(folder):
    place = folder(
        f"select * replace ("
        "case when customer_id like '%07\"' then '4111 1111 1111 1111' else customer_id end "
        "as customer_id, case when customer_id like '%08\"' then 'ann@bank.com' else city end "
        f"as city) from ({CUSTOMERS})"
    )
    code, said = build(place, "customers")
    assert code != 0
    assert (
        "The column customer_id of the input 'customers' has what may be identifiers of persons, "
        f"which are never loaded, 1 times: row 7 of {place}/customers.parquet has "
        "9999 9999 9999 9999 (9 for a digit" in said
    )
    assert "The column city of the input" in said and "xxx@xxxx.xxx" in said
    assert "4111" not in said and "ann@" not in said

    trusted = {"trusted_columns": {"customers": ["customer_id", "city"]}}
    code, said = build(place, "customers", **trusted)
    assert code == 0, said
