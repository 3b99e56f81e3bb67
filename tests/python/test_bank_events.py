"""Accounts and transactions that mean the bundled sample's spends: the same tables come of both."""

import gzip
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from metrics import Metrics
from workspaces import INPUTS, PROJECT, build_once

from tools import write_bank_events

SAMPLE = PROJECT / "samples" / "bank_events"
EVENTS = ("card_accounts", "card_transactions")
# what a build says of its inputs and of itself, the checks of inputs among it
OF_ITS_OWN = {"input_quality", "publication", "publication_checks", "published_tables"}
TIMES_AND_IDS = r"_at$|^build_id$|^model_version$"


@pytest.mark.slow
def test_the_committed_events_are_what_the_tool_writes(tmp_path):
    write_bank_events.main(["--output", str(tmp_path)])
    committed = {path.name: path.read_bytes() for path in SAMPLE.iterdir()}
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert committed.keys() == written.keys()
    assert sum(map(len, committed.values())) < 4_000_000
    for name, content in committed.items():
        unpack = gzip.decompress if name.endswith(".gz") else bytes
        assert unpack(content) == unpack(written[name]), name


@pytest.fixture(scope="module")
def events_build(shared_folder):
    """A build of everything, with spends made of the events."""
    return build_once(
        shared_folder / "bank_events",
        enabled_inputs=[*(set(INPUTS) - {"spends"}), *EVENTS],
        inputs={name: str(SAMPLE / f"{name}.csv.gz") for name in EVENTS},
    )


def published(workspace) -> dict[str, Path]:
    return {path.stem: path for path in (workspace.published / "parquet").glob("*.parquet")}


def rows(path: Path) -> pd.DataFrame:
    """What a published table says, but for when it was said."""
    frame = duckdb.read_parquet(str(path)).df()
    return frame.drop(
        columns=[one for one in frame if pd.Series([one]).str.contains(TIMES_AND_IDS)[0]]
    )


@pytest.mark.slow
def test_events_and_spends_give_the_same_tables(events_build, sample_build):
    of_events, of_spends = published(events_build), published(sample_build)
    assert of_events.keys() - of_spends.keys() == {"transaction_reconciliation"}
    assert of_spends.keys() <= of_events.keys()
    for name in sorted(of_spends.keys() - OF_ITS_OWN):
        found, expected = rows(of_events[name]), rows(of_spends[name])
        keys = [one for one in expected if not pd.api.types.is_float_dtype(expected[one])]
        found, expected = (
            frame.sort_values(keys + [one for one in frame if one not in keys], ignore_index=True)
            for frame in (found, expected)
        )
        pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-9, obj=name)


@pytest.mark.slow
def test_metrics_and_coverage_are_those_of_the_file(events_build, sample_build):
    of_events, of_spends = Metrics(events_build), Metrics(sample_build)
    assert sorted(of_events.names) == sorted(of_spends.names)
    for metrics, by in [
        (of_spends.names, []),
        (["credit_card_share"], ["spend__category", "metric_time__month", "customer__city"]),
    ]:
        pd.testing.assert_frame_equal(of_events.query(metrics, by), of_spends.query(metrics, by))
    coverages = [
        build.query_published(
            "select replace(subject, 'card_transactions', 'spends') as subject, observed "
            "from publication_checks where check_name = 'input_coverage' order by all"
        )
        for build in (events_build, sample_build)
    ]
    assert "spends: rows" in coverages[0]["subject"].tolist()
    pd.testing.assert_frame_equal(*coverages)


@pytest.mark.slow
def test_reconciled_spend_is_that_of_the_file_to_the_cent(events_build, sample_build):
    spend = "sum(cast(spend_amount as decimal(18, 2)))"
    of_file = sample_build.query(
        f"select {spend}::varchar as spend from staging.stg_spends__spends"
    )
    of_events = events_build.query_published(
        f"select {spend}::varchar as spend, sum(declined_transactions) as declined, "
        "-sum(reversed_amount) as reversed, sum(authorisation_amount) as authorised, "
        "sum(pending_amount) as pending, -sum(refund_amount) as refunds, "
        "sum(instalment_amount) as instalments, -sum(income_amount) as income, "
        "sum(cash_advance_amount) as cash, sum(fee_amount) as fees, "
        "sum(without_customer_amount) as without_customer from transaction_reconciliation"
    )
    assert Decimal(of_events["spend"][0]) == Decimal(of_file["spend"][0])
    # each way not to be spend is in the sample, and nobody's transaction is the one of SAMPLE00000
    amounts = of_events.drop(columns=["spend", "reversed", "without_customer"]).iloc[0]
    assert (amounts.astype(float) > 0).all()
    assert of_events["without_customer"].astype(float).tolist() == [350]
