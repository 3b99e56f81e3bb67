"""The functions of this package as functions of DuckDB, for the macros in macros/inputs/."""

from __future__ import annotations

import json

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from card_segments.inputs import describe_file, find_files, find_input, read_rows


def _find(folder: str, name: str) -> str:
    return json.dumps(find_input(folder, name))


def _describe(path: str, wanted: str) -> str:
    return json.dumps(describe_file(path, json.loads(wanted)).to_dict())


def _read(path: str, compression: str, delimiter: str, width: str) -> list[str]:
    return read_rows(path, compression, delimiter, int(width))


FUNCTIONS = (
    ("find_files", find_files, 1, "VARCHAR[]"),
    ("find_input", _find, 2, "VARCHAR"),
    ("describe_input_file", _describe, 2, "VARCHAR"),
    ("read_input_rows", _read, 4, "VARCHAR[]"),
)


class Plugin(BasePlugin):
    """Gives each connection of dbt the functions."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions, which all take texts."""
        for name, function, arguments, returned in FUNCTIONS:
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * arguments,
                returned,
                type="native",
                side_effects=True,
            )
