"""Find what was published last, see that it is whole, and open it for a build to read."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import duckdb
from packaging.version import InvalidVersion, Version

from card_segments.publishing.folder import (
    BUILDS_NAME,
    CURRENT_NAME,
    DATABASE_NAME,
    LOCK_NAME,
    MANIFEST_NAME,
    PARQUET_NAME,
    SHARED_NAME,
    PublishingError,
    check_names,
    current_build,
    leads_to_current,
    lock_holder,
    reason,
)

# The database under which a build reads what was published last.
ALIAS = "last_publication"
# With one of these missing, keys and names of segments would begin anew. Every release has them.
IDENTITY = (
    "publication",
    "segment_members",
    "segment_parameters",
    "segment_registry",
    "segmentations",
    "segments",
)
# Where one of these is, something was published; a page may be anybody's.
NAMES = (CURRENT_NAME, DATABASE_NAME, SHARED_NAME, PARQUET_NAME, MANIFEST_NAME)


def find_last_publication(folder: Path, version: str) -> Path | None:
    """Return the published database of a folder, or None where nothing was published yet.

    Every table is read once, so that a damaged file is named before the build and not in it.

    Parameters
    ----------
    folder : Path
        The published folder.
    version : str
        The version of the project that is to build on what was published.

    Raises
    ------
    PublishingError
        When something was published and cannot be read, whatever the reason: a build without it
        would give segments new keys and names.
    """
    database = folder / DATABASE_NAME
    try:
        if os.path.lexists(folder) and not folder.is_dir():
            raise PublishingError(
                f"{folder} has to be a folder, and is none: move it away, or name another one in "
                "the variable published_dir."
            )
        # readers' link to the database is made, or lost, apart from the link of the current build
        links = (database, folder / CURRENT_NAME / DATABASE_NAME)
        file = next((path.resolve() for path in links if path.exists()), None)
        if file is None:
            if _was_published(folder):
                raise _lost(database, "is missing, although something was published there")
            return None
        if not os.access(file, os.R_OK):
            raise PublishingError(
                f"{database} may not be read by this user, and a build takes keys and names of "
                "segments from it: see to that, or publish into another folder (published_dir)."
            )
        with duckdb.connect(str(file), read_only=True) as connection:
            _check(connection, database, version)
    except (duckdb.Error, OSError) as error:
        if holder := lock_holder(error):
            program, process = holder
            raise PublishingError(
                f"{database} is open for writing in another program "
                f"({program}, process {process}): close it there, and open it "
                "read-only (docs/connect.md says how)."
            ) from error
        raise _lost(database, f"cannot be read ({reason(error)})") from error
    return file


def _was_published(folder: Path) -> bool:
    """Return whether a folder without a database shows that one was published there."""
    for path in (folder / name for name in NAMES):
        # readers' links are made before the link of the first build
        if os.path.lexists(path) and not leads_to_current(path):
            return True
    builds = folder / BUILDS_NAME
    if not builds.is_dir() or not any(builds.iterdir()):
        return False
    # whoever publishes is noted in the lock until that is done: the first time was never done
    lock = folder / LOCK_NAME
    return not (lock.is_file() and lock.read_text(encoding="utf-8", errors="replace").strip())


def _check(connection: duckdb.DuckDBPyConnection, database: Path, version: str) -> None:
    rows = connection.execute("select table_name from duckdb_tables()").fetchall()
    tables = {name for (name,) in rows}
    for name in IDENTITY:
        if name not in tables:
            raise _lost(database, f"has no table {name}")
    published_by = connection.execute("select project_version from publication").fetchone()
    if published_by is None:
        raise _lost(database, "has no row in the table publication")
    try:
        is_newer = Version(published_by[0]) > Version(version)
    except (InvalidVersion, TypeError):
        raise _lost(database, f"is of a version {published_by[0]}") from None
    if is_newer:
        raise PublishingError(
            f"{database} was published by version {published_by[0]} of this project, and this is "
            f"version {version}: build with that one or a newer one, or put the folder back from "
            "a backup of before the upgrade."
        )
    for name in tables:
        connection.execute(f'select bit_xor(hash(columns(*))) from "{name}"').fetchall()


def _lost(path: Path, what: str) -> PublishingError:
    return PublishingError(
        f"{path} {what}: put {path.parent} back from a backup, or move it away to begin anew, with "
        "new keys and names of segments."
    )


class LastPublication:
    """What was published last, as a dbt run sees it: one state for the whole of the run.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the database is attached; every connection to the same warehouse sees it.
    version : str
        The version of the project.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: str) -> None:
        self._connection = connection
        self._version = version
        self._lock = threading.Lock()
        self._run: tuple[str, str] | None = None
        self._opened: dict[str, Any] = {}

    def open(self, folder: str, run: str) -> dict[str, Any]:
        """Attach the published database, the first time in a run, and say what it is.

        Parameters
        ----------
        folder : str
            The published folder.
        run : str
            Identifier of the dbt run; another one looks anew.

        Returns
        -------
        dict
            `build_id`, or None where nothing was published; `tables`, the columns by table; and
            `obstacle`, why nothing can be published over it, or None.

        Raises
        ------
        PublishingError
            When something was published and cannot be read.
        """
        with self._lock:
            if self._run != (folder, run):
                self._opened = self._attach(Path(folder))
                self._run = (folder, run)
            return self._opened

    def _attach(self, folder: Path) -> dict[str, Any]:
        # a connection of its own: the other one is busy calling this
        with self._connection.cursor() as cursor:
            cursor.execute(f"detach database if exists {ALIAS}")
            build_id, obstacle = None, None
            try:
                check_names(folder)
                build_id = current_build(folder)
            except PublishingError as error:
                obstacle = str(error)
            database = find_last_publication(folder, self._version)
            if database is None:
                return {"build_id": None, "tables": {}, "obstacle": obstacle}
            path = str(database).replace("'", "''")
            cursor.execute(f"attach '{path}' as {ALIAS} (read_only)")
            rows = cursor.execute(
                "select table_name, list(column_name order by column_index) "
                "from duckdb_columns() where database_name = $1 group by 1",
                [ALIAS],
            ).fetchall()
            return {"build_id": build_id, "tables": dict(rows), "obstacle": obstacle}
