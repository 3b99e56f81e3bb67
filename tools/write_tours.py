"""Write the results of their SQL into docs/tours/, docs/questions.md and docs/walk.md.

A tour begins with its answer, a sentence that the query in the comment above it makes.

Usage: ``python -m tools.write_tours [published/cards.duckdb [warehouse/dev.duckdb]]``
"""

from __future__ import annotations

import datetime
import math
import re
import sys
import textwrap
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
TOURS = PROJECT / "docs" / "tours"
# Everyday questions, of which a page shows the first rows only.
QUESTIONS = PROJECT / "docs" / "questions.md"
# The walk goes through all layers, which only the warehouse has.
WALK = PROJECT / "docs" / "walk.md"
PUBLISHED = PROJECT / "published" / "cards.duckdb"
WAREHOUSE = PROJECT / "warehouse" / "dev.duckdb"
BEGIN = "<!-- result, written by make tours -->"
END = "<!-- end of result -->"
BLOCK = re.compile(
    rf"(?P<sql>^```sql\n(?P<statement>.*?)^```\n)(?:\n{BEGIN}\n.*?^{END}\n)?",
    re.DOTALL | re.MULTILINE,
)
ANSWER = re.compile(
    rf"(?P<sql>^<!-- answer\n(?P<statement>.*?)^-->\n)(?:{BEGIN}\n.*?^{END}\n)?",
    re.DOTALL | re.MULTILINE,
)
# A table that is longer is not read in a tour.
MOST_ROWS = 20
FIRST_ROWS = 4
LINE_WIDTH = 120
# Digits that survive the rounding noise of another machine's arithmetic.
STABLE_DIGITS = 9


class TourError(RuntimeError):
    """A page cannot be written; the message is one sentence that says what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Write every page again."""
    named = sys.argv[1:] if arguments is None else arguments
    published = Path(named[0]) if named else PUBLISHED
    warehouse = Path(named[1]) if named[1:] else WAREHOUSE
    try:
        for database, paths in ((published, pages()), (warehouse, [WALK])):
            if not database.is_file():
                raise TourError(f"There is no {database}; run make build first.")
            with duckdb.connect(str(database), read_only=True) as connection:
                for path in paths:
                    path.write_text(written(path, connection), encoding="utf-8")
    except TourError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def pages() -> list[Path]:
    """Return the pages on what is published."""
    tours = sorted(path for path in TOURS.glob("*.md") if path.name != "README.md")
    return [*tours, QUESTIONS]


def written(path: Path, connection: duckdb.DuckDBPyConnection) -> str:
    """Return a page with the results of its SQL blocks.

    Parameters
    ----------
    path : Path
        The page, with or without results.
    connection : DuckDBPyConnection
        The published tables.

    Raises
    ------
    TourError
        When a statement fails, or its result is empty or too long for a tour.
    """
    text = path.read_text(encoding="utf-8")

    def with_result(match: re.Match[str]) -> str:
        # an answer stands right below its comment, which Markdown does not show
        show, gap = (answer, "") if match.re is ANSWER else (result_table, "\n")
        if path == QUESTIONS:
            show = first_rows
        try:
            result = show(connection, match["statement"])
        except (duckdb.Error, TourError) as error:
            line = text.count("\n", 0, match.start()) + 1
            reason = str(error).splitlines()[0]
            raise TourError(f"{path.name}, the SQL of line {line}: {reason}") from error
        return f"{match['sql']}{gap}{BEGIN}\n{result}\n{END}\n"

    return BLOCK.sub(with_result, ANSWER.sub(with_result, text))


def answer(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    """Return the one sentence, or the few, that a statement makes, in lines of the page's width."""
    rows = connection.execute(statement).fetchall()
    if len(rows) != 1 or not rows[0][0]:
        raise TourError(f"{len(rows)} rows; an answer is one text.")
    return textwrap.fill(f"**{rows[0][0]}**", LINE_WIDTH, break_on_hyphens=False)


def result_table(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    """Return the result of a statement as a table in Markdown."""
    result = connection.execute(statement)
    columns, rows = [one[0] for one in result.description], result.fetchall()
    if not 0 < len(rows) <= MOST_ROWS:
        raise TourError(f"{len(rows)} rows; a page shows 1 to {MOST_ROWS}.")
    return _table(columns, rows)


def first_rows(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    """Return the first rows of a result as a table in Markdown, and how many there are."""
    result = connection.execute(statement)
    columns, rows = [one[0] for one in result.description], result.fetchall()
    if not rows:
        return "No rows."
    table = _table(columns, rows[:FIRST_ROWS])
    return table if len(rows) <= FIRST_ROWS else f"{table}\n\n{len(rows):,} rows in all."


def _table(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    is_number = [
        all(_is_number(row[place]) or row[place] is None for row in rows)
        for place in range(len(columns))
    ]
    lines = [
        columns,
        ["---:" if right else "---" for right in is_number],
        *([shown(value) for value in row] for row in rows),
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def shown(value: Any) -> str:
    """Return a value as a reader wants to see it.

    Examples
    --------
    >>> [shown(one) for one in (None, True, 12345, 12345.678, 12.345, 0.1 + 0.2, 0.0)]
    ['–', 'yes', '12,345', '12,346', '12.3', '0.30', '0']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (float, Decimal)):
        return _shown_float(float(value))
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value).replace("|", "\\|").replace("\n", " ")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _shown_float(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    size = math.floor(math.log10(abs(value)))
    stable = round(value, STABLE_DIGITS - size)
    decimals = 0 if abs(stable) >= 100 else 1 if abs(stable) >= 10 else 2
    text = f"{round(stable, decimals):,.{decimals}f}"
    # Small ones, such as p-values, keep one digit that says something.
    return f"{stable:.1g}" if float(text.replace(",", "")) == 0 else text


if __name__ == "__main__":
    sys.exit(main())
