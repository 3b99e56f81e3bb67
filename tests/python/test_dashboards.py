"""The starter dashboards show published aggregates, with the metrics of the semantic layer.

`make test-superset` imports them into Superset; here nothing but their text is needed.
"""

import uuid

import duckdb
import pandas as pd
import pytest
import yaml
from metrics import Metrics
from workspaces import PROJECT

FOLDER = PROJECT / "dashboards" / "superset"
READERS = ["credit", "marketing", "risk", "service"]
# Where a chart's params name columns of its dataset.
PLACES = ("x_axis", "all_columns", "groupby", "groupbyRows", "groupbyColumns")

# Metrics of a dataset by a column (of some of its rows), and what MetricFlow groups them by.
COMPARISONS = [
    ("segments", "segment_name", "segmentation = 'spending'", "customer__segment_name"),
    ("monthly_spend", "category", "true", "spend__category"),
    ("monthly_utilisation_by_segment", "segment_name", "true", "customer__segment_name"),
    ("contacts_by_segment", "group_name", "true", "card_relationship__segment_name"),
    ("contacts_by_segment", "channel", "true", "contact__channel"),
    ("value_by_segment", "segment_name", "true", "cardholder__segment_name"),
    ("repayment_by_group", "group_name", "group_type = 'segment'", "credit_customer__segment_name"),
]


def read(kind):
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / kind).rglob("*.yaml"))
    }


DATASETS, CHARTS, DASHBOARDS = read("datasets"), read("charts"), read("dashboards")
DATASET_OF = {content["uuid"]: name for name, content in DATASETS.items()}
CHART_OF = {content["uuid"]: name for name, content in CHARTS.items()}


def shown(dashboard):
    """The charts of a dashboard."""
    return [
        CHART_OF[part["meta"]["uuid"]]
        for part in DASHBOARDS[dashboard]["position"].values()
        if isinstance(part, dict) and part["type"] == "CHART"
    ]


def columns_of(chart):
    """All columns that a chart names."""
    params = chart["params"]
    for place in PLACES:
        columns = params.get(place, [])
        yield from [columns] if isinstance(columns, str) else columns
    yield from (one["subject"] for one in params.get("adhoc_filters", []))
    yield from (yaml.safe_load(order)[0] for order in params.get("order_by_cols", []))
    yield from (name for name in params.get("column_config", {}))


@pytest.fixture(scope="module")
def aggregates(sample_build):
    """The published file that has no rows by customer."""
    database = sample_build.published / "shared.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def metrics(sample_build):
    return Metrics(sample_build)


def expressions(dataset, names=None):
    """The metrics of a dataset as SQL."""
    return [
        f"{one['expression']} as {one['metric_name']}"
        for one in DATASETS[dataset]["metrics"]
        if names is None or one["metric_name"] in names
    ]


def test_what_is_imported_again_is_the_same_thing():
    for path in FOLDER.rglob("*.yaml"):
        place = path.relative_to(FOLDER).with_suffix("").as_posix()
        if place != "metadata":
            expected = str(uuid.uuid5(uuid.NAMESPACE_URL, f"card_segments/{place}"))
            assert yaml.safe_load(path.read_text(encoding="utf-8"))["uuid"] == expected, place


def test_each_reader_has_a_dashboard_of_charts_that_are_there():
    assert list(DASHBOARDS) == READERS
    on_dashboards = []
    for reader in READERS:
        charts = shown(reader)
        assert 4 <= len(charts) <= 6 and f"{reader}_actions" in charts
        on_dashboards += charts
    assert sorted(on_dashboards) == sorted(CHARTS)


def test_the_parts_of_a_dashboard_hang_together():
    for name, dashboard in DASHBOARDS.items():
        parts = {key: part for key, part in dashboard["position"].items() if isinstance(part, dict)}
        children = [child for part in parts.values() for child in part.get("children", [])]
        assert sorted(children) == sorted(set(parts) - {"ROOT_ID", "HEADER_ID"}), name
        for key, part in parts.items():
            assert part["id"] == key
            if part["type"] == "ROW":
                widths = [parts[child]["meta"]["width"] for child in part["children"]]
                assert sum(widths) == 12, (name, key)


