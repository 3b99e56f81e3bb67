"""Write a publication beside the old one and switch to it with renames."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

# Everything, for those who may see customers; and the aggregates alone, for everyone else.
DATABASE_NAME = "cards.duckdb"
SHARED_NAME = "shared.duckdb"
# The kind of a table without a row for one person; a table of any other kind is not shared.
AGGREGATE = "aggregate"
PARQUET_LINK = "parquet"
MANIFEST_NAME = "manifest.json"
BUILDS_FOLDER = "builds"
REPORT_NAME = "report.html"

# A file in this format opens in DuckDB 1.0 and everything after it; one in the newest format is
# refused by every older client.
STORAGE_VERSION = "v1.0.0"


class PublishingError(RuntimeError):
    """The publication could not be written; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Build:
    """The build that is published.

    Attributes
    ----------
    build_id : str
        Identifier of the dbt invocation; names the folder of this publication's Parquet files.
    published_at : str
        Start of the build, `YYYY-MM-DD HH:MM:SS`, UTC.
    project_version : str
    """

    build_id: str
    published_at: str
    project_version: str


def publish(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Mapping[str, str],
    directory: Path,
    build: Build,
    write_report: Callable[[Path, Path], object] | None = None,
) -> Path:
    """Publish tables as two DuckDB files and one Parquet file each, and the report page on them.

    `cards.duckdb` holds every table, `shared.duckdb` those that are aggregates. Everything is
    written under `directory/builds/<build id>/` first. Then the link `parquet`, the manifest, the
    page and, last, the databases are replaced by renames, which either happen or do not. Readers
    that have an old file open keep it; the publication before this one stays on disk for them.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the tables are; only read from.
    schema : str
        Schema of the tables.
    tables : mapping of str to str
        The kind of each table by its name: `aggregate`, or `customer` where a row is one person.
    directory : Path
        The published folder; made if it does not exist.
    build : Build
    write_report : callable, optional
        Writes the report page from the new `cards.duckdb` (first argument) to a path (second).
        Without it a page of an earlier publication is removed: it would show other figures.

    Returns
    -------
    Path
        The database file with every table.

    Raises
    ------
    PublishingError
        When the folder or the page cannot be written; what was published before is still whole.
    """
    try:
        folder = _fresh_folder(directory, build)
        rows = {name: _write_parquet(connection, schema, name, folder) for name in tables}
        rows["publication"] = _write_publication_row(folder, build, rows)
        kinds = {**tables, "publication": AGGREGATE}
        shared = [name for name in rows if kinds[name] == AGGREGATE]
        for file, names in ((DATABASE_NAME, list(rows)), (SHARED_NAME, shared)):
            _write_database(folder / file, names, _comments(connection, schema, names))
        if write_report:
            _write_report(write_report, folder / DATABASE_NAME, folder / REPORT_NAME)
        _write_manifest(folder, build, rows, kinds)
        _switch(directory, folder)
    except (OSError, duckdb.IOException) as error:
        raise PublishingError(
            f"The publication could not be written to {directory}: {reason(error)}. "
            "Check that the folder exists or can be made, that it is writable and that the disk "
            "has room. What was published before is unchanged."
        ) from error
    _remove_older_builds(directory, build)
    return directory / DATABASE_NAME


def reason(error: Exception) -> str:
    """Return what an error says in one line that can stand inside a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})"
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".:!")


def _fresh_folder(directory: Path, build: Build) -> Path:
    folder = directory / BUILDS_FOLDER / build.build_id
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for path in (directory, directory / BUILDS_FOLDER, folder):
        _protect(path)
    return folder


def _protect(path: Path) -> None:
    """Let the owner write and the owner's group read; others see nothing of customers."""
    # A folder of somebody else, or a file system without modes, keeps what it has.
    with suppress(OSError):
        path.chmod(0o750 if path.is_dir() else 0o640)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path
) -> int:
    """Write one table, sorted, so that the same rows always make the same file."""
    path = folder / f"{name}.parquet"
    connection.execute(
        f'copy (select * from "{schema}"."{name}" order by all) to {_quoted(str(path))} '
        "(format parquet, compression zstd)"
    )
    _flush(path)
    return connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()[0]


