"""The publication as functions of DuckDB: open the last one, and publish the build."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import yaml
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from card_segments.publishing import Build, PublishingError, publish
from card_segments.publishing.last_publication import LastPublication

PROJECT_FILE = Path(__file__).parents[2] / "dbt_project.yml"


def _version() -> str:
    return yaml.safe_load(PROJECT_FILE.read_text(encoding="utf-8"))["version"]


def _open(last: LastPublication, folder: str, run: str) -> str:
    """Open what was published last; return what it is, or what is wrong in one sentence."""
    try:
        return json.dumps(last.open(folder, run))
    except PublishingError as error:
        return json.dumps({"problem": str(error)})


def _publish(connection: DuckDBPyConnection, request_json: str) -> str:
    """Publish; return what is wrong in one sentence, or an empty text.

    An exception would reach the reader with the text of the query round it.
    """
    # What draws charts takes half a second to load, and most commands of dbt publish nothing.
    from card_segments.report import write_report

    request = json.loads(request_json)
    try:
        publish(
            # a connection of its own: the other one is busy calling this function
            connection.cursor(),
            request["schema"],
            request["tables"],
            Path(request["directory"]),
            Build(request["build_id"], request["started_at"], _version(), request.get("currency")),
            write_report if request["write_report"] else None,
            request.get("based_on"),
            request["references"],
        )
    except PublishingError as error:
        return str(error)
    return ""


class Plugin(BasePlugin):
    """Gives each connection of dbt the functions."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions, which take and return texts."""
        last = LastPublication(conn, _version())
        for name, function, arguments in (
            ("open_last_publication", partial(_open, last), 2),
            ("publish_tables", partial(_publish, conn), 1),
        ):
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * arguments,
                "VARCHAR",
                type="native",
                side_effects=True,
            )