def test_the_database_is_the_file_without_customers():
    (database,) = read("databases").values()
    assert database["sqlalchemy_uri"].endswith("/shared.duckdb?access_mode=read_only")
    assert {content["database_uuid"] for content in DATASETS.values()} == {database["uuid"]}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_what_its_dataset_has(name):
    chart = CHARTS[name]
    dataset = DATASETS[DATASET_OF[chart["dataset_uuid"]]]
    columns = {one["column_name"] for one in dataset["columns"]}
    metrics = {one["metric_name"] for one in dataset["metrics"]}
    assert set(columns_of(chart)) <= columns | metrics
    asked = chart["params"].get("metrics", [])
    assert set(asked) <= metrics
    assert asked or chart["params"]["all_columns"]


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_made_of_published_aggregates(aggregates, name):
    dataset = DATASETS[name]
    # the name of a table would clash with a dataset that somebody made of it
    tables = {row[0] for row in aggregates.sql("select table_name from duckdb_tables()").fetchall()}
    assert dataset["table_name"] not in tables
    columns = ", ".join(one["column_name"] for one in dataset["columns"])
    rows = aggregates.sql(f"select {columns} from ({dataset['sql']})").fetchall()
    assert rows
    if dataset["metrics"]:
        aggregates.sql(f"select {', '.join(expressions(name))} from ({dataset['sql']})").fetchall()


def test_metrics_are_named_as_in_the_semantic_layer_or_as_columns(aggregates, metrics):
    labels = {metric.name: metric.label for metric in metrics.manifest.metrics}
    compared = set()
    for dataset in DATASETS.values():
        columns = aggregates.sql(dataset["sql"]).columns
        for metric in dataset["metrics"]:
            name = metric["metric_name"]
            if name in labels:
                assert metric["verbose_name"] == labels[name]
                compared.add(name)
            else:
                assert name in columns and name in metric["expression"]
    assert compared >= {"spend", "income_utilisation_pct", "contacts_per_relationship"}


@pytest.mark.parametrize(("dataset", "column", "rows", "dimension"), COMPARISONS)
def test_metrics_give_the_figures_of_the_semantic_layer(
    aggregates, metrics, dataset, column, rows, dimension
):
    names = [one["metric_name"] for one in DATASETS[dataset]["metrics"]]
    names = [name for name in names if name in metrics.names]
    # the segments of repayment are no dimension of the metric `customers`
    if dataset == "repayment_by_group":
        names.remove("customers")
    expected = metrics.query(names, [dimension]).rename_axis(column)
    actual = aggregates.sql(f"""
        select {column}, {", ".join(expressions(dataset, names))}
        from ({DATASETS[dataset]["sql"]})
        where {rows}
        group by all
    """).df()
    pd.testing.assert_frame_equal(
        actual.set_index(column).sort_index().astype(float)[names],
        expected.astype(float)[names],
        rtol=1e-9,
        check_index_type=False,
    )


@pytest.mark.parametrize(
    ("dataset", "metric"),
    [
        ("segments", "customers"),
        ("repayment_by_group", "customers"),
        ("staff_by_segment", "pooled_staff"),
    ],
)
def test_what_would_count_customers_twice_is_empty(aggregates, dataset, metric):
    (expression,) = expressions(dataset, [metric])
    ((everything,),) = aggregates.sql(
        f"select {expression} from ({DATASETS[dataset]['sql']})"
    ).fetchall()
    assert everything is None


def test_no_dataset_adds_totals_to_their_parts(aggregates):
    """Rows for everyone are left out, or are all that there is."""
    for name, dataset in DATASETS.items():
        relation = aggregates.sql(dataset["sql"])
        if "is_total" in relation.columns:
            marks = relation.aggregate("count(distinct is_total)").fetchall()
            assert marks == [(1,)], name
        if "is_suppressed" in relation.columns:
            assert relation.filter("is_suppressed").fetchall() == [], name
