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
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
RELEASES = PROJECT / "tests" / "data" / "releases"
CUSTOMERS = 100
# Rows of a customer in each input of the sample; the spends would be most of the archive.
ROWS = {"card_relationships": 1, "card_usage": 1, "credit_profiles": 2}
HISTORY = "history.segment_members_history"
# The page and the Parquet files are there to be replaced, whatever they hold.
PAGE_CHARACTERS = 1000


def main(arguments: list[str] | None = None) -> int:
    """Build, pack, and say how large it is."""
    release, name = (arguments or sys.argv[1:])[:2]
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        cut_inputs(Path(release) / "seeds" / "inputs", state / "inputs")
        build(Path(release), state)
        compact(state / "warehouse" / "build.duckdb")
        os.truncate(state / "published" / "report.html", PAGE_CHARACTERS)
        for file in (state / "published" / "builds").rglob("*.parquet"):
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


def compact(warehouse: Path) -> None:
    """Keep the history, and of every other table its definition: a build makes the rows anew."""
    whole = warehouse.with_name("whole.duckdb")
    warehouse.rename(whole)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{whole}' as whole (read_only)")
        # under the name that views call it by
        connection.execute(f"attach '{warehouse}' as {warehouse.stem}")
        connection.execute(f"copy from database whole to {warehouse.stem} (schema)")
        connection.execute(f"insert into {warehouse.stem}.{HISTORY} from whole.{HISTORY}")
    whole.unlink()


def without_owner(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who made the archive."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    sys.exit(main())
