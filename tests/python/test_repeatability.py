"""The same input gives the same published tables."""

import random
import shutil

import pandas as pd
from workspaces import PROJECT, Workspace, rewrite

SAMPLE = PROJECT / "seeds" / "inputs"
TIMES = {"fitted_at", "first_published_at", "last_published_at"}


def published_tables(workspace, tables):
    frames = {}
    for table in tables:
        frame = workspace.query_published(f'select * from "{table}"')
        frames[table] = frame.drop(columns=TIMES & set(frame.columns))
    return frames


def test_threads_and_the_order_of_rows_change_nothing(tmp_path):
    """Bit for bit, but for time stamps."""
    inputs = ["customers", "spends", "card_relationships"]
    found = []
    for threads, shuffled in ((1, False), (4, True)):
        folder = tmp_path / str(threads)
        (folder / "files").mkdir(parents=True)
        for name in inputs:
            shutil.copy(SAMPLE / f"{name}.csv", folder / "files")
            if shuffled:
                rewrite(folder / "files" / f"{name}.csv", shuffle_valid_rows)
        workspace = Workspace(folder)
        workspace.has_unit_tests = not shuffled
        variables = {"enabled_inputs": inputs, "input_dir": str(folder / "files")}
        run = workspace.dbt("build", "--threads", str(threads), **variables)
        assert run.succeeded, run.output
        tables = workspace.query_published(
            "select table_name from published_tables where status = 'published'"
        )["table_name"]
        # where a row stood in its file is what differs on purpose
        kept = sorted(set(tables) - {"input_quality"})
        assert len(kept) > 15
        found.append(published_tables(workspace, kept))
    first, second = found
    assert first.keys() == second.keys()
    for table, frame in first.items():
        pd.testing.assert_frame_equal(frame, second[table], check_exact=True, obj=table)


def shuffle_valid_rows(rows):
    """Shuffle all rows but the later ones of a repeated key, which stay behind the first."""
    seen, first, later = set(), [], []
    for row in rows:
        key = tuple(row[:4]) if len(row) == 5 else row[0]
        (later if key in seen else first).append(row)
        seen.add(key)
    random.Random(1).shuffle(first)
    return first + later
