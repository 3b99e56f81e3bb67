"""A bank's own events in the place of spends: what becomes of transactions, what is refused."""

import json
import re
import shutil
import subprocess

import duckdb
import pandas as pd
import pytest
import yaml
from test_structure import NAMES, READABLE, SUBJECTS, House, has_key, has_subject, name, subject
from workspaces import BANK_EVENTS, INPUTS, PROJECT, RAW_INPUTS, Workspace, tables_of_events

PAGE = (PROJECT / "docs" / "events.md").read_text(encoding="utf-8")
EVENTS = ("--select", "+transaction_reconciliation", "+int_spends", "+input_quality")
ROWS = "transaction_id,customer_id,transaction_date,amount,transaction_type,currency"


def write(folder, transactions, file="card_transactions.csv"):
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(transactions, encoding="utf-8")
    return str(folder)


# A transaction that stood twice would show in assert_transactions_reconcile; what is summed ends
# with a group by of all its keys.
WITHOUT_KEY_TEST = {
    "int_transactions_read",
    "int_transactions_classified",
    "int_transactions_summed",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example of docs/events.md, built as it says there, with the unit tests of its models."""
    folder = tmp_path_factory.mktemp("events")
    for file, rows in re.findall(r"^`/data/cards/(\S+)`:\n\n```csv\n(.*?)```", PAGE, re.M | re.S):
        write(folder / "cards", rows, file)
    variables = yaml.safe_load(re.search(r"^make build VARS='(.*)'$", PAGE, re.M)[1])
    assert variables.pop("input_dir") == "/data/cards"
    workspace = Workspace(folder)
    made = ("+int_cardholders", "+int_credit_profiles", "+int_card_relationships")
    run = workspace.dbt_command(
        "build", *EVENTS, *made, input_dir=str(folder / "cards"), **variables
    )
    assert run.succeeded, run.output
    return workspace


def shown_table(first_column):
    """The columns and rows of the table on the page that begins with a column."""
    table = re.search(rf"^\| {first_column} \|(?:.*\|\n)+", PAGE, re.M)[0]
    header, _, *lines = [line.strip("|").split("|") for line in table.strip().split("\n")]
    return [one.strip() for one in header], [[one.strip() for one in line] for line in lines]


def test_the_page_shows_what_becomes_of_its_example(example):
    columns, shown = shown_table("account_kind")
    amounts = [f"format('{{:.2f}}', {one}) as {one}" for one in columns[2:]]
    found = example.query(
        f"select account_kind, cast(transaction_month as varchar), {', '.join(amounts)} "
        "from marts.transaction_reconciliation order by account_kind, transaction_month"
    )
    assert found.to_numpy().tolist() == shown
    spends = example.query(
        "select customer_id, category, payment_type, spend_amount, spend_month::varchar as month "
        "from intermediate.int_spends order by all"
    )
    assert spends.to_numpy().tolist() == [
        ["C-1", "Food", "Credit Card", 84.0, "2023-05-01"],
        ["C-1", "Groceries", "Credit Card", -20.5, "2023-07-01"],
        ["C-1", "Groceries", "Credit Card", 120.5, "2023-05-01"],
        ["C-2", "Electronics", "Credit Card", 700.0, "2023-05-01"],
    ]


def test_the_page_shows_what_is_made_of_statements(example):
    _, shown = shown_table("customer")
    found = example.query(
        "select cardholder_id, tenure_months, balance_amount, purchases_amount, payments_amount, "
        "full_payment_share, payment_delay_days, delayed_payments, minimum_payment_answer "
        "from intermediate.int_cardholders inner join intermediate.int_credit_profiles "
        "on cardholder_id = customer_id "
        "qualify row_number() over (partition by customer_id order by profile_month desc) = 1 "
        "order by 1"
    )
    assert [[str(one) for one in row[:2]] for row in found.to_numpy()] == [row[:2] for row in shown]
    figures = [[*map(float, row[2:8]), row[8]] for row in shown]
    assert found.iloc[:, 2:].to_numpy().tolist() == figures


def test_the_page_shows_what_is_made_of_contacts(example):
    _, shown = shown_table("relationship")
    found = example.query(
        "select card_relationship_id, format('{:.2f}', credit_limit_amount) as credit_limit, "
        "credit_cards, branch_visits, online_visits, calls "
        "from intermediate.int_card_relationships order by 1"
    )
    assert found.astype(str).to_numpy().tolist() == shown
    unused = example.query(
        "select input_name, rule_name, measured from marts.input_quality "
        "where measure = 'unused_rows' and input_name <> 'card_statements'"
    )
    assert unused.to_numpy().tolist() == [["service_contacts", "without_account", 1]]


def test_models_of_events_keep_to_the_layers(example):
    """As test_structure says of the others, which it reads without the raw inputs."""
    house = House(json.loads((example.folder / "target" / "manifest.json").read_text()))
    events = [key for key in house.models if "events" in house.models[key]["original_file_path"]]
    assert len(events) == 17
    for reader, read in house.edges():
        if house.layers[read] != "reference":
            assert house.layers[read] in READABLE[house.layers[reader]], (reader, read)
        if has_subject(house, reader) and has_subject(house, read):
            own, other = subject(house.models[reader]), subject(house.models[read])
            assert own == other or SUBJECTS[other] < SUBJECTS[own], (reader, read)
    for key in [*events, house.named("transaction_reconciliation")]:
        assert re.fullmatch(NAMES[house.layers[key]], name(key))
        assert (
            has_key(house, key)
            or house.models[key]["config"]["materialized"] == "view"
            or name(key) in WITHOUT_KEY_TEST
        ), key
    inputs = {name(key) for key in house.nodes if house.layers[key] == "inputs"}
    assert inputs == set(RAW_INPUTS)


def events_up_to(day, folder):
    """The sample's events as they were on a day: what came or was paid later is not in them."""
    when = {
        "card_transactions": "coalesce(posting_date, transaction_date)",
        "card_statements": "statement_date",
        "service_contacts": "contacted_at",
        "card_accounts": "opened",
    }
    folder.mkdir()
    shutil.copy(BANK_EVENTS / "customers.csv", folder)
    for file, date in when.items():
        rows = duckdb.read_csv(str(BANK_EVENTS / f"{file}.csv.gz"), all_varchar=True)
        rows = rows.filter(f"{date} is null or {date}[:10] <= '{day}'")
        if file == "card_statements":
            paid = f"if(paid_date <= '{day}', {{0}}, null) as {{0}}".format
            paid_columns = ", ".join(map(paid, ["paid_amount", "paid_date"]))
            rows = rows.project(f"* replace ({paid_columns})")
        rows.write_csv(str(folder / f"{file}.csv"))
    return folder


@pytest.mark.slow
@pytest.mark.exhaustive
def test_the_build_of_a_day_is_made_again_when_more_has_come(workspace, tmp_path):
    made = ["int_spends", "int_cardholders", "int_credit_profiles", "int_card_relationships"]
    tables = {}
    for folder in (BANK_EVENTS, events_up_to("2023-08-17", tmp_path / "cards")):
        run = workspace.dbt(
            *("build", "--exclude-resource-type", "test"),
            *("--select", *(f"+{one}" for one in made), "int_transactions_later"),
            enabled_inputs=["customers", *RAW_INPUTS],
            input_dir=str(folder),
            as_of_date="2023-08-17",
        )
        assert run.succeeded, run.output
        later = workspace.query(
            "select sum(later_transactions) from intermediate.int_transactions_later"
        )
        assert later.notna().all(axis=None) == (folder == BANK_EVENTS)
        for one in made:
            rows = workspace.query(f"select * from intermediate.{one} order by all")
            assert len(rows) > 500
            pd.testing.assert_frame_equal(rows, tables.setdefault(one, rows), check_exact=True)


FORMS = {
    "point.csv": (
        f"{ROWS},card_id\n"
        "P1,a,2023-05-31T20:30:00Z,$134.09,sale,USD,4111 1111 1111 1111\n"
        "P2,a,2023-05-30T20:30:00+0000,($99.00),sale,USD,5500005555555559\n"
        "P3,a,20230501,USD 12.50,sale,USD,\n"
        "P4,a,1 May 2023,7.25-,return,USD,\n"
        "P5,a,05/31/2023 11:05 PM,US$ 3.00,sale,USD,\n"
        "P6,a,2023-02-30,1.00,sale,USD,\n"
        "P7,a,2023-05-01,12.50 CR,sale,USD,\n"
        "P8,a,2203-05-01,12.50,sale,USD,\n"
        "P3,a,20230501,USD 13.50,sale,USD,\n"
    ),
    "comma.csv": (
        f"{ROWS}\n".replace(",", ";")
        + "C1;b;31.05.2023;1.234,50 €;sale;USD\nC2;b;31.05.2023 23:59;\u2212200,00 €;sale;USD\n"
        "C3;b;31.05.2023;0,75;sale;USD\nC4;b;31.05.2023;1.000.000,25;sale;USD\n"
        " C4 ;b;31.05.2023;1.000.000,25;sale;USD\n"
    ),
}


@pytest.mark.slow
def test_amounts_and_times_are_read_as_banks_write_them(workspace, tmp_path):
    """20:30 of the last of May in Greenwich is June in India; a card number is never written.

    A transaction that came twice counts once, with other values or not.
    """
    for file, rows in FORMS.items():
        write(tmp_path / "cards" / "card_transactions", rows, file)
    run = workspace.dbt(
        "build",
        "--select",
        "+transaction_reconciliation",
        input_dir=str(tmp_path / "cards"),
        enabled_inputs=["card_transactions"],
        time_zone="Asia/Kolkata",
        date_order="mdy",
        maximum_reject_share=0.5,
    )
    assert run.succeeded, run.output
    found = workspace.query(
        "select transaction_id, outflow_amount::double as amount, spend_month::varchar as month "
        "from intermediate.int_transactions_read "
        "inner join intermediate.int_transactions_classified "
        "using (source_file, source_row, outflow_amount) order by transaction_id"
    )
    assert found.to_numpy().tolist() == [
        ["C1", 1234.5, "2023-05-01"],
        ["C2", -200.0, "2023-05-01"],
        ["C3", 0.75, "2023-05-01"],
        ["C4", 1000000.25, "2023-05-01"],
        ["P1", 134.09, "2023-06-01"],
        ["P2", -99.0, "2023-05-01"],
        ["P3", 12.5, "2023-05-01"],
        ["P4", -7.25, "2023-05-01"],
        ["P5", 3.0, "2023-05-01"],
    ]
    rejects = workspace.query(
        "select source_row, column_name, reject_rule from intermediate.int_input_rejects order by 1"
    )
    key = "transaction_id, transaction_type, status, instalment_number"
    assert rejects.to_numpy().tolist() == [
        [6, key, "repeated_key"],
        [7, "transaction_date", "unreadable"],
        [8, "amount", "unreadable"],
        [9, "transaction_date", "out_of_range"],
        [10, key, "contradictory_key"],
    ]
    content = workspace.warehouse.read_bytes()
    assert b"4111 1111" not in content and b"5500005555555559" not in content


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "1,a,2023-05-01,5,sale,EUR\n2,a,2023-05-02,5,sale,USD\n3,a,2023-05-02,5,sale,EUR\n",
            "are billed in EUR (2), USD (1). Amounts of two currencies are never added: set the "
            "variable currency to the one to build from, such as EUR",
        ),
        (
            "1,a,2023-05-01,5,sale,EUR\n2,a,2023-05-02,-5,sale,EUR\n",
            "Of 2 amounts of purchases in the input 'card_transactions', 1 have another sign than "
            "most, so which of them are refunds cannot be told. Set the variable amount_sign",
        ),
        (
            "1,a,2023-05-01,5,Kauf,EUR\n2,a,2023-05-02,5,sale,EUR\n",
            "Of 2 transactions, 1 have a transaction_type that seeds/reference/transaction_types"
            ".csv does not know, more than maximum_reject_share allows. Most often it is 'Kauf'",
        ),
        (
            "1,,2023-05-01,5,sale,EUR\n",
            "No transaction of the input 'card_transactions' names a customer. Add the column "
            "customer_id, or the input card_accounts",
        ),
        (
            "1,a,01/02/2023,5,sale,EUR\n",
            "transaction_date is not a date that can be read in one way; of 01/02/2023 the "
            "variable date_order tells",
        ),
    ],
)
def test_what_cannot_be_read_in_one_way_stops_the_build(workspace, tmp_path, rows, sentence):
    folder = write(tmp_path / "cards", f"{ROWS}\n{rows}")
    run = workspace.dbt("build", *EVENTS, input_dir=folder, enabled_inputs=["card_transactions"])
    assert not run.succeeded
    assert sentence in run.text


