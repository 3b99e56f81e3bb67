"""Key customer segments: what is key among shuffled people."""

import shutil

import duckdb
import numpy as np
import pytest

ATTRIBUTES = ["age_group", "gender", "marital_status", "city", "occupation"]
CHAIN = {
    "int_demographic_combinations_summed": "intermediate",
    "int_demographic_combinations_suppressed": "intermediate",
    "key_customer_segments": "marts",
}


def compiled(build, model):
    folder = build.folder / "target" / "compiled" / "card_segments" / "models"
    # dbt writes the inputs of unit tests under the same name, into a folder named after the YAML
    paths = [path for path in folder.rglob(f"{model}.sql") if path.parent.suffix != ".yml"]
    return paths[0].read_text()


@pytest.fixture
def warehouse(sample_build, tmp_path):
    """A copy of the sample's warehouse that a test may change."""
    copy = tmp_path / sample_build.warehouse.name
    shutil.copy(sample_build.warehouse, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def key_segments(sample_build, warehouse, customers):
    """Build the key segments again from other customers, with the SQL that dbt compiled."""
    warehouse.register("changed_customers", customers)
    warehouse.execute(
        "create or replace table intermediate.int_customers_spend_summed as from changed_customers"
    )
    # no value of the sample has so few customers that it would be folded
    warehouse.execute(
        f"""
        create or replace table intermediate.int_customers_grouped as
        select customer_id, {", ".join(ATTRIBUTES)} from changed_customers
        """
    )
    for model, schema in CHAIN.items():
        warehouse.execute(
            f"create or replace table {schema}.{model} as {compiled(sample_build, model)}"
        )
    return warehouse.sql("from marts.key_customer_segments").df()


@pytest.mark.slow
def test_nothing_is_key_where_demographics_are_shuffled(sample_build, warehouse):
    customers = warehouse.sql(
        "from intermediate.int_customers_spend_summed order by customer_id"
    ).df()
    assert key_segments(sample_build, warehouse, customers)["is_key_segment"].sum() >= 10

    randomness = np.random.default_rng(20)
    with_a_key_segment = 0
    for _ in range(40):
        shuffled = customers.copy()
        order = randomness.permutation(len(customers))
        shuffled[ATTRIBUTES] = customers[ATTRIBUTES].to_numpy()[order]
        found = key_segments(sample_build, warehouse, shuffled)
        assert (~found["is_suppressed"]).sum() > 100
        with_a_key_segment += found["is_key_segment"].any()
    # one in twenty at most is promised: two are expected, five would be one chance in twenty
    assert with_a_key_segment <= 4
