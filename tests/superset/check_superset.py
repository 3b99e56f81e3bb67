"""Do in Superset what docs/connect.md tells people to do, and compare its answers with DuckDB's.

The starter dashboards come first, as for somebody who has nothing in Superset yet.

Run by `make test-superset`, with the Python of Superset's own environment. Superset runs in this
process, in a temporary home, and may not speak to any other host. The exit code is 0 only if
every answer is the same.
"""

import argparse
import io
import logging
import os
import re
import secrets
import shutil
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

import duckdb

PAGE = Path(__file__).resolve().parents[2] / "docs" / "connect.md"
LOCAL_HOSTS = (None, "", "localhost", "127.0.0.1", "::1")
ADMIN = {"username": "admin", "password": secrets.token_hex(8)}
CONFIGURATION = """
import os

SECRET_KEY = os.urandom(32).hex()
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(os.environ["SUPERSET_HOME"], "superset.db")
TALISMAN_ENABLED = False
"""
CHART = {
    "segments": "COUNT(*)",
    "customers": "SUM(customers)",
    "largest_share": "MAX(customer_share)",
    "least_jaccard": "MIN(jaccard)",
}

# What charts of the starter dashboards should show, from the published tables themselves.
DASHBOARD_FIGURES = {
    ("marketing", "Net value per cardholder and year"): """
        select segment_name, net_value_base_amount as net_value_per_cardholder
        from segment_value
        where segment_key is not null
    """,
    ("marketing", "Spend by month and payment type"): """
        select epoch_ms(spend_month) as spend_month, payment_type, sum(spend_amount) as spend
        from monthly_spend
        where attribute = 'gender'
        group by all
    """,
    ("marketing", "Percentage of income spent, by month and segment"): """
        select epoch_ms(spend_month) as spend_month, segment_name, income_utilisation_pct
        from monthly_utilisation_by_segment
        where segmentation = 'spending'
    """,
    ("service", "Contacts per card relationship, by channel"): """
        select group_name, channel, contacts_per_customer as contacts_per_relationship
        from service_demand
        where group_type = 'segment'
    """,
    ("service", "Full-time staff for a year of the planned book"): """
        select channel, group_name, handling_estimate, pooled_staff
        from staffing_plan
        where group_type = 'segment'
    """,
    ("credit", "Minimum payers and late payers, by segment"): """
        select
            group_name,
            minimum_payment_share_of_yes_or_no as minimum_payment_share,
            late_payer_share
        from repayment_behaviour
        where group_type = 'segment'
    """,
    ("credit", "Who they are, how many, and their share of outstanding debt"): """
        select segment_name, customers, customer_share, value_share
        from segments
        where segmentation = 'repayment'
    """,
    ("risk", "What to do, and what not to do"): """
        select segment_name, segments.customers, priority, team, action, what_not_to_do, reason
        from segment_recommendations
        inner join segments using (segmentation, segment_name)
        where stage <> 'grow'
    """,
    ("risk", "What a cardholder is worth in a year, and who is vulnerable"): """
        select
            segment_name, treatment, customers, net_value_low_amount, net_value_base_amount,
            net_value_high_amount, loss_making_share, vulnerable_customer_share
        from segment_value
        where segment_key is not null
    """,
}


class DifferenceError(AssertionError):
    """Superset did something else than it should."""


def stay_on_this_machine(event, arguments):
    """Stop whatever wants to speak to another host."""
    host = None
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    if host not in LOCAL_HOSTS:
        raise DifferenceError(f"something in Superset wanted to speak to the host {host}")


def start_superset(home):
    """Start Superset with empty metadata and one administrator, as its documentation says."""
    configuration = home / "superset_config.py"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    os.environ.update(
        SUPERSET_HOME=str(home),
        SUPERSET_CONFIG_PATH=str(configuration),
        SCARF_ANALYTICS="false",
    )
    from superset.app import create_app
    from superset.cli.main import superset

    app = create_app()
    who = ["--firstname", "A", "--lastname", "B", "--email", "a@example.invalid"]
    for command in (
        ["db", "upgrade"],
        ["fab", "create-admin", *who, *[f"--{name}={text}" for name, text in ADMIN.items()]],
        ["init"],
    ):
        result = app.test_cli_runner().invoke(superset, command)
        if result.exit_code:
            raise DifferenceError(f"superset {command[0]} failed: {result.output[-2000:]}")
    return app


