"""Tables of either engine as pandas frames, for the Python models."""

from __future__ import annotations

from typing import Any

import pandas as pd


def read(relation: Any) -> pd.DataFrame:
    """Return the rows of a relation of DuckDB, or of a frame of Spark.

    Both know `filter`, `select`, `distinct` and `join`, so that a model can narrow down before.
    """
    if hasattr(relation, "df"):
        return relation.df()
    # Spark's own way to pandas goes row by row where Arrow is not set up for it.
    return relation.toArrow().to_pandas()
