"""What an earlier release left behind, its warehouse and published folder, is built on.

tools/record_release.py makes the recorded states.
"""

import json
import tarfile

import pandas as pd
import pytest
from workspaces import PROJECT, query

from tools.record_release import RELEASES, ROWS

KEYS = "select segment_key, first_published_at from {}segment_registry order by all"
HISTORY = """
    select build_id, segmentation, customer_id, segment_key
    from history.segment_members_history where build_id = '{}' order by all
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param("0.1.0", marks=pytest.mark.exhaustive), "0.2.0-files"]
)
def test_an_earlier_release_is_built_on(workspace, name):
    with tarfile.open(RELEASES / f"{name}.tar.xz") as archive:
        archive.extractall(workspace.folder, filter="data")
    # as docs/operations.md says: the file has another name now
    before = workspace.folder / "warehouse" / "build.duckdb"
    workspace.warehouse = before.with_name("dev.duckdb")
    before.rename(workspace.warehouse)
    old = workspace.query_published("select build_id from publication").iloc[0, 0]
    keys = workspace.query_published(KEYS.format(""))
    history = query(workspace.warehouse, HISTORY.format(old))
    assert len(keys) >= 6 and len(history) > 100

    inputs = str(workspace.folder / "inputs")
    run = workspace.dbt("build", enabled_inputs=list(ROWS), input_dir=inputs)
    assert run.succeeded, run.output

    # keys go on, with the dates when they were first published, and so does the history
    after = workspace.query_published(KEYS.format(""))
    pd.testing.assert_frame_equal(after, keys)
    pd.testing.assert_frame_equal(query(workspace.warehouse, HISTORY.format(old)), history)
    # all that readers open is of the new build
    manifest = json.loads((workspace.published / "manifest.json").read_text())
    assert manifest["build_id"] != old
    for database in ("cards.duckdb", "shared.duckdb"):
        published = query(workspace.published / database, "select build_id from publication")
        assert published.iloc[0, 0] == manifest["build_id"]
    page = (workspace.published / "report.html").read_text()
    assert f"build {manifest['build_id']}" in page
    names = {path.stem for path in (workspace.published / "parquet").resolve().glob("*.parquet")}
    assert names == {table["name"] for table in manifest["tables"]}


def test_every_release_is_recorded():
    """A name that is written in the changelog and released has its state here."""
    recorded = {path.name.removesuffix(".tar.xz") for path in RELEASES.iterdir()}
    headings = (PROJECT / "CHANGELOG.md").read_text().split("\n## ")[2:]
    assert {heading.split()[0] for heading in headings} <= recorded
    assert sum(path.stat().st_size for path in RELEASES.iterdir()) < 300_000
