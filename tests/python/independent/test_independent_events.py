"""The five inputs worked out from a bank's events with pandas, and the same tables of both."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from bank import bank_of_sample, read
from events import Events
from metrics import Metrics
from workspaces import BANK_EVENTS, RAW_INPUTS, build_once

# what a build says of its inputs and of itself
OF_ITS_OWN = {"input_quality", "publication", "publication_checks", "published_tables"}
TIMES_AND_IDS = r"_at$|^build_id$|^model_version$"


@pytest.fixture(scope="module")
def events():
    """The events of the sample."""
    names = ("card_accounts", "card_transactions", "card_statements", "service_contacts")
    assert set(names) == set(RAW_INPUTS)
    return Events(
        read(BANK_EVENTS / "customers.csv"),
        *(read(BANK_EVENTS / f"{name}.csv.gz") for name in names),
    )


@pytest.fixture(scope="module")
def five_build(shared_folder, events):
    """A build of the five inputs that the events make."""
    folder = shared_folder / "five_of_events"
    folder.mkdir(exist_ok=True)
    paths = {"customers": str(BANK_EVENTS / "customers.csv")}
    for name, rows in events.inputs().items():
        paths[name] = str(folder / f"{name}.parquet")
        if not Path(paths[name]).exists():
            duckdb.from_df(rows).write_parquet(paths[name])
    segmentations = ["spending", "relationship", "card_usage", "repayment"]
    return build_once(folder / "build", inputs=paths, same_customers=segmentations)


def published(workspace) -> dict[str, Path]:
    return {path.stem: path for path in (workspace.published / "parquet").glob("*.parquet")}


def rows(path: Path) -> pd.DataFrame:
    """What a published table says, but for when it was said."""
    frame = duckdb.read_parquet(str(path)).df()
    return frame.drop(
        columns=[one for one in frame if pd.Series([one]).str.contains(TIMES_AND_IDS)[0]]
    )


@pytest.mark.slow
def test_events_mean_exactly_the_bundled_spends(events):
    keys = ["customer_id", "month", "category", "payment_type"]
    bundled = bank_of_sample(None).spends[[*keys, "spend"]]
    found = events.spends()
    found["month"] = pd.to_datetime(found["month"])
    both = bundled.merge(found, "outer", keys, suffixes=("", "_of_events"))
    assert len(both) == len(bundled) > 100_000
    assert (both["spend"] == both["spend_of_events"]).all()


@pytest.mark.slow
def test_events_and_the_five_inputs_give_the_same_tables(events_build, five_build, events):
    of_events, of_five = published(events_build), published(five_build)
    assert of_events.keys() - of_five.keys() == {"transaction_reconciliation"}
    assert of_five.keys() <= of_events.keys()
    for name in sorted(of_five.keys() - OF_ITS_OWN):
        found, expected = rows(of_events[name]), rows(of_five[name])
        if name == "segment_profiles":
            found = found[~found["metric"].isin(events.purchases_described())]
        keys = [one for one in expected if not pd.api.types.is_float_dtype(expected[one])]
        found, expected = (
            frame.sort_values(keys + [one for one in frame if one not in keys], ignore_index=True)
            for frame in (found, expected)
        )
        pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9, obj=name)


@pytest.mark.slow
def test_purchases_are_described_as_pandas_describes_them(events_build, events):
    expected = events.purchases_described()
    found = events_build.query(
        f"select customer_id, {', '.join(expected)} from intermediate.int_card_usage__features "
        "where days_since_purchase is not null order by customer_id"
    ).set_index("customer_id")
    assert len(expected) > 300
    # everyone of the sample buys in all nine categories
    assert (expected.drop(columns="spend_categories").nunique() > 5).all()
    pd.testing.assert_frame_equal(
        found.astype(float), expected.sort_index().astype(float), check_index_type=False
    )
    described = events_build.query_published(
        "select distinct metric from segment_profiles where metric_label is not null"
    )
    assert set(expected) <= set(described["metric"])


@pytest.mark.slow
def test_metrics_and_coverage_are_those_of_the_five_inputs(events_build, five_build):
    of_events, of_five = Metrics(events_build), Metrics(five_build)
    assert sorted(of_events.names) == sorted(of_five.names)
    for metrics, by in [
        (of_five.names, []),
        (["credit_card_share"], ["spend__category", "metric_time__month", "customer__city"]),
    ]:
        pd.testing.assert_frame_equal(of_events.query(metrics, by), of_five.query(metrics, by))
    coverages = [
        build.query_published(
            "select replace(replace(subject, 'card_transactions', 'spends'), 'card_statements', "
            "'credit_profiles') as subject, observed "
            "from publication_checks where check_name = 'input_coverage' order by all"
        )
        for build in (events_build, five_build)
    ]
    assert {"spends: rows", "credit_profiles: months"} <= set(coverages[0]["subject"])
    pd.testing.assert_frame_equal(*coverages)
