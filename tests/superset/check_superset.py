"""Do in Superset what docs/connect.md tells people to do, and compare its answers with DuckDB's.

Run by `make test-superset`, with the Python of Superset's own environment. Superset runs in this
process, in a temporary home, and may not speak to any other host. The exit code is 0 only if
every answer is the same.
"""

import argparse
import logging
import os
import re
import secrets
import shutil
import sys
import tempfile
import warnings
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
        answer = self.post(
            "chart/data",
            datasource={"id": dataset, "type": "table"},
            queries=[query],
            force=True,
            result_format="json",
            result_type="full",
        )
        return answer["result"][0]["data"]

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
    published = parser.parse_args().published
    if not published.is_file():
        sys.exit(f"There is no publication at {published}: run make build first.")
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    sys.addaudithook(stay_on_this_machine)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = home / "cards.duckdb"
        shutil.copy(published, database)
        try:
            tables = check(Api(start_superset(home)), database)
        except DifferenceError as error:
            sys.exit(f"The check of Superset failed: {error}")
    print(f"Superset agrees with DuckDB on all {tables} published tables.")


if __name__ == "__main__":
    main()
