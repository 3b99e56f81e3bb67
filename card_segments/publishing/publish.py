"""Write a publication beside the old one and switch to it with one rename."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from graphlib import TopologicalSorter
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

# A picture in a description, which dbt docs show. The comment on a table has it where the project
# is a package of another one.
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)\s*")
# The kind of a table without a row for one person; a table of any other kind is not shared.
AGGREGATE = "aggregate"

# A file in this format, with keys, opens in DuckDB 1.1 and everything after it; one in the newest
# format is refused by every older client.
STORAGE_VERSION = "v1.0.0"
# Rows go from file to file in pieces, so this is enough for any number of them.
DATABASE_MEMORY = "1GB"
# A key costs some 40 bytes a row, on disk and in memory while it is written, so a larger table has
# none. Its build has checked the primary key all the same.
MOST_KEYED_ROWS = 1_000_000


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


@dataclass
class Described:
    """What is said of a table besides its rows.

    Attributes
    ----------
    comment : str or None
    columns : dict of str to str
        Descriptions of the columns that have one.
    required : set of str
        Columns that are never null.
    key : list of str
        Columns of the primary key, none for a table without.
    references : mapping of str to str
        For a column with keys of another table, the name of that table; they match its primary key.
    """

    comment: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    key: list[str] = field(default_factory=list)
    references: Mapping[str, str] = field(default_factory=dict)


PUBLICATION = Described(
    "One row: the build that is published here.",
    {
        "build_id": "Identifier of the build, a UUID.",
        "published_at": "When the build began, UTC.",
        "project_version": "Version of the project that built it.",
        "duckdb_version": "Version of the DuckDB that wrote it.",
        "published_tables": "Number of tables besides this one.",
        "published_rows": "Rows in all of them.",
    },
    set(),
    ["build_id"],
)


def publish(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Mapping[str, str],
    directory: Path,
    build: Build,
    write_report: Callable[[Path, Path], object] | None = None,
    based_on: str | None = None,
    references: Mapping[str, Mapping[str, str]] | None = None,
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
    references : mapping, optional
        By table, the columns that hold keys of another table, each with that table's name. They are
        foreign keys wherever that table is in the same file.

    Returns
    -------
    Path
        The database file with every table.

    Raises
    ------
    PublishingError
        When the folder or the page cannot be written, a key does not hold, or another process is
        publishing; what was published before is still whole.
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
                _write(connection, schema, tables, folder, build, write_report, references or {})
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
    references: Mapping[str, Mapping[str, str]],
) -> None:
    """Write everything of a publication into its folder."""
    described = {
        name: _described(connection, schema, name, references.get(name, {})) for name in tables
    }
    described["publication"] = PUBLICATION
    rows = {
        name: _write_parquet(connection, schema, name, folder, described[name]) for name in tables
    }
    rows["publication"] = _write_publication_row(folder, build, rows)
    kinds = {**tables, "publication": AGGREGATE}
    shared = [name for name in rows if kinds[name] == AGGREGATE]
    for file, names in ((DATABASE_NAME, list(rows)), (SHARED_NAME, shared)):
        _write_database(folder / file, {name: described[name] for name in names}, rows)
    if write_report:
        _write_report(write_report, folder / DATABASE_NAME, folder / REPORT_NAME)
    _write_manifest(folder, build, rows, kinds)


def _described(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, references: Mapping[str, str]
) -> Described:
    """Return what the schema says of a table."""
    table = [schema, name]
    comment = connection.execute(
        "select comment from duckdb_tables() where schema_name = $1 and table_name = $2", table
    ).fetchone()
    columns = connection.execute(
        "select column_name, comment, is_nullable from duckdb_columns() "
        "where schema_name = $1 and table_name = $2 order by column_index",
        table,
    ).fetchall()
    keys = connection.execute(
        "select constraint_column_names from duckdb_constraints() where schema_name = $1 "
        "and table_name = $2 and constraint_type = 'PRIMARY KEY'",
        table,
    ).fetchall()
    return Described(
        PICTURE.sub("", comment[0]) if comment and comment[0] else None,
        {column: text for column, text, _ in columns if text is not None},
        {column for column, _, is_nullable in columns if not is_nullable},
        list(keys[0][0]) if keys else [],
        references,
    )


def quoted(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _named(*names: str) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    name: str,
    folder: Path,
    described: Described,
) -> int:
    """Write one table, sorted, so that the same rows always make the same file."""
    path = folder / PARQUET_NAME / f"{name}.parquet"
    connection.execute(
        f'copy (select * from "{schema}"."{name}" order by all) to {quoted(str(path))} '
        f"({_parquet_options(described)})"
    )
    return connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()[0]


def _parquet_options(described: Described) -> str:
    """Return how a Parquet file is written, with what is said of the table as its metadata."""
    metadata = {
        "description": described.comment or "",
        "columns": json.dumps(described.columns, ensure_ascii=False),
        "primary_key": json.dumps(described.key),
        "foreign_keys": json.dumps(dict(described.references)),
    }
    pairs = ", ".join(f"{key}: {quoted(value)}" for key, value in metadata.items())
    return f"format parquet, compression zstd, kv_metadata {{{pairs}}}"


def _write_publication_row(folder: Path, build: Build, rows: dict[str, int]) -> int:
    path = folder / PARQUET_NAME / "publication.parquet"
    currency = quoted(build.currency) if build.currency else "null"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    {quoted(build.build_id)} as build_id,
                    cast({quoted(build.published_at)} as timestamp) as published_at,
                    {quoted(build.project_version)} as project_version,
                    {quoted(duckdb.__version__)} as duckdb_version,
                    cast({currency} as varchar) as currency,
                    {len(rows)} as published_tables,
                    {sum(rows.values())} as published_rows
            ) to {quoted(str(path))} ({_parquet_options(PUBLICATION)})
            """
        )
    return 1