RELATIONSHIPS = ["card_accounts", "service_contacts"]
ACCOUNT = "account_id,customer_id,kind,currency,credit_limit,closed\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accounts", "contacts", "sentence"),
    [
        (
            "1,a,Debit,EUR,100,\n",
            "a,Call\n",
            "No account of the input 'card_accounts' is a credit account, so there are no card "
            "relationships. Say which column holds their kind",
        ),
        (
            "1,a,Credit,EUR,100,2023-05\n",
            "a,Call\n",
            "No credit account of the input 'card_accounts' is open at the time of the latest "
            "contact, so there are no card relationships.",
        ),
        (
            "1,a,Credit,EUR,100,\n2,b,Credit,USD,100,\n3,b,Credit,EUR,100,\n",
            "a,Call\n",
            "The limits of the credit accounts in the input 'card_accounts' are in EUR (2), USD "
            "(1). Amounts of two currencies are never added: set the variable currency",
        ),
        (
            "1,a,Credit,EUR,100,\n",
            "A,Call\n",
            "No contact of the input 'service_contacts' is of a customer with an open credit "
            "account in 'card_accounts'. Compare how customer_id is written in both.",
        ),
        (
            "1,a,Credit,EUR,100,\n",
            "a,Call\na,Fax\n",
            "Of 2 contacts, 1 have a channel that seeds/reference/event_words.csv does not know, "
            "more than maximum_reject_share allows. Most often it is 'Fax', 1 times.",
        ),
    ],
)
def test_relationships_that_cannot_be_told_stop_the_build(
    workspace, tmp_path, accounts, contacts, sentence
):
    write(tmp_path / "cards", ACCOUNT + accounts, "card_accounts.csv")
    dated = "".join(f"{row},2023-05-04\n" for row in contacts.splitlines())
    write(tmp_path / "cards", f"customer_id,channel,contacted_at\n{dated}", "service_contacts.csv")
    run = workspace.dbt(
        *("build", "--exclude-resource-type", "test", "unit_test"),
        *("--select", "+int_card_relationships", "int_event_words_unknown"),
        input_dir=str(tmp_path / "cards"),
        enabled_inputs=RELATIONSHIPS,
    )
    assert not run.succeeded
    assert sentence in run.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("as_of_date", "2023-02-31"),
        *(
            pytest.param(variable, value, marks=pytest.mark.exhaustive)
            for variable, value in [("usage_months", 1.5), ("contact_period_months", 2.5)]
        ),
    ],
)
def test_periods_of_events_are_whole(workspace, variable, value):
    run = workspace.dbt("seed", enabled_inputs=RELATIONSHIPS, **{variable: value})
    assert not run.succeeded
    assert f"The variable {variable} is '{value}', but has to be a" in run.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "1,a,2023-05-01,5,EUR\n2,a,2023-05-01,5,USD\n1,a,2023-06-01,5,EUR\n",
            "The statements of the input 'card_statements' are billed in EUR (2), USD (1). Amounts "
            "of two currencies are never added: set the variable currency to the one to build "
            "from, such as EUR; the others are then counted in input_quality only.",
        ),
        (
            "1,,2023-05-01,5,EUR\n",
            "No statement of the input 'card_statements' names a customer. Add the column "
            "customer_id, or the input card_accounts",
        ),
    ],
)
def test_statements_that_cannot_be_added_up_stop_the_build(workspace, tmp_path, rows, sentence):
    header = "account_id,customer_id,statement_date,closing_balance,currency\n"
    folder = write(tmp_path / "cards", header + rows, "card_statements.csv")
    run = workspace.dbt(
        *("build", "--select", "+int_statements_read"),
        input_dir=folder,
        enabled_inputs=["card_statements"],
    )
    assert not run.succeeded and sentence in run.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "1,a,2023-05-01,5,sale,USD,1\n",
            "The credit cards' transactions in the input 'card_transactions' are billed in USD, "
            "and their statements in 'card_statements' in EUR. Amounts of two currencies are never",
        ),
        (
            "1,a,2023-05-01,5,sale,EUR,0001\n",
            "No purchase of the input 'card_transactions' is of a credit account, so all cards "
            "would seem not to be used. Compare how account_id is written there and in",
        ),
    ],
)
def test_usage_that_cannot_be_told_stops_the_build(workspace, tmp_path, row, sentence):
    rows = "account_id,customer_id,statement_date,closing_balance,currency\n1,a,2023-05-28,5,EUR\n"
    write(tmp_path / "cards", rows, "card_statements.csv")
    run = workspace.dbt(
        *("build", "--select", "+int_cardholders_summed"),
        input_dir=write(tmp_path / "cards", f"{ROWS},account_id\n{row}"),
        enabled_inputs=["card_transactions", "card_statements"],
    )
    assert not run.succeeded and sentence in run.text


