"""The publication as functions of DuckDB: open the last one, and publish the build."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from card_segments import __version__
from card_segments.publishing import Build, PublishingError, publish
from card_segments.publishing.last_publication import LastPublication


def _version() -> str:
    return __version__


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
            Build(request["build_id"], request["started_at"], __version__, request.get("currency")),
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
        super().configure_connection(conn)
        last = LastPublication(conn, __version__)
        for name, function, arguments in (
            ("card_segments_version", _version, 0),
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
