"""Write the published aggregates as one Excel workbook."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

from card_segments.cli.preflight import PreflightError, published_folder, read_variables
from card_segments.publishing.folder import SHARED_NAME, reason
from card_segments.publishing.workbook import WORKBOOK_NAME, write_workbook


def main(arguments: list[str] | None = None) -> int:
    """Write the workbook beside the published files, or where it is told to."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.workbook", description=__doc__
    )
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    parser.add_argument("--output", type=Path, help=f"the workbook ({WORKBOOK_NAME})")
    options = parser.parse_args(arguments)
    try:
        variables = read_variables(options.vars)
        folder = published_folder(variables)
    except PreflightError as error:
        print(error, file=sys.stderr)
        return 1
    shared = folder / SHARED_NAME
    if not shared.is_file():
        print(
            f"Nothing is published in {shared}, so there is nothing to write: run make build.",
            file=sys.stderr,
        )
        return 1
    output = options.output or folder / WORKBOOK_NAME
    try:
        workbook = write_workbook(shared, output)
    except duckdb.Error as error:
        print(
            f"{shared} cannot be read as a publication of this project: {reason(error)}. Run "
            "make rebuild to publish it anew.",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(
            f"The workbook could not be written to {output}: {reason(error)}. Check that its "
            "folder exists, is writable and has room, and that it is not open in Excel.",
            file=sys.stderr,
        )
        return 1
    size = output.stat().st_size / 1e6
    print(f"{output}  ({size:.1f} MB, {len(workbook.tables)} tables); no row is one customer")
    for table in workbook.left_out:
        print(f"{table.name} is left out: {table.rows:,} rows are more than a sheet holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