class Api:
    """Superset's REST API, signed in as the administrator."""

    def __init__(self, app):
        self.client = app.test_client()
        self.headers = {}
        tokens = self.post("security/login", **ADMIN, provider="db")
        self.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.headers["X-CSRFToken"] = self.get("security/csrf_token/")["result"]

    def get(self, path):
        return self._content(path, self.client.get(f"/api/v1/{path}", headers=self.headers))

    def post(self, path, **content):
        answer = self.client.post(f"/api/v1/{path}", json=content, headers=self.headers)
        return self._content(path, answer)

    def refusal(self, path, **content):
        """Post what must be refused, and return what Superset says."""
        answer = self.client.post(f"/api/v1/{path}", json=content, headers=self.headers)
        if answer.status_code < 400:
            raise DifferenceError(f"Superset did not refuse {content}")
        return answer.get_data(as_text=True)

    def chart(self, dataset, columns, measures):
        """Ask for a chart's data, not from the cache, and return its rows."""
        metrics = [
            {"expressionType": "SQL", "sqlExpression": expression, "label": label}
            for label, expression in measures.items()
        ]
        query = {
            "columns": columns,
            "metrics": metrics,
            "orderby": [[column, True] for column in columns],
            "row_limit": 1000,
        }
        return self.data(dataset, query)

    def data(self, dataset, query):
        """Ask for the rows of a query on a dataset, not from the cache."""
        answer = self.post(
            "chart/data",
            datasource={"id": int(dataset), "type": "table"},
            queries=[query],
            force=True,
            result_format="json",
            result_type="full",
        )
        return answer["result"][0]["data"]

    def upload(self, path, field, export):
        """Send an export as the import form of Superset does."""
        form = {field: (io.BytesIO(export), "card_segments_superset.zip")}
        answer = self.client.post(f"/api/v1/{path}", data=form, headers=self.headers)
        self._content(path, answer)

    def open_page(self, address):
        """Open a page as somebody who has signed in in a browser."""
        form = self.client.get("/login/").get_data(as_text=True)
        token = re.search(r'id="csrf_token"\s+value="([^"]+)"', form)
        if token:
            self.client.post("/login/", data={**ADMIN, "csrf_token": token[1]})
        answer = self.client.get(address)
        if answer.status_code != 200 or "/login" in answer.headers.get("Location", ""):
            raise DifferenceError(f"{address} answered {answer.status_code}")

    @staticmethod
    def _content(path, answer):
        if answer.status_code >= 300:
            text = answer.get_data(as_text=True)[:2000]
            raise DifferenceError(f"{path} answered {answer.status_code}: {text}")
        return answer.get_json()


def uri_of_the_page(database):
    """Return the address that docs/connect.md tells people to enter, for this database."""
    address = re.search(r"^ *duckdb:///(/\S+/cards\.duckdb)(\S*)$", PAGE.read_text(), re.MULTILINE)
    return f"duckdb:///{database}{address[2]}"


def from_duckdb(database, statement):
    """Return the rows of a query as dictionaries, as Superset's API does."""
    with duckdb.connect(str(database), read_only=True) as connection:
        answer = connection.execute(statement)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def compare(what, found, expected):
    """Stop at a difference."""
    if found != expected:
        raise DifferenceError(f"{what}: Superset says {found}, DuckDB says {expected}")
    if not expected:
        raise DifferenceError(f"{what}: there is nothing to compare")


def check(api, database):
    """Connect, list tables, make datasets, ask for charts, try to write, publish anew."""
    connection = api.post(
        "database/",
        database_name="Card Segments",
        sqlalchemy_uri=uri_of_the_page(database),
        allow_dml=True,
        expose_in_sqllab=True,
    )["id"]
    tables = from_duckdb(database, "select table_name from duckdb_tables() order by all")
    tables = [row["table_name"] for row in tables]
    listed = api.get(f"database/{connection}/tables/?q=(schema_name:main)")["result"]
    compare("list of tables", sorted(one["value"] for one in listed), tables)

    datasets = {}
    for table in tables:
        datasets[table] = api.post(
            "dataset/", database=connection, schema="main", table_name=table
        )["id"]
        found = api.chart(datasets[table], [], {"table_rows": "COUNT(*)"})
        compare(table, found, from_duckdb(database, f"select count(*) as table_rows from {table}"))

    described = api.get(f"dataset/{datasets['segments']}")["result"]["columns"]
    found = [
        {"column_name": one["column_name"], "comment": one["description"]} for one in described
    ]
    columns = "from duckdb_columns() where table_name = 'segments' order by column_index"
    compare(
        "descriptions of columns",
        sorted(found, key=str),
        sorted(from_duckdb(database, f"select column_name, comment {columns}"), key=str),
    )

    measures = ", ".join(f"{expression} as {label}" for label, expression in CHART.items())
    query = f"select segmentation, {measures} from segments group by all order by all"
    before = api.chart(datasets["segments"], ["segmentation"], CHART)
    compare("chart of segments", before, from_duckdb(database, query))

    said = api.refusal("sqllab/execute/", database_id=connection, sql="drop table segments")
    if "read-only" not in said:
        raise DifferenceError(f"Superset refused to drop a table for another reason: {said[:500]}")

    publish_anew(database)
    after = api.chart(datasets["segments"], ["segmentation"], CHART)
    compare("chart after a new publication", after, from_duckdb(database, query))
    if after == before:
        raise DifferenceError("Superset still shows the old publication")
    return len(tables)


