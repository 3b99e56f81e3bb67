"""Whatever stands in values, names, files, variables and rules is shown and never obeyed.

One small build with all of it in it, on a machine without a network where that can be had.
"""

import csv
import itertools
import json
import re
import shlex
import shutil
import subprocess
import sys

import duckdb
import psycopg
import pytest
import yaml
from test_docs import collect
from test_inputs import SAMPLE
from workspaces import PROJECT, Workspace, copy_project, skip_or_fail

from card_segments.publishing.postgres import publish_to_postgres

pytestmark = pytest.mark.slow

MARKUP = '</script><img src=x onerror="window.attacked = 1"><!--'
ANGULAR = "{{ constructor.constructor('window.attacked = 1')() }}"
JINJA = "{{ 1/0 }} {% raise %}"
HOSTILE = f"'; drop table segments; -- \" {JINJA} {MARKUP} {ANGULAR} \u202e\u2028$(id)"
# A name of a file or folder has no slash, and that of a folder which a variable names no Jinja.
FOLDER = "'; drop table x; -- <img src=x onerror=attacked=1> \u202e $(id)"
NAME = FOLDER + " {{ 7 - 7 }} {% raise %}"
FORMULAS = ("=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)")
ROWS = {"customers": 150, "card_relationships": 660, "card_usage": 600, "credit_profiles": 300}
# What people write freely, and what rules are joined by.
TEXTS = {
    *("label", "description", "why", "source", "claim", "segment_name", "action", "reason"),
    *("what_not_to_do", "benefit_name", "tier_name", "unit", "subject", "action_group"),
    *("benefit_key", "claim_key", "name_key", "recommendation_key", "rate_key", "rule_key"),
    *("sign_key", "tier_key", "basis_value"),
}
# What is published without being listed in itself.
EXTRA_TABLES = {"publication", "published_tables"}
# Python says what it looks up or connects to; what DuckDB would fetch is missing without a network.
TRAP = """
import os, sys
def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or (
        event == "socket.connect" and not isinstance(arguments[1], (str, bytes))
    ):
        with open(os.environ["TRAP"], "a") as file:
            print(event, arguments, file=file)
sys.addaudithook(watch)
"""


def hostile(text):
    """A text that is still told from others, as a formula with everything in it."""
    formula = FORMULAS[sum(map(ord, text)) % len(FORMULAS)]
    return f"{formula} {text}\n{HOSTILE}" if text else text


def hostile_id(text):
    """The same on one line: an id with line breaks cannot be told from a row that is broken off."""
    return hostile(text).replace("\n", " ")


def rewrite(source, target, change, rows=None):
    """Write the first rows of a CSV file again, each as `change` makes it of names and values."""
    with source.open(newline="", encoding="utf-8") as file:
        header, *records = itertools.islice(csv.reader(file), None if rows is None else rows + 1)
    changed = [change(dict(zip(header, one, strict=True))) for one in records]
    changed = [one for one in changed if one]
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(changed[0])
        writer.writerows(one.values() for one in changed)
    return changed


def write_inputs(folder):
    """The sample in small, with hostile ids, texts, headers, further columns and file names."""

    def customer(row):
        free = ("age_group", "city", "occupation", "gender", "marital status")
        changed = {name: hostile(text) if name in free else text for name, text in row.items()}
        changed["customer_id"] = hostile_id(row["customer_id"])
        return {**changed, HOSTILE: "1"}

    def spend(row):
        changed = {
            name: hostile(text) if name in ("category", "payment_type") else text
            for name, text in row.items()
        }
        changed["customer_id"] = hostile_id(row["customer_id"])
        return changed if changed["customer_id"] in known else None

    def usage(row):
        row["CUST_ID"] = hostile_id(row["CUST_ID"])
        row[f"Balance {HOSTILE}"] = row.pop("BALANCE")
        row[f"Passed {HOSTILE}"] = hostile("passed")
        return row

    def profile(row):
        return {**row, "Occupation": hostile(row["Occupation"]), "Name": HOSTILE}

    def source(name):
        return SAMPLE / f"{name}.csv"

    (folder / NAME).mkdir()
    customers = rewrite(
        source("customers"), folder / NAME / "customers.csv", customer, ROWS["customers"]
    )
    known = {one["customer_id"] for one in customers}
    (folder / "spends").mkdir()
    rewrite(source("spends"), folder / "spends" / f"{NAME}.csv", spend)
    for name, change in (
        ("card_relationships", dict),
        ("card_usage", usage),
        ("credit_profiles", profile),
    ):
        rewrite(source(name), folder / f"{name}.csv", change, ROWS[name])


