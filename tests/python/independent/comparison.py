"""Comparing a published table with the same table worked out again, cell by cell."""

import numpy as np
import pandas as pd
from bank import VARIABLES

MINIMUM = VARIABLES["minimum_cell_size"]
ALL_OTHER = "All other"
# What the disclosure policy adds to a table; the tests of the policy look at these.
OF_THE_POLICY = {"is_suppressed", "is_total"}


def compare(published, expected, keys, words=(), allowed=None, behind=None):
    """Compare every cell that is shown, and look for cells that are missing or too many.

    `expected` has the keys, the figures, and in `people` how many distinct people are behind a row;
    where a figure rests on fewer people than its row, `behind` names the column with how many.
    `words` are columns of sentences that are not worked out again. `allowed` names, for a figure
    that is published by an approximation, the column with what it may differ by.

    What the disclosure policy hides or folds is its own business, and its tests look at it. Here a
    table may hide nothing as long as enough people are behind everything.
    """
    allowed, behind = allowed or {}, behind or {}
    helping = {"people", *allowed.values(), *behind.values()}
    figures = [name for name in expected.columns if name not in {*keys, *helping}]
    left_out = set(published.columns) - {*keys, *figures, *words, *OF_THE_POLICY}
    assert not left_out, f"columns that nothing is compared with: {sorted(left_out)}"
    absent = {*keys, *figures, *words} - set(published.columns)
    assert not absent, f"columns that are not there: {sorted(absent)}"

    published, expected = indexed(published, keys), indexed(expected, keys)
    is_folded = published.index.to_frame().apply(says_folded).any(axis=1).to_numpy()
    shown = published[~is_folded | published.index.isin(expected.index)]
    too_many = shown.index.difference(expected.index)
    assert too_many.empty, f"rows too many: {too_many.tolist()[:5]}"
    missing = expected.index.difference(shown.index)
    people = expected.get("people", pd.Series(MINIMUM, expected.index))
    assert is_folded.any() or (people[missing] < MINIMUM).all(), (
        f"rows missing: {missing.tolist()[:5]}"
    )

    expected = expected.loc[shown.index]
    for name in figures:
        cells = pd.DataFrame({"published": shown[name], "expected": expected[name]})
        is_null, is_unknown = cells["published"].isna(), cells["expected"].isna()
        may_hide = (people < MINIMUM).any() or (
            expected.get(behind.get(name), people) < MINIMUM
        ).any()
        wrong = is_unknown & ~is_null | is_null & ~is_unknown & (not may_hide)
        margin = expected[allowed[name]] if name in allowed else 1e-9
        wrong |= ~is_null & ~is_unknown & ~are_equal(cells, margin)
        assert not wrong.any(), f"{name} differs in {wrong.sum()} of {len(cells)} rows:\n" + cells[
            wrong
        ].to_string(max_rows=10)


def are_equal(cells: pd.DataFrame, margin) -> pd.Series:
    """Whether two columns hold the same texts, or the same numbers to nine digits."""
    published, expected = cells["published"], cells["expected"]
    kinds = pd.api.types
    if kinds.is_numeric_dtype(expected) and not kinds.is_bool_dtype(expected):
        published, expected = (
            pd.Series(one.to_numpy(float, na_value=np.nan), one.index)
            for one in (published, expected)
        )
        return (published - expected).abs() <= 1e-9 * expected.abs() + margin
    missing = cells.isna().any(axis=1)
    return published.astype(object).mask(missing) == expected.astype(object).mask(missing)


def fold(groups: pd.Series, published: pd.Series) -> pd.Series:
    """Each group as it is published: those that do not stand alone are together."""
    return groups.where(groups.isin(published), ALL_OTHER)


def says_folded(values: pd.Series) -> pd.Series:
    """Whether a key stands for what was too small to stand alone."""
    return values.astype(str).str.lower().str.replace("_", " ").str.contains(ALL_OTHER.lower())


def indexed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """A table by its keys, as texts, so that dates, numbers and nulls of both sides meet."""
    texts = table[keys].astype(object).where(table[keys].notna(), "null").astype(str)
    table = table.set_axis(pd.MultiIndex.from_frame(texts), axis=0)
    assert not table.index.duplicated().any(), "a row stands twice"
    return table.drop(columns=keys)


def shown_keys(published: pd.DataFrame, keys: list[str]) -> pd.MultiIndex:
    """The rows that show figures: ranks are among these."""
    return pd.MultiIndex.from_frame(published.loc[~published["is_suppressed"].astype(bool), keys])
