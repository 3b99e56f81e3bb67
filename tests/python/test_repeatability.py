"""The same input gives the same published tables."""

import random
import shutil

import pandas as pd
import pytest
from workspaces import INPUTS, PROJECT, Workspace, rewrite

SAMPLE = PROJECT / "seeds" / "inputs"
# Where the key is not in the first column, by the number of columns: spends, credit profiles.
KEYS = {5: slice(4), 28: slice(1, 3)}
TIMES = {"fitted_at", "first_published_at", "last_published_at"}


def published_tables(workspace, tables):
    frames = {}
    for table in tables:
        frame = workspace.query_published(f'select * from "{table}"')
        frames[table] = frame.drop(columns=TIMES & set(frame.columns))
    return frames


@pytest.mark.slow
def test_threads_and_the_order_of_rows_change_nothing(sample_build, tmp_path):
    """Bit for bit, but for time stamps: one thread and shuffled files against the shared build."""
    (tmp_path / "files").mkdir()
    for name in INPUTS:
        shutil.copy(SAMPLE / f"{name}.csv", tmp_path / "files")
        rewrite(tmp_path / "files" / f"{name}.csv", shuffle_valid_rows)
    workspace = Workspace(tmp_path)
    run = workspace.dbt("build", "--threads", "1", input_dir=str(tmp_path / "files"))
    assert run.succeeded, run.output
    tables = sample_build.query_published(
        "select table_name from published_tables where status = 'published'"
    )["table_name"]
    # where a row stood in its file is what differs on purpose
    kept = sorted(set(tables) - {"input_quality"})
    assert len(kept) > 30
    first, second = (published_tables(one, kept) for one in (sample_build, workspace))
    for table, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[table], check_exact=True, obj=table)


def shuffle_valid_rows(rows):
    """Shuffle all rows but the later ones of a repeated key, which stay behind the first."""
    seen, first, later = set(), [], []
    for row in rows:
        key = KEYS.get(len(row), slice(1))
        (later if tuple(row[key]) in seen else first).append(row)
        seen.add(tuple(row[key]))
    random.Random(1).shuffle(first)
    return first + later
