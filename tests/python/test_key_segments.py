"""Key customer segments: intervals against SciPy, and what is key among shuffled people."""

import shutil

import duckdb
import numpy as np
import pytest
from scipy import stats

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
        create or replace table intermediate.int_customers_by_attribute as
        select customer_id, 'all' as attribute, 'all' as attribute_value from changed_customers
        union all
        select customer_id, attribute, attribute_value from changed_customers
        unpivot (attribute_value for attribute in ({", ".join(ATTRIBUTES)}))
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


@pytest.mark.parametrize(
    ("x", "y", "value", "lower", "upper", "above", "scale"),
    [
        (
            "monthly_income_amount",
            "average_monthly_spend_amount",
            "income_utilisation_pct",
            "income_utilisation_pct_lower",
            "income_utilisation_pct_upper",
            "income_utilisation_above_others_points_lower",
            100,
        ),
        (
            "spend_amount",
            "credit_card_spend_amount",
            "credit_card_share",
            "credit_card_share_lower",
            "credit_card_share_upper",
            "credit_card_share_above_others_lower",
            1,
        ),
    ],
)
def test_intervals_agree_with_scipy(sample_build, x, y, value, lower, upper, above, scale):
    customers = sample_build.query("from marts.customer_income_utilisation")
    segments = sample_build.query_published("from key_customer_segments where not is_suppressed")
    # six bounds of each combination: two ends of two ratios, and the lower end of two differences
    probability = 0.05 / (6 * len(segments))

    def ratio_and_variance(group):
        ratio = group[y].sum() / group[x].sum()
        residuals = group[y] - ratio * group[x]
        people = len(group)
        return ratio, people / (people - 1) * (residuals**2).sum() / group[x].sum() ** 2

    for _, segment in segments.iterrows():
        inside = np.ones(len(customers), dtype=bool)
        for attribute in ATTRIBUTES:
            if isinstance(segment[attribute], str):
                inside &= (customers[attribute] == segment[attribute]).to_numpy()
        assert inside.sum() == segment["customers"]
        ratio, variance = ratio_and_variance(customers[inside])
        other_ratio, other_variance = ratio_and_variance(customers[~inside])
        people = inside.sum()
        # the published approximation of the quantile is good to a few hundredths
        half_width = stats.t.isf(probability, people - 1) * np.sqrt(variance)
        smaller = min(people, (~inside).sum())
        margin = stats.t.isf(probability, smaller - 1) * np.sqrt(variance + other_variance)
        assert np.isclose(segment[value], scale * ratio, rtol=1e-9)
        assert np.isclose(
            segment[upper] - segment[value], scale * half_width, rtol=0.04
        ) or segment[upper] == pytest.approx(1)
        assert np.isclose(segment[value] - segment[lower], scale * half_width, rtol=0.04) or (
            segment[lower] == 0
        )
        difference = scale * (ratio - other_ratio)
        assert np.isclose(difference - segment[above], scale * margin, rtol=0.04)
