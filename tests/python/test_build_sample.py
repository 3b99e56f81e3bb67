"""A complete build of the bundled sample, seen from outside."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from scoring import scored_by_engine
from sklearn.metrics import adjusted_rand_score
from workspaces import PROJECT, query


@pytest.mark.parametrize("segmentation", ["relationship", "card_usage"])
def test_planted_segments_are_found(sample_build, segmentation):
    truth = pd.read_csv(PROJECT / "tests/data/planted_segments.csv", dtype=str)
    truth = truth[truth["segmentation"] == segmentation]
    members = sample_build.query_published(
        f"""
        select customer_id, segment_key from segment_members
        where segmentation = '{segmentation}'
        """
    )
    both = truth.merge(members, on="customer_id", how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    assert adjusted_rand_score(both["planted_segment"], both["segment_key"]) >= 0.85


@pytest.mark.parametrize("segmentation", ["relationship", "card_usage"])
def test_sql_scores_as_the_engine_does(sample_build, segmentation):
    in_sql, in_engine = scored_by_engine(sample_build, segmentation)
    assert len(in_sql) > 0
    pd.testing.assert_series_equal(in_sql["segment_key"], in_engine["segment_key"])
    pd.testing.assert_series_equal(
        in_sql["runner_up_segment_key"], in_engine["runner_up_segment_key"]
    )
    np.testing.assert_allclose(in_sql["distance"], in_engine["distance"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(in_sql["margin"], in_engine["margin"], rtol=0, atol=1e-9)


def test_published_tables_are_those_of_one_build(sample_build):
    tables = set(
        sample_build.query_published(
            "select table_name from information_schema.tables where table_schema = 'main'"
        )["table_name"]
    )
    listed = set(
        sample_build.query_published(
            "select table_name from published_tables where status = 'published'"
        )["table_name"]
    )
    assert tables == listed | {"published_tables", "publication"}

    manifest = json.loads((sample_build.published / "manifest.json").read_text())
    build_id = sample_build.query_published("select build_id from publication")["build_id"].item()
    assert manifest["build_id"] == build_id
    assert (sample_build.published / "parquet").resolve().parent.name == build_id


# Columns with keys of segments that are no foreign keys: what too few are in is `all_other` there.
FOLDED = {
    ("monthly_segment_transitions", "from_segment_key"),
    ("monthly_segment_transitions", "to_segment_key"),
    ("monthly_utilisation_by_segment", "segment_key"),
    ("segment_changes", "to_segment_key"),
    ("spend_by_segment", "segment_key"),
}
# A row for everyone, or for what is of no column, has a null in what would be the primary key.
WITHOUT_KEY = {"behaviour_by_segment", "input_quality", "segment_parameters", "segment_value"}


def test_a_segment_key_alone_leads_to_the_segment(sample_build):
    """Every key of a segment is a foreign key, or would be but for `all_other`."""
    columns = set(
        sample_build.query_published(
            "select table_name, column_name from duckdb_columns() where column_name "
            "similar to '(.*_)?segment_key' and table_name <> 'segment_registry'"
        ).itertuples(index=False, name=None)
    )
    keys = sample_build.query_published(
        "select table_name, constraint_type, constraint_column_names[1] as column_name, "
        "referenced_table from duckdb_constraints()"
    )
    foreign = keys[keys["constraint_type"] == "FOREIGN KEY"]
    assert set(foreign["referenced_table"]) == {"segmentations", "segments", "segment_registry"}
    foreign = set(foreign[["table_name", "column_name"]].itertuples(index=False, name=None))
    # one join is enough: the second nearest segment is not the one to join by
    own = {one for one in columns if "runner_up" not in one[1]}
    assert own - foreign == FOLDED
    known = set(sample_build.query_published("from segment_registry")["segment_key"])
    for table, column in columns:
        found = sample_build.query_published(f"select distinct {column} as found from {table}")
        assert set(found["found"].dropna()) <= known | {"all_other"}, (table, column)
    keyed = set(keys[keys["constraint_type"] == "PRIMARY KEY"]["table_name"])
    tables = set(sample_build.query_published("select table_name from duckdb_tables()").iloc[:, 0])
    assert tables - keyed == WITHOUT_KEY


def test_totals_do_not_add_up_with_segments_in_silence(sample_build):
    """A row for everyone says so, and a join by the key of a segment leaves it out."""
    for table in ("behaviour_by_segment", "segment_value"):
        rows = sample_build.query_published(f"from {table}")
        assert rows["is_total"].any() and (rows["is_total"] == rows["segment_key"].isna()).all()
    marked = sample_build.query_published(
        "select table_name from duckdb_columns() where column_name = 'is_total'"
    )["table_name"]
    grouped = sample_build.query_published(
        "select table_name, column_name from duckdb_columns() "
        "where column_name in ('group_type', 'attribute', 'dimension_set') and table_name in "
        "(select table_name from published_tables where table_kind = 'aggregate')"
    )
    for table, column in grouped.itertuples(index=False):
        of_everyone = sample_build.query_published(f"from {table} where {column} = 'all'")
        if len(of_everyone):
            assert table in set(marked) and of_everyone["is_total"].all(), table


def test_what_is_shared_holds_aggregates_and_no_customer(sample_build):
    """Not one identifier of the sample stands anywhere in it, nor in the report page."""
    shared = sample_build.published / "shared.duckdb"
    listed = sample_build.query_published("from published_tables where status = 'published'")
    kinds = listed.set_index("table_name").table_kind
    tables = query(shared, "select table_name from duckdb_tables() order by all")["table_name"]
    assert set(tables) == {
        *kinds.index[kinds == "aggregate"], "published_tables", "publication"
    }  # fmt: skip
    assert kinds.value_counts()["customer"] == len(kinds) + 2 - len(tables) == 12

    members = sample_build.query_published("select distinct customer_id from segment_members")
    # numbers without letters stand for other things as well
    identifiers = {one for one in members["customer_id"] if not one.isdigit()}
    assert len(identifiers) > 3_000
    for table in tables:
        rows = query(shared, f"from {table}")
        compared = sample_build.query_published(f"from {table}")
        pd.testing.assert_frame_equal(rows, compared, obj=table)
        for column in rows.select_dtypes(exclude="number"):
            assert not identifiers & set(rows[column].astype(str)), (table, column)
    words = set(re.findall(r"\w+", (sample_build.published / "report.html").read_text()))
    assert not identifiers & words


def test_parquet_files_hold_what_the_database_holds(sample_build):
    for table in sample_build.query_published(
        "select table_name from published_tables where status = 'published'"
    )["table_name"]:
        path = sample_build.published / "parquet" / f"{table}.parquet"
        difference = sample_build.query_published(
            f"""
            select count(*) as differing from (
                (from "{table}" except all from read_parquet('{path}'))
                union all
                (from read_parquet('{path}') except all from "{table}")
            )
            """
        )
        assert difference["differing"].item() == 0, table


def test_descriptions_travel_with_the_published_tables(sample_build):
    without = sample_build.query_published(
        """
        select table_name, column_name from duckdb_columns()
        where comment is null and schema_name = 'main' and not internal
        and table_name <> 'publication'
        """
    )
    assert without.empty, without


def test_summary_names_segments_and_files(sample_build):
    for name in sample_build.query_published("select segment_name from segments")["segment_name"]:
        assert name in sample_build.run.text
    assert "publication checks passed" in sample_build.run.text
    assert str(sample_build.published / "cards.duckdb") in sample_build.run.text
    _, what_to_open = sample_build.run.text.split("Open next: ")
    elsewhere = f"VARS='{{published_dir: {sample_build.published}}}'"
    for opened in (
        f"{sample_build.published}/report.html",
        f"make explore {elsewhere}",
        "make docs",
    ):
        assert opened in what_to_open


def test_direct_identifiers_are_never_loaded(sample_build):
    assert b"Sample Person" not in sample_build.warehouse.read_bytes()
    columns = sample_build.query(
        "select column_name from information_schema.columns where table_schema = 'inputs'"
    )["column_name"]
    assert not {"name", "ssn"} & {column.lower() for column in columns}


def test_every_row_is_accounted_for(sample_build):
    rows = sample_build.query("select * from intermediate.int_input_rows")
    assert len(rows) == 5
    assert (rows["loaded_rows"] + rows["rejected_rows"] == rows["read_rows"]).all()
    rejects = sample_build.query(
        "select input_name, count(*) as rejects from intermediate.int_input_rejects group by 1"
    ).set_index("input_name")["rejects"]
    assert rejects.to_dict() == {
        name: count
        for name, count in zip(rows["input_name"], rows["rejected_rows"], strict=True)
        if count
    }


def test_every_column_is_described_and_every_description_has_a_column(sample_build, manifest):
    in_warehouse = sample_build.query(
        "select table_schema, table_name, column_name from information_schema.columns"
    )
    undescribed, vanished = [], []
    for node in manifest["nodes"].values():
        if node["resource_type"] not in ("model", "seed"):
            continue
        at_node = (in_warehouse["table_schema"] == node["schema"]) & (
            in_warehouse["table_name"] == node["name"]
        )
        actual = set(in_warehouse.loc[at_node, "column_name"].str.lower())
        described = {
            name.lower() for name, column in node["columns"].items() if column["description"]
        }
        if node["schema"] == "inputs":
            actual -= {"source_file", "source_row", "source_fault"}
        undescribed += [f"{node['name']}.{column}" for column in sorted(actual - described)]
        vanished += [f"{node['name']}.{column}" for column in sorted(described - actual)]
    assert not undescribed
    assert not vanished


def test_the_page_of_tables_lists_the_published_tables(sample_build):
    page = (PROJECT / "docs" / "tables.md").read_text()
    for table in sample_build.query_published("from published_tables").table_name:
        assert f"| `{table}` |" in page, table