@pytest.mark.slow
def test_a_file_without_an_amount_is_refused(workspace, tmp_path):
    folder = write(tmp_path / "cards", "customer_id,transaction_date\na,2023-05-01\n")
    run = workspace.dbt("seed", input_dir=folder, enabled_inputs=["card_transactions"])
    assert "has none of the columns amount, debit_amount, credit_amount, of which it" in run.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("enabled", "sentence"),
    [
        (
            ["spends", "card_transactions"],
            "The variable enabled_inputs names 'spends', which is then read, so nothing would be "
            "made of 'card_transactions'. Take one of them out: 'card_transactions', or 'spends' "
            "to have it made of card_transactions.",
        ),
        (["card_transactions"], "There is no bundled sample of the input 'card_transactions'."),
    ],
)
def test_inputs_that_cannot_be_right_are_refused(workspace, enabled, sentence):
    run = workspace.dbt("build", enabled_inputs=enabled)
    assert not run.succeeded and sentence in run.text


def test_a_raw_input_of_which_nothing_is_made_is_refused(workspace):
    """All combinations of inputs, with the rule said once more."""
    known = [*INPUTS, *RAW_INPUTS]
    question = """{% set found = [] %}
    {% for number in range(2 ** known_inputs() | length) %}
        {% set enabled = [] %}
        {% for name in known_inputs() %}
            {% do enabled.append(name) if (number // 2 ** loop.index0) % 2 %}
        {% endfor %}
        {% do found.append([enabled, unused_raw_inputs(enabled)]) %}
    {% endfor %}
    {{ tojson(found) }}"""
    run = workspace.dbt("--quiet", "compile", "--inline", question)
    assert run.succeeded, run.output
    found = json.loads(run.output[run.output.index("[[[") :])
    assert len(found) == 2 ** len(known) and known == max(found, key=lambda one: len(one[0]))[0]
    for enabled, problems in found:
        made = [
            set(takes)
            for table, takes in tables_of_events().items()
            if table not in enabled and set(takes) <= set(enabled)
        ]
        raw = set(enabled) & set(RAW_INPUTS)
        useless = raw - {"card_accounts"} - set().union(*made)
        if raw == {"card_accounts"}:
            useless = raw
        refused = [re.search(r"made of '(\w+)'|names '(\w+)', but", one) for one in problems]
        assert sorted(one[1] or one[2] for one in refused) == sorted(useless), enabled

    said = {tuple(enabled): problems for enabled, problems in found}
    assert said["card_accounts",] == [
        "The variable enabled_inputs names 'card_accounts', but nothing is made of it alone. Name "
        "card_transactions, card_statements or service_contacts as well, or take 'card_accounts' "
        "out."
    ]
    assert said["customers", "service_contacts"] == [
        "The variable enabled_inputs names 'service_contacts', but nothing is made of it without "
        "card_accounts. Name that as well, or take 'service_contacts' out."
    ]


