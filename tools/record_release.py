"""Record what a release leaves behind, so that every later one is tested on it.

The release builds the first customers of its bundled sample. The inputs, the warehouse and the
published folder become tests/data/releases/<name>.tar.xz, on which tests/python/test_upgrade.py
builds.

Usage, with the release checked out in a folder of its own (``git worktree add FOLDER COMMIT``):
``python -m tools.record_release FOLDER NAME``
"""

from __future__ import annotations

import lzma
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
RELEASES = PROJECT / "tests" / "data" / "releases"
# As many as three segmentations need.
CUSTOMERS = 150
# Rows of a customer in each input of the sample; the spends would be most of the archive.
ROWS = {"card_relationships": 1, "card_usage": 1, "credit_profiles": 2}
# The tables whose rows are kept: the history, and what says what the last publication was.
WITH_ROWS = re.compile("segment|publication$|input_quality$")
# What a build reads of a publication; of all else there is only the name.
KEPT = ("cards.duckdb", "manifest.json")


def main(arguments: list[str] | None = None) -> int:
    """Build, pack, and say how large it is."""
    release, name = (arguments or sys.argv[1:])[:2]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        cut_inputs(Path(release) / "seeds" / "inputs", state / "inputs")
        build(Path(release), state)
        compact(state / "warehouse" / "build.duckdb", "history")
        compact((state / "published" / "cards.duckdb").resolve(), "main")
        for file in (state / "published").rglob("*"):
            if file.is_file() and not file.is_symlink() and file.name not in KEPT:
                os.truncate(file, 0)
        archive = RELEASES / f"{name}.tar.xz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:xz", preset=9 | lzma.PRESET_EXTREME) as tar:
            for part in ("inputs", "warehouse", "published"):
                tar.add(state / part, part, filter=without_owner)
    print(f"{archive.relative_to(PROJECT)}: {archive.stat().st_size:,} bytes")
    return 0


def cut_inputs(sample: Path, folder: Path) -> None:
    """Write the inputs of the first customers."""
    folder.mkdir()
    for name, rows in ROWS.items():
        lines = (sample / f"{name}.csv").read_bytes().splitlines(keepends=True)
        (folder / f"{name}.csv").write_bytes(b"".join(lines[: 1 + CUSTOMERS * rows]))


def build(release: Path, state: Path) -> None:
    """Let the release build and publish, with the packages that run this."""
    variables = (
        f"{{published_dir: {state}/published, input_dir: {state}/inputs, "
        f"enabled_inputs: [{', '.join(ROWS)}]}}"
    )
    (state / "warehouse").mkdir()
    subprocess.run(
        [
            Path(sys.executable).parent / "dbt",
            *("build", "--vars", variables),
            *("--target-path", state / "target", "--log-path", state / "logs"),
        ],
        cwd=release,
        env={**os.environ, "CARD_SEGMENTS_WAREHOUSE": f"{state}/warehouse/build.duckdb"},
        check=True,
    )


def compact(database: Path, schema: str) -> None:
    """Keep some tables of a schema, and of all others their definition."""
    whole = database.with_name("whole.duckdb")
    database.rename(whole)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{whole}' as whole (read_only)")
        # under the name that views call it by
        connection.execute(f"attach '{database}' as {database.stem}")
        connection.execute(f"copy from database whole to {database.stem} (schema)")
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'whole' and schema_name = $1",
            [schema],
        ).fetchall():
            if WITH_ROWS.match(name):
                table = f"{schema}.{name}"
                connection.execute(f"insert into {database.stem}.{table} from whole.{table}")
    whole.unlink()


def without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who made the archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    sys.exit(main())
