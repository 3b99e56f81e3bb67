"""The events of a bank that mean the bundled sample's spends, with planted behaviour in them."""

import gzip
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from workspaces import BANK_EVENTS, PROJECT, RAW_INPUTS

from tools import write_bank_events


@pytest.mark.slow
def test_the_committed_events_are_what_the_tool_writes(tmp_path):
    write_bank_events.main(["--output", str(tmp_path)])
    committed = {path.name: path.read_bytes() for path in BANK_EVENTS.iterdir()}
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert committed.keys() == written.keys()
    assert sum(map(len, committed.values())) < 4_000_000
    for name, content in committed.items():
        unpack = gzip.decompress if name.endswith(".gz") else bytes
        assert unpack(content) == unpack(written[name]), name


def test_each_statement_follows_from_the_last_one_and_the_transactions():
    statements, transactions = (
        f"read_csv('{BANK_EVENTS / name}.csv.gz', all_varchar = true)"
        for name in ("card_statements", "card_transactions")
    )
    amounts = ["closing_balance", "credit_limit", "minimum_due", "paid_amount", "fees", "interest"]
    rows = duckdb.sql(
        f"""
        with statements as (
            select * replace (
                {", ".join(f"cast({name} as decimal(18, 2)) as {name}" for name in amounts)},
                cast(statement_date as date) as statement_date
            )
            from {statements}
        ),
        posted as (
            select
                account_id,
                last_day(cast(posting_date as date)) as statement_date,
                transaction_type,
                cast(posting_date as date) as posted_on,
                cast(amount as decimal(18, 2)) as amount,
                if(direction = 'Debit', 1, -1) * cast(amount as decimal(18, 2)) as change
            from {transactions}
            where status = 'Posted' and transaction_type <> 'Instalment billing'
        ),
        months as (
            select
                account_id,
                statement_date,
                sum(change) as change,
                coalesce(sum(amount) filter (transaction_type like '%fee'), 0) as fees,
                coalesce(sum(amount) filter (transaction_type = 'Interest charge'), 0) as interest,
                sum(amount) filter (transaction_type = 'Payment') as paid_amount,
                max(posted_on) filter (transaction_type = 'Payment') as paid_date
            from posted
            group by all
        )
        select
            last.account_id,
            last.statement_date,
            statements.closing_balance = last.closing_balance + months.change as is_balance,
            statements.fees = months.fees as is_fees,
            statements.interest = months.interest as is_interest,
            last.paid_amount is not distinct from months.paid_amount as is_paid_amount,
            cast(last.paid_date as date) is not distinct from months.paid_date as is_paid_date,
            last.minimum_due <= greatest(last.closing_balance, 0) as is_minimum
        from statements as last
        inner join statements
            on last.account_id = statements.account_id
            and last_day(last.statement_date + 1) = statements.statement_date
        inner join months
            on statements.account_id = months.account_id
            and statements.statement_date = months.statement_date
        """
    ).df()
    accounts = rows["account_id"].nunique()
    assert accounts > 600
    # six months, each after another, but for accounts without the first one or two
    assert len(rows) >= 5.8 * accounts
    checks = rows.filter(like="is_")
    assert checks.all(axis=None), rows[~checks.all(axis=1)].to_string(max_rows=10)


@pytest.mark.slow
@pytest.mark.parametrize("segmentation", ["spending", "relationship", "card_usage", "repayment"])
def test_planted_behaviour_is_found_again_from_events(events_build, segmentation):
    if segmentation == "spending":
        truth = pd.read_csv(PROJECT / "tests" / "data" / "planted_segments.csv", dtype=str)
    else:
        truth = pd.DataFrame(
            write_bank_events.planted_segments(),
            columns=["segmentation", "customer_id", "planted_segment"],
        )
    truth = truth[truth["segmentation"] == segmentation]
    members = events_build.query_published(
        f"from segment_members where segmentation = '{segmentation}'"
    )
    both = members.merge(truth, on="customer_id")
    # one customer of the sample's spends is in no file of customers
    assert len(both) == len(members) and len(truth) - len(both) in (0, 1)
    assert adjusted_rand_score(both["planted_segment"], both["segment_key"]) >= 0.9


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


@pytest.mark.exhaustive
@pytest.mark.slow
def test_unit_tests_pass_where_events_are_built(events_build):
    run = events_build.dbt_command(
        "test",
        "--select",
        "test_type:unit",
        enabled_inputs=["customers", *RAW_INPUTS],
        input_dir=str(BANK_EVENTS),
    )
    assert run.succeeded, run.output
    assert "PASS=0" not in run.text
