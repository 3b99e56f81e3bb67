"""Nothing in the published aggregates says anything about fewer people than a cell needs."""

import os
import re
import shutil

import duckdb
import pytest
from banks import planted_bank, sampled_bank
from disclosure import Attack, Equations
from workspaces import Workspace, build_once

MINIMUM = 10
# Counts of rows, files and the like, which are not of people.
NOT_ABOUT_PEOPLE = {"input_quality", "published_tables", "publication", "publication_checks"}
# Sentences that refuse a bank because of what it is, not because of a test.
REFUSALS = re.compile(r"smallest_segment|largest_segment|No customer|too few|fewer than|at least")


def leaks(build):
    """What can be worked out from a build's aggregates."""
    with Attack(build.published / "shared.duckdb", build.warehouse, MINIMUM) as attack:
        return attack.leaks()


def small_counts(build):
    """The columns of aggregates that show a count of a few people."""
    found = []
    with duckdb.connect(str(build.published / "shared.duckdb"), read_only=True) as published:
        for (table,) in published.sql("show tables").fetchall():
            if table in NOT_ABOUT_PEOPLE:
                continue
            for column, *_ in published.sql(f"describe {table}").fetchall():
                if "customers" in column and "share" not in column:
                    few = f'"{column}" > 0 and "{column}" < {MINIMUM}'
                    rows = published.sql(f"select count(*) from {table} where {few}").fetchone()[0]
                    found += [f"{table}.{column}"] * bool(rows)
    return found


@pytest.fixture(scope="session")
def planted_build(shared_folder):
    """The sample with customers who are each alone in one thing."""
    return build_once(
        shared_folder / "planted", inputs=planted_bank(shared_folder / "planted_inputs")
    )


@pytest.fixture(scope="session")
def small_build(shared_folder):
    """A bank of 150 customers."""
    files = sampled_bank(shared_folder / "small_inputs", seed=1, customers=150)
    return build_once(shared_folder / "small", inputs=files)


def test_equations_give_away_what_they_determine():
    equations = Equations("table")
    equations.know(["a", "b"], 12)
    equations.know(["a", "b", "c"], 15)
    assert equations.disclosed({"c": ["c"], "a": ["a"]}) == ["table: c is 3"]
    assert equations.eliminated({"c": ["c"], "a": ["a"]}) == ["table: c follows by elimination"]
    # nobody is negative, so of two who are none together each is none
    equations.know(["d", "e"], 0)
    assert equations.disclosed({"d": ["d"]}) == ["table: d is 0"]
    assert not equations.eliminated({"d": ["d"]})


def test_every_table_that_suppresses_is_counted_again(manifest):
    counted = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "rests_on_enough_people"
    }
    suppressing = {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node.get("access") == "public"
        and "is_suppressed" in node["columns"]
    }
    assert suppressing
    assert not suppressing - counted


def test_nothing_follows_from_the_aggregates_of_the_sample(sample_build):
    assert leaks(sample_build) == []
    assert small_counts(sample_build) == []


@pytest.mark.slow
@pytest.mark.real_data
def test_nothing_follows_from_the_aggregates_of_the_public_files(real_build):
    assert leaks(real_build) == []
    assert small_counts(real_build) == []


@pytest.mark.exhaustive
@pytest.mark.slow
def test_nothing_follows_from_the_aggregates_of_a_small_bank(small_build):
    assert leaks(small_build) == []
    assert small_counts(small_build) == []