def _write_publication_row(folder: Path, build: Build, rows: dict[str, int]) -> int:
    path = folder / "publication.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    {_quoted(build.build_id)} as build_id,
                    cast({_quoted(build.published_at)} as timestamp) as published_at,
                    {_quoted(build.project_version)} as project_version,
                    {_quoted(duckdb.__version__)} as duckdb_version,
                    {len(rows)} as published_tables,
                    {sum(rows.values())} as published_rows
            ) to {_quoted(str(path))} (format parquet, compression zstd)
            """
        )
    _flush(path)
    return 1


def _comments(
    connection: duckdb.DuckDBPyConnection, schema: str, tables: Collection[str]
) -> list[str]:
    """Return the statements that carry the descriptions of tables and columns over."""
    statements = []
    for name, comment in connection.execute(
        "select table_name, comment from duckdb_tables() "
        "where schema_name = $1 and comment is not null and not temporary order by table_name",
        [schema],
    ).fetchall():
        if name in tables:
            statements.append(f'comment on table "{name}" is {_quoted(comment)}')
    for name, column, comment in connection.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where schema_name = $1 and comment is not null order by table_name, column_index",
        [schema],
    ).fetchall():
        if name in tables:
            statements.append(f'comment on column "{name}"."{column}" is {_quoted(comment)}')
    return statements


def _write_database(path: Path, names: Collection[str], comments: Collection[str]) -> None:
    # A connection of its own: attaching inside dbt's transaction fails.
    with duckdb.connect(
        str(path), config={"storage_compatibility_version": STORAGE_VERSION, "threads": 1}
    ) as connection:
        for name in names:
            source = _quoted(str(path.with_name(f"{name}.parquet")))
            connection.execute(f'create table "{name}" as select * from read_parquet({source})')
        for statement in comments:
            connection.execute(statement)
        connection.execute("checkpoint")
    _flush(path)


def _write_report(write: Callable[[Path, Path], object], database: Path, page: Path) -> None:
    try:
        write(database, page)
    except OSError:
        raise
    except Exception as error:
        raise PublishingError(
            f"The report page could not be written: {type(error).__name__}: {reason(error)}. What "
            "was published before is unchanged. To publish the tables without the page, set the "
            "variable write_report to false."
        ) from error
    _flush(page)


def _write_manifest(
    folder: Path, build: Build, rows: dict[str, int], kinds: Mapping[str, str]
) -> None:
    path = folder / MANIFEST_NAME
    content = {
        **asdict(build),
        "tables": [
            {
                "name": name,
                "kind": kinds[name],
                "rows": count,
                "parquet": f"{BUILDS_FOLDER}/{build.build_id}/{name}.parquet",
            }
            for name, count in sorted(rows.items())
        ],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _flush(path)


def _flush(path: Path) -> None:
    """Make sure the file is on disk, for its readers only, before it is renamed into place."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    _protect(path)


def _switch(directory: Path, folder: Path) -> None:
    """Replace the link, the manifest, the page and, last, the databases."""
    link = folder / PARQUET_LINK
    link.symlink_to(Path(BUILDS_FOLDER) / folder.name, target_is_directory=True)
    os.replace(link, directory / PARQUET_LINK)
    os.replace(folder / MANIFEST_NAME, directory / MANIFEST_NAME)
    if (folder / REPORT_NAME).exists():
        os.replace(folder / REPORT_NAME, directory / REPORT_NAME)
    else:
        (directory / REPORT_NAME).unlink(missing_ok=True)
    for name in (SHARED_NAME, DATABASE_NAME):
        os.replace(folder / name, directory / name)


def _remove_older_builds(directory: Path, build: Build) -> None:
    """Keep this build and the newest before it; also clears what a killed build left behind."""
    others = sorted(
        (
            folder
            for folder in (directory / BUILDS_FOLDER).iterdir()
            if folder.name != build.build_id
        ),
        key=lambda folder: folder.stat().st_mtime,
        reverse=True,
    )
    for folder in others[1:]:
        shutil.rmtree(folder, ignore_errors=True)
