"""What each connection of dbt gets: a warehouse that opens, and the functions of this package."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from card_segments.cli.freshness import WAREHOUSE_VARIABLE
from card_segments.cli.preflight import PreflightError, open_warehouse
from card_segments.inputs import (
    describe_file,
    file_identity,
    find_files,
    find_identifier,
    find_input,
    read_rows,
)
from card_segments.publishing.folder import hide_from_others, reason


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
    ("input_file_identity", file_identity, 1, "VARCHAR"),
    ("find_identifier", find_identifier, 2, "VARCHAR"),
    ("read_input_rows", _read, 4, "VARCHAR[]"),
)


class Plugin(BasePlugin):
    """Opens the warehouse, and gives each connection of dbt the functions."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Say in one sentence why the warehouse cannot be opened, where dbt shows a stack trace.

        This is the last that dbt calls before it opens the file. The folder is made if need be.
        """
        if creds.path == ":memory:" or creds.is_motherduck:
            return
        warehouse = Path(creds.path)
        # the warehouse, its log and its temporary files hold customers as what is published does
        hide_from_others()
        try:
            warehouse.parent.mkdir(parents=True, exist_ok=True)
            open_warehouse(warehouse)
            with suppress(PermissionError):
                warehouse.chmod(warehouse.stat().st_mode & 0o770)
        except OSError as error:
            raise DbtRuntimeError(
                f"The folder {warehouse.parent} of the warehouse cannot be made "
                f"({reason(error)}): see to that, or name another file in {WAREHOUSE_VARIABLE}."
            ) from error
        except PreflightError as error:
            raise DbtRuntimeError(str(error)) from error

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions, which all take texts."""
        super().configure_connection(conn)
        for name, function, arguments, returned in FUNCTIONS:
            conn.create_function(
                name,
                function,
                ["VARCHAR"] * arguments,
                returned,
                type="native",
                side_effects=True,
            )