REAL_FILES = {
    "card_accounts": "events/cards_40_users.csv",
    "card_transactions": "events/user0_transactions.csv.gz",
}


@pytest.mark.real_data
@pytest.mark.slow
def test_public_transactions_are_read_as_they_are(workspace, real_data):
    """One cardholder with five cards: what was declined, given back and spent is known of them."""
    names = yaml.safe_load(re.search(r"^```yaml\n(.*?)```", PAGE, re.M | re.S)[1])
    run = workspace.dbt(
        "build",
        enabled_inputs=["card_accounts", "card_transactions"],
        inputs={one: str(real_data / path) for one, path in REAL_FILES.items()},
        **names,
    )
    assert run.succeeded, run.output
    totals = workspace.query_published(
        "select sum(received_transactions), sum(rejected_rows), sum(declined_transactions), "
        "sum(received_amount)::double, sum(declined_amount)::double, sum(refund_amount)::double, "
        "sum(spend_amount)::double from transaction_reconciliation"
    )
    counts, amounts = [19963, 0, 574], [1622991.69, 58820.35, -88204.0, 1564171.34]
    assert totals.to_numpy().tolist()[0] == counts + amounts
    spends = workspace.query(
        "select count(distinct customer_id), count(distinct spend_month), "
        "round(sum(spend_amount), 2) from intermediate.int_spends"
    )
    assert spends.to_numpy().tolist()[0] == [1, 210, 1564171.34]
    by_payment = workspace.query(
        "select payment_type, round(sum(spend_amount), 2) from intermediate.int_spends group by 1"
    )
    assert dict(by_payment.to_numpy().tolist()) == {
        "Credit Card": 894814.71,
        "Debit Card": 669013.08,
        "Prepaid Card": 343.55,
    }
    # the numbers of the file begin with these digits, and no column is read that holds them
    found = subprocess.run(
        ["grep", "-rlaE", "40000000000000|4000 0000", str(workspace.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stdout
    assert workspace.query(
        "select count(*) as columns from duckdb_columns() where column_name ilike '%cvv%'"
    )["columns"].tolist() == [0]