def _write_database(
    path: Path, described: Mapping[str, Described], rows: Mapping[str, int]
) -> None:
    # A connection of its own: attaching inside dbt's transaction fails.
    config = {
        "storage_compatibility_version": STORAGE_VERSION,
        "memory_limit": DATABASE_MEMORY,
        "threads": 1,
    }
    # what others refer to comes before them
    order = TopologicalSorter(
        {name: _referred(name, described, rows).values() for name in described}
    )
    with writable(path) as place, duckdb.connect(str(place), config=config) as connection:
        for name in order.static_order():
            # one transaction: a commit for each of several hundred comments would flush as often
            connection.begin()
            source = path_literal(str(path.parent / PARQUET_NAME / f"{name}.parquet"))
            _fill(connection, name, source, _keys(name, described, rows), described[name])
            _comment(connection, name, described[name])
            connection.commit()
        connection.execute("checkpoint")


def _referred(
    name: str, described: Mapping[str, Described], rows: Mapping[str, int]
) -> dict[str, str]:
    """Return the columns of a table that are foreign keys in this file, with the other tables."""
    if rows[name] > MOST_KEYED_ROWS:
        return {}
    return {
        column: other
        for column, other in described[name].references.items()
        if len(described[other].key if other in described else []) == 1
        and rows[other] <= MOST_KEYED_ROWS
    }


def _keys(name: str, described: Mapping[str, Described], rows: Mapping[str, int]) -> list[str]:
    """Return the constraints of a table that take an index."""
    if rows[name] > MOST_KEYED_ROWS:
        return []
    key = described[name].key
    return [
        *([f"primary key ({_named(*key)})"] if key else []),
        *(
            f"foreign key ({_named(column)}) references {_named(other)} "
            f"({_named(*described[other].key)})"
            for column, other in _referred(name, described, rows).items()
        ),
    ]


def _fill(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: str,
    keys: Collection[str],
    described: Described,
) -> None:
    """Create a table with its constraints, and load its rows."""
    query = f"select * from read_parquet({source}, hive_partitioning = false)"
    columns = [
        f"{_named(column)} {kind}{' not null' if column in described.required else ''}"
        for column, kind, *_ in connection.execute(f"describe {query}").fetchall()
    ]
    connection.execute(f"create table {_named(name)} ({', '.join([*columns, *keys])})")
    try:
        connection.execute(f"insert into {_named(name)} {query}")
    except duckdb.ConstraintException as error:
        raise PublishingError(
            f"A key of the table {name} does not hold ({reason(error)}): correct its model, or its "
            "foreign_keys there. What was published before is unchanged."
        ) from error


def _comment(connection: duckdb.DuckDBPyConnection, name: str, described: Described) -> None:
    """Carry the descriptions of a table and its columns over."""
    if described.comment is not None:
        connection.execute(f"comment on table {_named(name)} is {quoted(described.comment)}")
    for column, text in described.columns.items():
        place = f"{_named(name)}.{_named(column)}"
        connection.execute(f"comment on column {place} is {quoted(text)}")


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
