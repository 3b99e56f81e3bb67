"""The publication as a function of DuckDB, for the macro `publish` at the end of a dbt run."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from card_segments.publishing import Build, PublishingError, publish
from card_segments.report import write_report

PROJECT_FILE = Path(__file__).parents[2] / "dbt_project.yml"


def _publish(connection: DuckDBPyConnection, request_json: str) -> str:
    """Publish; return what is wrong in one sentence, or an empty text.

    An exception would reach the reader with the text of the query round it.
    """
    request = json.loads(request_json)
    project = yaml.safe_load(PROJECT_FILE.read_text(encoding="utf-8"))
    try:
        publish(
            # a connection of its own: the other one is busy calling this function
            connection.cursor(),
            request["schema"],
            request["tables"],
            Path(request["directory"]),
            Build(request["build_id"], request["started_at"], project["version"]),
            write_report if request["write_report"] else None,
            request.get("based_on"),
        )
    except PublishingError as error:
        return str(error)
    return ""


class Plugin(BasePlugin):
    """Gives each connection of dbt the function."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the function, which takes and returns a text."""
        conn.create_function(
            "publish_tables",
            partial(_publish, conn),
            ["VARCHAR"],
            "VARCHAR",
            type="native",
            side_effects=True,
        )
