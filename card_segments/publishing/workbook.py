"""Write the published aggregates as one Excel workbook, a sheet a table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from card_segments.publishing.folder import hide_from_others, take_group

WORKBOOK_NAME = "card_segments.xlsx"
FRONT_NAME = "Contents"
COLUMNS_NAME = "Columns"
# What Excel holds: rows of a sheet with the header, letters of its name, letters of a cell, and
# the digits of a number that it keeps.
ROWS_OF_SHEET = 1_048_576
LETTERS_OF_NAME = 31
LETTERS_OF_CELL = 32_767
LARGEST_EXACT = 10**15
FIRST_YEAR = 1900

NARROWEST, WIDEST = 9, 60
# Room for the arrow of the filter.
HEADER_ROOM = 3
ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class Table:
    """A published table: its name, what a row is, its columns (name, type, meaning), its rows."""

    name: str
    sheet: str
    grain: str
    columns: tuple[tuple[str, str, str], ...]
    rows: int


@dataclass(frozen=True)
class Workbook:
    """What was written: the file, its tables, and those with too many rows for a sheet."""

    path: Path
    tables: tuple[Table, ...]
    left_out: tuple[Table, ...]


def write_workbook(shared: Path, path: Path, rows_of_sheet: int = ROWS_OF_SHEET) -> Workbook:
    """Write the workbook, all or nothing.

    Parameters
    ----------
    shared : Path
        The published file without rows by customer, `shared.duckdb`.
    path : Path
        The workbook; one that is there is replaced.
    rows_of_sheet : int
        How many rows a sheet holds, with its header.

    Raises
    ------
    duckdb.Error
        When the file cannot be read as a publication.
    OSError
        When the workbook cannot be written; one that was there is as it was.
    """
    mask = hide_from_others()
    with duckdb.connect(str(shared), read_only=True) as connection:
        tables = _tables(connection)
        fitting = tuple(table for table in tables if table.rows < rows_of_sheet)
        left_out = tuple(table for table in tables if table.rows >= rows_of_sheet)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            fresh = Path(folder) / path.name
            try:
                _write(connection, fresh, fitting, left_out)
            except xlsxwriter.exceptions.FileCreateError as error:
                raise OSError(str(error)) from error
            fresh.chmod(0o666 & ~mask)
            os.replace(fresh, path)
    take_group(path)
    return Workbook(path, fitting, left_out)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    tables: list[Table] = []
    for name, comment in connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() "
        "where schema_name = 'main' and not temporary order by table_name"
    ).fetchall():
        columns = connection.execute(
            "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
            "where schema_name = 'main' and table_name = $1 order by column_index",
            [name],
        ).fetchall()
        rows = connection.execute(f'select count(*) from "{name}"').fetchone()[0]
        sheet = sheet_name(name, [table.sheet for table in tables])
        grain = comment.split(": ")[0].split(". ")[0].rstrip(".")
        tables.append(Table(name, sheet, grain, tuple(columns), rows))
    return tables


def sheet_name(table: str, taken: Sequence[str]) -> str:
    """Return a name that a sheet can have: at most 31 letters, and no other sheet's.

    Examples
    --------
    >>> sheet_name("income_utilisation_by_demographic", [])
    'income_utilisation_by_demograph'
    >>> sheet_name("income_utilisation_by_demographics", ["income_utilisation_by_demograph"])
    'income_utilisation_by_demogra~2'
    """
    used = {name.lower() for name in (*taken, FRONT_NAME, COLUMNS_NAME)}
    name, number = table[:LETTERS_OF_NAME], 1
    while name.lower() in used:
        number += 1
        end = f"~{number}"
        name = table[: LETTERS_OF_NAME - len(end)] + end
    return name


def _write(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[Table],
    left_out: Sequence[Table],
) -> None:
    # rows go to disk as they come, and no text is taken for a formula, a number or a link
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "header": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            "link": book.get_default_url_format(),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        publication = _publication(connection)
        if isinstance(publication.get("published_at"), datetime):
            book.set_properties({"title": "Card Segments", "created": publication["published_at"]})
        about = [(name.replace("_", " "), value) for name, value in publication.items()]
        _write_front(book, formats, about, tables, left_out)
        rows = [
            (table.name, name, kind.lower(), meaning)
            for table in tables
            for name, kind, meaning in table.columns
        ]
        _write_sheet(book, formats, COLUMNS_NAME, ("table", "column", "type", "meaning"), rows)
        for table in tables:
            _write_sheet(
                book,
                formats,
                table.sheet,
                [name for name, _, _ in table.columns],
                _rows(connection, table),
                _widths(connection, table),
            )


def _publication(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    result = connection.execute("select * from publication")
    names = [column[0] for column in result.description]
    return dict(zip(names, result.fetchone(), strict=True))


def _write_front(
    book: xlsxwriter.Workbook,
    formats: dict[Any, Any],
    about: Sequence[tuple[str, Any]],
    tables: Sequence[Table],
    left_out: Sequence[Table],
) -> None:
    sheet = book.add_worksheet(FRONT_NAME)
    sheet.hide_gridlines(2)
    for column, width in enumerate((36, WIDEST, 12, 12)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "Card Segments: published aggregates", formats["title"])
    line = 2
    for name, value in about:
        sheet.write_string(line, 0, name)
        _write_cell(sheet, line, 1, value, formats)
        line += 1
    sheet.write_string(line, 0, f"What each column means is in the sheet {COLUMNS_NAME}.")
    line += 2
    for column, name in enumerate(("table", "one row is", "rows", "columns")):
        sheet.write_string(line, column, name, formats["header"])
    for table in tables:
        line += 1
        sheet.write_url(line, 0, f"internal:'{table.sheet}'!A1", formats["link"], table.name)
        _write_cell(sheet, line, 1, table.grain, formats)
        sheet.write_number(line, 2, table.rows)
        sheet.write_number(line, 3, len(table.columns))
    for table in left_out:
        line += 1
        sheet.write_string(line, 0, table.name)
        sheet.write_string(
            line, 1, f"Left out: {table.rows:,} rows are more than a sheet of Excel holds."
        )


def _write_sheet(
    book: xlsxwriter.Workbook,
    formats: dict[Any, Any],
    name: str,
    header: Sequence[str],
    rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]],
    widths: Sequence[int] | None = None,
) -> None:
    sheet = book.add_worksheet(name)
    if widths is None:
        texts = zip(header, *rows, strict=True)
        widths = [max(map(len, column)) for column in texts]
    for column, (title, width) in enumerate(zip(header, widths, strict=True)):
        wide = max(NARROWEST, len(title) + HEADER_ROOM, min(width + 1, WIDEST))
        sheet.set_column(column, column, wide)
        sheet.write_string(0, column, title, formats["header"])
    sheet.freeze_panes(1, 0)
    line = 0
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, line, column, value, formats)
    sheet.autofilter(0, 0, line, len(header) - 1)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    column: int,
    value: Any,
    formats: dict[Any, Any],
) -> None:
    """Write a value as what it is; what Excel cannot hold as that is a text."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, datetime | date) and value.year >= FIRST_YEAR:
        kind = datetime if isinstance(value, datetime) else date
        sheet.write_datetime(line, column, value, formats[kind])
    elif isinstance(value, int | float | Decimal) and abs(value) < LARGEST_EXACT:
        # neither infinity nor NaN is smaller
        sheet.write_number(line, column, value)
    else:
        sheet.write_string(line, column, cut(str(value)))


def cut(text: str) -> str:
    """Return a text that a cell holds, with dots where its end is cut off.

    Examples
    --------
    >>> cut("whole"), len(cut("x" * 40_000)), cut("x" * 40_000)[-5:]
    ('whole', 32767, 'xx...')
    """
    return text if len(text) <= LETTERS_OF_CELL else text[: LETTERS_OF_CELL - 3] + "..."


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Sequence[Any]]:
    result = connection.execute(f'select * from "{table.name}"')
    while rows := result.fetchmany(ROWS_AT_A_TIME):
        yield from rows


def _widths(connection: duckdb.DuckDBPyConnection, table: Table) -> list[int]:
    """Return how wide each column has to be: its longest text, or what a number or a date takes."""
    takes = {"DOUBLE": 12, "FLOAT": 12, "TIMESTAMP": 19, "DATE": 10}
    widths = ", ".join(
        str(takes[kind])
        if kind in takes
        else f'coalesce(max(length(cast("{name}" as varchar))), 0)'
        for name, kind, _ in table.columns
    )
    return list(connection.execute(f'select {widths} from "{table.name}" limit 1').fetchone() or [])
