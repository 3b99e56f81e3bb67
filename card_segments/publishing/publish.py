"""Write a publication beside the old one and switch to it with one rename."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from card_segments.inputs.find import path_literal
from card_segments.publishing.folder import (
    BUILDS_NAME,
    DATABASE_NAME,
    MANIFEST_NAME,
    PARQUET_NAME,
    REPORT_NAME,
    SHARED_NAME,
    PublishingError,
    check_names,
    complete,
    current_build,
    hide_from_others,
    locked,
    make_build_folder,
    reason,
    remove_build,
    remove_other_builds,
    switch,
    writable,
)

# The kind of a table without a row for one person; a table of any other kind is not shared.
AGGREGATE = "aggregate"

# A file in this format opens in DuckDB 1.0 and everything after it; one in the newest format is
# refused by every older client.
STORAGE_VERSION = "v1.0.0"
# Rows go from file to file in pieces, so this is enough for any number of them.
DATABASE_MEMORY = "1GB"


@dataclass(frozen=True)
class Build:
    """The build that is published.

    Attributes
    ----------
    build_id : str
        Identifier of the dbt invocation, a UUID; names the folder of this publication.
    published_at : str
        Start of the build, `YYYY-MM-DD HH:MM:SS`, UTC.
    project_version : str
    currency : str, optional
        The variable `currency`: what amounts are in, where that is said.
    """

    build_id: str
    published_at: str
    project_version: str
    currency: str | None = None


def publish(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Mapping[str, str],
    directory: Path,
    build: Build,
    write_report: Callable[[Path, Path], object] | None = None,
    based_on: str | None = None,
) -> Path:
    """Publish tables as two DuckDB files and one Parquet file each, and the report page on them.

    `cards.duckdb` holds every table, `shared.duckdb` those that are aggregates. Everything is
    written to `directory/builds/<build id>/` and flushed; then one rename of the link `current`,
    through which all stable names lead, either happens or does not. Readers that have an old file
    open keep it; the publication before this one stays on disk for them until the next.

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
        Without it the publication has no page.
    based_on : str, optional
        The build that was published when this one began, empty where none was. Given, nothing is
        published when another one is published now.

    Returns
    -------
    Path
        The database file with every table.

    Raises
    ------
    PublishingError
        When the folder or the page cannot be written, or another process is publishing; what was
        published before is still whole.
    """
    hide_from_others()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with locked(directory, f"publishing build {build.build_id}"):
            check_names(directory)
            before = current_build(directory)
            if based_on is not None and (before or "") != based_on:
                raise PublishingError(
                    f"Nothing was published into {directory}: build {before or 'none'} was "
                    "published there while this one ran, and this one does not follow from it. "
                    "Build again. What is published is unchanged."
                )
            remove_other_builds(directory, kept=before)
            folder = directory / BUILDS_NAME / build.build_id
            try:
                make_build_folder(folder)
                _write(connection, schema, tables, folder, build, write_report)
                complete(folder)
                switch(directory, folder)
            except BaseException:
                if current_build(directory) != folder.name:
                    remove_build(folder)
                raise
    except (OSError, duckdb.Error) as error:
        raise PublishingError(
            f"The publication could not be written to {directory}: {reason(error)}. "
            "Check that the folder exists or can be made, that it is writable and that the disk "
            "has room. What was published before is unchanged."
        ) from error
    return directory / DATABASE_NAME


def _write(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Mapping[str, str],
    folder: Path,
    build: Build,
    write_report: Callable[[Path, Path], object] | None,
) -> None:
    """Write everything of a publication into its folder."""
    rows = {name: _write_parquet(connection, schema, name, folder) for name in tables}
    rows["publication"] = _write_publication_row(folder, build, rows)
    kinds = {**tables, "publication": AGGREGATE}
    shared = [name for name in rows if kinds[name] == AGGREGATE]
    for file, names in ((DATABASE_NAME, list(rows)), (SHARED_NAME, shared)):
        _write_database(folder / file, names, _comments(connection, schema, names))
    if write_report:
        _write_report(write_report, folder / DATABASE_NAME, folder / REPORT_NAME)
    _write_manifest(folder, build, rows, kinds)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path
) -> int:
    """Write one table, sorted, so that the same rows always make the same file."""
    path = folder / PARQUET_NAME / f"{name}.parquet"
    connection.execute(
        f'copy (select * from "{schema}"."{name}" order by all) to {_quoted(str(path))} '
        "(format parquet, compression zstd)"
    )
    return connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()[0]


def _write_publication_row(folder: Path, build: Build, rows: dict[str, int]) -> int:
    path = folder / PARQUET_NAME / "publication.parquet"
    currency = _quoted(build.currency) if build.currency else "null"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    {_quoted(build.build_id)} as build_id,
                    cast({_quoted(build.published_at)} as timestamp) as published_at,
                    {_quoted(build.project_version)} as project_version,
                    {_quoted(duckdb.__version__)} as duckdb_version,
                    cast({currency} as varchar) as currency,
                    {len(rows)} as published_tables,
                    {sum(rows.values())} as published_rows
            ) to {_quoted(str(path))} (format parquet, compression zstd)
            """
        )
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
    config = {
        "storage_compatibility_version": STORAGE_VERSION,
        "memory_limit": DATABASE_MEMORY,
        "threads": 1,
    }
    with writable(path) as place, duckdb.connect(str(place), config=config) as connection:
        # one transaction: a commit for each of several hundred comments would flush as often
        connection.begin()
        for name in names:
            source = path_literal(str(path.parent / PARQUET_NAME / f"{name}.parquet"))
            connection.execute(
                f'create table "{name}" as '
                f"select * from read_parquet({source}, hive_partitioning = false)"
            )
        for statement in comments:
            connection.execute(statement)
        connection.commit()
        connection.execute("checkpoint")


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
                "parquet": f"{BUILDS_NAME}/{build.build_id}/{PARQUET_NAME}/{name}.parquet",
            }
            for name, count in sorted(rows.items())
        ],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