def test_the_attack_finds_what_a_table_gives_away(sample_build, tmp_path):
    copy = Workspace(tmp_path)
    copy.published.mkdir()
    shutil.copy(sample_build.published / "shared.duckdb", copy.published / "shared.duckdb")
    shutil.copy(sample_build.warehouse, copy.warehouse)
    with duckdb.connect(str(copy.published / "shared.duckdb")) as published:
        published.execute(f"attach '{copy.warehouse}' as truth (read_only)")
        published.execute(
            """
            insert into customer_demographics by name
            select counted.dimension_set, counted.group_label, counted.age_group, counted.gender,
                counted.marital_status, counted.city, counted.occupation, counted.attribute_count,
                counted.customers, false as is_total, false as is_suppressed
            from truth.intermediate.int_demographic_combinations_summed as counted
            anti join customer_demographics as shown
                using (dimension_set, group_label)
            where counted.attribute_count = 2
            """
        )
        # who stayed, taken out of the flows of a segment that are one
        published.execute(
            """
            create temp table stayed as
            with months as (
                select scores.customer_id, segments.segment_key, scores.period_month,
                    lead(segments.segment_key)
                        over (partition by customer_id order by period_month) as next_key
                from truth.intermediate.int_spending__monthly_scores as scores
                inner join truth.intermediate.int_segments as segments
                    using (segmentation, segment_number)
            )
            select period_month as from_month, segment_key, count(*) as customers
            from months where segment_key = next_key group by all
            """
        )
        published.execute(
            """
            insert into monthly_segment_transitions by name
            select shown.segmentation, shown.from_segment_key,
                shown.from_segment_key as to_segment_key, stayed.customers, shown.from_month,
                shown.to_month
            from monthly_segment_transitions as shown
            inner join stayed
                on shown.from_month = stayed.from_month
                and shown.from_segment_key = stayed.segment_key
            where shown.to_segment_key = 'all_other'
            """
        )
        published.execute(
            """
            update monthly_segment_transitions as shown
            set customers = shown.customers - stayed.customers
            from stayed
            where shown.to_segment_key = 'all_other' and shown.from_month = stayed.from_month
                and shown.from_segment_key = stayed.segment_key
            """
        )
    found = " ".join(leaks(copy))
    assert "customer_demographics:" in found
    assert "monthly_segment_transitions: (" in found
    assert "out of" in found


@pytest.mark.slow
def test_who_is_alone_in_something_is_in_no_aggregate(planted_build):
    """A category, a payment type, a month, a city (and whatever it is combined with), two
    occupations, a number of cards, a claim's group; flows and classes of a few are in the sample.
    """
    alone = ["Fertility clinic", "Postal order", "Shimla", "Lighthouse keeper", "Falconer"]
    with duckdb.connect(
        str(planted_build.published / "shared.duckdb"), read_only=True
    ) as published:
        for (table,) in published.sql("show tables").fetchall():
            rows = published.sql(f"select cast({table} as varchar) as row_text from {table}").df()
            for word in alone:
                assert not rows["row_text"].str.contains(word).any(), (table, word)
        for table in ("monthly_spend", "monthly_income_utilisation"):
            shown = published.sql(
                f"from {table} where spend_amount is not null and month(spend_month) = 12"
            )
            assert not len(shown.df()), table
        cards = published.sql(
            "select distinct group_key from service_demand where group_type = 'credit_cards'"
        ).df()
        assert "11" not in set(cards["group_key"])
        assert "all_other" in set(cards["group_key"])
    # whoever was there without the customer is still there
    with duckdb.connect(str(planted_build.warehouse), read_only=True) as warehouse:
        flows = warehouse.sql("select customers from intermediate.int_card_usage__behaviour_cells")
        assert flows.df()["customers"].between(1, MINIMUM - 1).any()
    assert small_counts(planted_build) == []
    assert leaks(planted_build) == []


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "seed",
    range(int(os.environ.get("SMALL_BANKS", "3"))),
)
def test_a_small_bank_is_published_or_refused_with_a_sentence(seed, workspace, tmp_path):
    """Banks of 60 to 500 customers; SMALL_BANKS says how many, 40 in the study."""
    customers = 60 + (seed * 97) % 441
    files = sampled_bank(tmp_path / "inputs", seed, customers)
    run = workspace.dbt("build", inputs=files)
    if run.succeeded:
        assert leaks(workspace) == []
        assert small_counts(workspace) == []
    else:
        assert REFUSALS.search(run.text), run.text[-3000:]
        assert "Failure in test" not in run.text, run.text[-3000:]