def exported_for(export, shared):
    """Return the export with the address of this published file in it, as docs/connect.md says."""
    changed = io.BytesIO()
    with zipfile.ZipFile(export) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("/databases/card_segments.yaml"):
                text = text.replace("/data/published/shared.duckdb", str(shared))
            new.writestr(name, text)
    return changed.getvalue()


def query_of(form):
    """Return the query that a browser would send for a chart, from what the export says of it."""
    filters = [
        {"col": one["subject"], "op": one["operator"], "val": one["comparator"]}
        for one in form.get("adhoc_filters", [])
    ]
    columns = [form["x_axis"]] if "x_axis" in form else []
    for place in ("all_columns", "groupby", "groupbyRows", "groupbyColumns"):
        columns += form.get(place, [])
    return {
        "columns": columns,
        "metrics": form.get("metrics", []),
        "filters": filters,
        "row_limit": form["row_limit"],
    }


def comparable(rows):
    """Return rows in an order of their own, with figures as exact as both sides can have them."""
    return sorted(
        (
            {
                name: float(f"{value:.9g}") if isinstance(value, float | int) else value
                for name, value in row.items()
            }
            for row in rows
        ),
        key=str,
    )


def check_dashboards(api, export, shared):
    """Import the starter dashboards twice, open each, and ask for the data of all its charts."""
    export = exported_for(export, shared)
    api.upload("dashboard/import/", "formData", export)
    before = api.get("dashboard/")["result"]
    # this way renews charts and datasets, too
    api.upload("assets/import/", "bundle", export)
    dashboards = api.get("dashboard/")["result"]
    compare("dashboards after a second import", ids(dashboards), ids(before))

    figures = dict(DASHBOARD_FIGURES)
    charts = 0
    for dashboard in dashboards:
        reader = dashboard["slug"].removeprefix("card-segments-")
        api.open_page(dashboard["url"])
        for chart in api.get(f"dashboard/{dashboard['id']}/charts")["result"]:
            form = chart["form_data"]
            rows = api.data(form["datasource"].partition("__")[0], query_of(form))
            what = f"{reader}: {chart['slice_name']}"
            if not rows:
                raise DifferenceError(f"{what}: the chart is empty")
            if statement := figures.pop((reader, chart["slice_name"]), None):
                compare(what, comparable(rows), comparable(from_duckdb(shared, statement)))
            charts += 1
    if figures:
        raise DifferenceError(f"no dashboard has the charts {list(figures)}")
    return f"{len(dashboards)} dashboards with {charts} charts"


def ids(dashboards):
    """Return what tells dashboards apart."""
    return sorted((one["id"], one["slug"]) for one in dashboards)


def publish_anew(database):
    """Replace the file by a rename, as the publication step does, with other figures in it."""
    newer = database.with_name("newer.duckdb")
    shutil.copy(database, newer)
    with duckdb.connect(str(newer)) as connection:
        connection.execute("update segments set customers = customers + 1")
    os.replace(newer, database)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("published", type=Path, help="the published database")
    parser.add_argument("export", type=Path, help="the export of make dashboards")
    arguments = parser.parse_args()
    published = arguments.published
    if not published.is_file():
        sys.exit(f"There is no publication at {published}: run make build first.")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    sys.addaudithook(stay_on_this_machine)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "cards.duckdb"
        shutil.copy(published, database)
        shared = shutil.copy(published.with_name("shared.duckdb"), home)
        try:
            api = Api(start_superset(home))
            dashboards = check_dashboards(api, arguments.export, shared)
            tables = check(api, database)
        except DifferenceError as error:
            sys.exit(f"The check of Superset failed: {error}")
    print(f"Superset agrees with DuckDB on all {tables} published tables, and on {dashboards}.")


if __name__ == "__main__":
    main()
