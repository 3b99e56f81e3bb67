"""Comparing a published table with the same table worked out again, cell by cell."""

import numpy as np
import pandas as pd
from bank import VARIABLES

MINIMUM = VARIABLES["minimum_cell_size"]
FOLDED = "all other"
# What the disclosure policy adds to a table; the tests of the policy look at these.
OF_THE_POLICY = {"is_suppressed", "is_total"}


def compare(published, expected, keys, words=(), allowed=None):
    """Compare every cell that is shown, and look for cells that are missing or too many.

    `expected` has the keys, the figures, and in `people` how many distinct people are behind a row.
    A row with fewer of them than the minimum cell size may be folded or have no figures. `words`
    are columns of sentences and names that are not worked out again; `allowed` names, for a figure
    that is published by an approximation, the column of `expected` with what it may differ by.
    """
    allowed = allowed or {}
    figures = [
        name for name in expected.columns if name not in {*keys, "people", *allowed.values()}
    ]
    left_out = set(published.columns) - {*keys, *figures, *words, *OF_THE_POLICY}
    assert not left_out, f"columns that nothing is compared with: {sorted(left_out)}"

    published, expected = indexed(published, keys), indexed(expected, keys)
    is_folded = published.index.to_frame().apply(says_folded).any(axis=1)
    shown, folded = published[~is_folded.to_numpy()], published[is_folded.to_numpy()]
    assert shown.index.isin(expected.index).all(), (
        f"rows too many: {shown.index.difference(expected.index).tolist()[:5]}"
    )
    missing = expected.loc[expected.index.difference(shown.index)]
    if folded.empty:
        assert (missing.get("people", pd.Series(MINIMUM, missing.index)) < MINIMUM).all(), (
            f"rows missing: {missing.index.tolist()[:5]}"
        )

    expected = expected.loc[shown.index]
    may_be_null = shown.get("is_suppressed", pd.Series(False, shown.index)).fillna(False)
    for name in figures:
        one, other = shown[name], expected[name]
        is_null, is_unknown = one.isna().to_numpy(), other.isna().to_numpy()
        wrong = is_null & ~is_unknown & ~may_be_null.to_numpy(dtype=bool)
        wrong |= ~is_null & is_unknown
        known = ~is_null & ~is_unknown
        if pd.api.types.is_numeric_dtype(other) and not pd.api.types.is_bool_dtype(other):
            margin = expected[allowed[name]].to_numpy(float) if name in allowed else 1e-9
            one, other = one.to_numpy(float, na_value=np.nan), other.to_numpy(float)
            differs = ~(np.abs(one - other) <= 1e-9 * np.abs(other) + margin)
        else:
            one, other = one.to_numpy(object), other.to_numpy(object)
            differs = one != other
        wrong |= known & differs.astype(bool)
        assert known.any() or is_unknown.all(), f"{name} is shown nowhere"
        assert not wrong.any(), (
            f"{name} differs in {wrong.sum()} of {len(shown)} rows:\n"
            + pd.DataFrame({"published": one, "expected": other}, shown.index)[wrong].to_string(
                max_rows=10
            )
        )


def says_folded(values: pd.Series) -> pd.Series:
    """Whether a key stands for what was too small to stand alone."""
    return values.astype(str).str.lower().str.contains(FOLDED, regex=False)


def indexed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """A table by its keys, as texts, so that dates, numbers and nulls of both sides meet."""
    texts = table[keys].astype(object).where(table[keys].notna(), "null").astype(str)
    table = table.set_axis(pd.MultiIndex.from_frame(texts), axis=0)
    assert not table.index.duplicated().any(), "a row stands twice"
    return table.drop(columns=keys)


def shown_keys(published: pd.DataFrame, keys: list[str]) -> pd.MultiIndex:
    """The rows that show figures: ranks are among these."""
    return pd.MultiIndex.from_frame(published.loc[~published["is_suppressed"].astype(bool), keys])
