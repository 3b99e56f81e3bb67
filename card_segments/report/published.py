"""Reading the published file for the report: aggregates, and a map without identifiers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd

# Vega puts values into its formulas, and ends a line at these two, where it should not.
LINE_SEPARATORS = re.compile("[\u2028\u2029]")


# Every segment with the name of what its share of value is of.
SEGMENT_SIZES = """
    select
        segments.*,
        coalesce(profiles.metric_label, replace(segments.value_metric, '_', ' ')) as value_label
    from segments
    left join segment_profiles as profiles
        on segments.segment_key = profiles.segment_key
        and segments.value_metric = profiles.metric
    order by segments.segmentation, segments.segment_number
"""


def grouped(rows: Iterable[dict], key: str) -> list[tuple[Any, list[dict]]]:
    """Return rows in groups of the same value; rows of a group stand next to each other."""
    return [(value, list(members)) for value, members in groupby(rows, lambda row: row[key])]


class Published:
    """The published tables, read-only.

    Parameters
    ----------
    database : Path
        The published DuckDB file.

    Raises
    ------
    duckdb.Error
        When the file cannot be opened.
    """

    def __init__(self, database: Path) -> None:
        self.connection = duckdb.connect(str(database), read_only=True)
        self.tables = {
            name
            for (name,) in self.connection.execute(
                "select table_name from duckdb_tables()"
            ).fetchall()
        }

    def __enter__(self) -> Published:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.connection.close()

    def has(self, *tables: str) -> bool:
        """Return whether all of some tables are published: absent inputs leave tables out."""
        return self.tables.issuperset(tables)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Return the rows of a query, one dictionary each; values stand for its `?`."""
        answer = self.connection.execute(query, list(values))
        names = [column[0] for column in answer.description]
        return [dict(zip(names, map(_shown, row), strict=True)) for row in answer.fetchall()]

    def row(self, query: str, *values: Any) -> dict[str, Any] | None:
        """Return the first row of a query, or None."""
        return next(iter(self.rows(query, *values)), None)

    def frame(self, query: str, *values: Any) -> pd.DataFrame:
        """Return the rows of a query as a frame."""
        frame = self.connection.execute(query, list(values)).df()
        return frame.replace(LINE_SEPARATORS, " ", regex=True)


def _shown(value: Any) -> Any:
    """Return a value, but None for what is no number: JSON knows neither NaN nor infinity."""
    if isinstance(value, str):
        return LINE_SEPARATORS.sub(" ", value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