def without_a_network():
    """The command that takes the network away, or nothing where that is not allowed."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        return []
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


class Surface(Workspace):
    """A workspace whose commands run without a network and in a trap."""

    @property
    def wrapper(self):
        return without_a_network()

    def environment(self):
        """Where what asks for a network is written down."""
        trap = {"PYTHONPATH": str(self.folder / "trap"), "TRAP": str(self.folder / "trapped")}
        return {**super().environment(), **trap}

    def run(self, *arguments):
        return self.dbt_command(*arguments, **self.variables)


@pytest.fixture(scope="module")
def surface(tmp_path_factory):
    """A complete build of hostile inputs, variables and rules."""
    folder = tmp_path_factory.mktemp("surface")
    built = Surface(folder, copy_project(folder / "the user's project"))
    for file in sorted((built.project / "seeds" / "reference").glob("*.csv")):
        rewrite(
            file,
            file,
            lambda row: {
                name: hostile(text) if name in TEXTS else text for name, text in row.items()
            },
        )
    inputs = folder / FOLDER
    inputs.mkdir()
    write_inputs(inputs)
    built.published = folder / f"published {FOLDER}"
    words = {"credit_card_share": "Credit Card", "debit_card_share": "Debit Card"}
    words |= {"upi_share": "UPI", "net_banking_share": "Net Banking"}
    built.variables = {
        "input_dir": str(inputs),
        "inputs": {"customers": str(inputs / NAME / "customers.csv")},
        "published_dir": str(built.published),
        "payment_type_shares": {name: hostile(word) for name, word in words.items()},
        "credit_card_payment_types": [hostile("Credit Card")],
        "pass_through": {"card_usage": [f"Passed {HOSTILE}"]},
        "column_names": {"card_usage": {"balance": f"Balance {HOSTILE}"}},
        "minimum_claim_customers": 10,
    }
    (folder / "trap").mkdir()
    (folder / "trap" / "sitecustomize.py").write_text(TRAP)
    built.built = built.run("build", "--exclude-resource-type", "unit_test")
    assert built.built.succeeded, built.built.output
    return built


@pytest.fixture(scope="module")
def docs(surface):
    """The docs page of the build."""
    run = surface.run("docs", "generate")
    assert run.succeeded, run.output
    finished = collect(surface)
    assert finished.returncode == 0, finished.stderr
    return surface.folder / "target" / "docs" / "index.html"


def test_nothing_asks_for_a_network(surface, docs):
    if not without_a_network():
        skip_or_fail("no namespace without a network (unshare --map-root-user --net is refused)")
    trapped = surface.folder / "trapped"
    assert not trapped.exists(), trapped.read_text()
    # it would have been seen
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.getaddrinfo('localhost', 1)"],
        env=surface.environment(),
        check=True,
    )
    assert "localhost" in trapped.read_text()
    trapped.unlink()


def test_tables_hold_the_values_as_they_came(surface):
    def values(statement):
        return set(surface.query_published(statement).iloc[:, 0])

    listed = "select table_name from published_tables where status = 'published'"
    assert values("select table_name from duckdb_tables()") == values(listed) | EXTRA_TABLES
    members = "select customer_id from segment_members where segmentation = 'card_usage'"
    ids = {hostile_id(f"C9{number:04}") for number in range(1, ROWS["card_usage"] + 1)}
    assert values(members) == ids
    passed = "select {} from segment_member_attributes"
    assert values(passed.format("attribute")) == {f"Passed {HOSTILE}"}
    assert values(passed.format("attribute_value")) == {hostile("passed")}
    types = values("select payment_type from spend_by_demographic")
    assert hostile("UPI") in types
    assert hostile("Cash-advance users") in values("select segment_name from segments")
    labels = {hostile(text) for text in ("credit limit", "purchases")}
    assert labels <= values("select metric_label from segment_profiles")


def test_descriptions_and_manifest_hold_none_of_it(surface):
    comments = surface.query_published(
        "select comment from duckdb_tables() union all select comment from duckdb_columns()"
    )["comment"].dropna()
    assert len(comments) > 400
    manifest = (surface.published / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(manifest)["tables"]
    for text in (*comments, manifest):
        assert "img src" not in text and "drop table" not in text


def test_parquet_is_the_same(surface):
    manifest = json.loads((surface.published / "manifest.json").read_text(encoding="utf-8"))
    for table in manifest["tables"]:
        rows = duckdb.read_parquet(str(surface.published / "parquet" / f"{table['name']}.parquet"))
        assert len(rows) == table["rows"], table["name"]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("report", hostile("Cash-advance users").split("\n")[0]),
        ("report", MARKUP),
        ("#!/model/model.card_segments.segment_member_attributes", MARKUP),
        ("#!/model/model.card_segments.int_customer_months_summed", MARKUP),
    ],
)
def test_pages_show_it(surface, docs, browser, place, shown):
    is_report = place == "report"
    page = surface.published / "report.html" if is_report else docs
    with browser.visit(page, fragment="" if is_report else place) as visit:
        if not is_report:
            visit.page.locator("a", has_text=re.compile(r"^\s*compiled\s*$", re.I)).click()
            visit.page.locator("code", has_text="window.attacked").first.wait_for()
        assert shown in visit.page.evaluate("() => document.body.textContent")
        assert visit.page.evaluate("() => window.attacked") is None
        assert visit.page.locator("img[src=x]").count() == 0
        assert visit.console_errors == []
        assert visit.outside_requests == []


def test_postgres_has_the_same(surface, postgres):
    dsn = postgres.new_database()
    copied = publish_to_postgres(surface.published / "cards.duckdb", dsn)
    query = "select segment_name, customer_id from {}segment_members"
    here = surface.query_published(query.format("")).itertuples(index=False, name=None)
    with psycopg.connect(dsn) as connection:
        there = connection.execute(query.format("cards.")).fetchall()
    assert copied.tables > 30 and sorted(there) == sorted(here)


def test_a_terminal_shows_one_line_for_each(surface):
    printed = surface.run("run-operation", "print_publication").output
    for output in (printed, surface.built.output):
        plain = output.replace("\x1b[", "")
        assert not re.search("[\x00-\x09\x0b-\x1f\u2028-\u202e\u2066-\u2069]", plain)
    segments = surface.query_published("from segments")
    assert printed.count(" % of customers ") == len(segments) > 5
    # what it says to type is one word for the shell, and names the folder
    (line,) = re.findall(r"make explore (VARS=.*')  ", printed)
    (argument,) = shlex.split(line)
    named = yaml.safe_load(argument.removeprefix("VARS="))["published_dir"]
    assert named == str(surface.published).replace("\u202e", " ")


def test_the_recipe_for_spreadsheets_leaves_no_formula(surface):
    page = (PROJECT / "docs" / "connect.md").read_text(encoding="utf-8")
    recipe = re.search(r"`(regexp_replace\(segment_name.*?\)) as segment_name`", page)[1]
    texts = surface.query_published(f"select segment_name, {recipe} as text from segments")
    assert len(texts) > 5
    assert all(texts["text"] == "'" + texts["segment_name"])
