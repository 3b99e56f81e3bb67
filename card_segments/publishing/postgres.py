"""Copy the published tables into PostgreSQL, for tools that speak nothing else, all or nothing."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from card_segments.publishing.folder import PublishingError, as_published, reason
from card_segments.publishing.publish import AGGREGATE

DEFAULT_SCHEMA = "cards"
DEFAULT_SHARED_SCHEMA = "cards_shared"
# How long a publication waits for somebody's lock before it gives up.
LOCK_TIMEOUT = "30s"
# An attempt to lock the tables that change waits so long while it holds some of them; readers go
# on in the pause. PostgreSQL looks for deadlocks after a second, and would end a reader's query.
LOCK_ATTEMPT = "200ms"
LOCK_PAUSE = 0.05
BATCH_ROWS = 10_000
PROGRESS_SECONDS = 10
# A schema with this comment is ours; the comment also says which tables in it are.
MARK = "Published by Card Segments. Every publication replaces these tables: "
# A table whose columns changed is filled under this name and then takes the old one's place.
LOADING_SUFFIX = "__loading"
# The foreign keys that are ours begin so; others on our tables are somebody's own.
FOREIGN_KEY = "published_"
# DuckDB's type and PostgreSQL's own name of the same.
TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
}
# Why no connection came about, by what libpq says then; the first that fits.
FAILURES = {
    "resolve": "the host is not known",
    "translate host": "the host is not known",
    "refused": "nothing listens there",
    "No such file": "nothing listens there",
    "time": "it does not answer",
    "SSL": "the two do not agree on encryption",
    "certificate": "the two do not agree on encryption",
    "authentication failed": "user or password is wrong",
    "no password supplied": "it asks for a password",
    "pg_hba": "it does not let this user in from here",
    "role": "it has no such user",
    "does not exist": "it has no such database",
    "too many": "it has no connection left",
    "connection slots": "it has no connection left",
    "starting up": "it is starting",
    "shutting down": "it is stopping",
}


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in PostgreSQL, its description, and whether it is never null."""

    name: str
    type: str
    comment: str | None
    is_required: bool


@dataclass(frozen=True)
class Key:
    """A primary key, or a foreign key to the primary key of another table."""

    columns: tuple[str, ...]
    other: str | None = None


@dataclass(frozen=True)
class Table:
    """A published table and how many rows it has."""

    name: str
    columns: tuple[Column, ...]
    comment: str | None
    rows: int
    keys: frozenset[Key]

    def keys_within(self, tables: Sequence[Table]) -> set[Key]:
        """Return its keys where only these tables are."""
        names = {None, *(table.name for table in tables)}
        return {key for key in self.keys if key.other in names}


@dataclass(frozen=True)
class Change:
    """What becomes of the tables of a schema besides their rows.

    Attributes
    ----------
    schema : str
    changed : tuple of Table
        Those whose columns or keys changed, or that refer to one whose did; they are made anew.
    withdrawn : tuple of str
        The names of those not published now.
    unkeyed : tuple of Table
        Those that get the keys they lack: new ones, and old ones from before there were any.
    foreign_keys : tuple of (str, str, str)
        Of the tables that go: table, constraint, and the table that it refers to.
    """

    schema: str
    changed: tuple[Table, ...]
    withdrawn: tuple[str, ...]
    unkeyed: tuple[Table, ...]
    foreign_keys: tuple[tuple[str, str, str], ...]

    @property
    def replaced(self) -> list[sql.Identifier]:
        """All tables that are altered, which are locked before anything happens to them."""
        names = [*(table.name for table in (*self.changed, *self.unkeyed)), *self.withdrawn]
        names += [other for _, _, other in self.foreign_keys]
        return [sql.Identifier(self.schema, name) for name in dict.fromkeys(names)]


@dataclass(frozen=True)
class Copied:
    """What a publication brought into PostgreSQL.

    Attributes
    ----------
    target : str
        Database and host, for people.
    tables, rows : int
        What the schema with everything holds.
    shared_tables : int
        How many of the tables are in the schema for general readers as well.
    build_id : str or None
        The published build, if the file says which it is.
    """

    target: str
    tables: int
    rows: int
    shared_tables: int
    build_id: str | None


def publish_to_postgres(
    published: Path,
    dsn: str,
    schema: str = DEFAULT_SCHEMA,
    readers: Sequence[str] = (),
    lock_timeout: str = LOCK_TIMEOUT,
    shared_schema: str | None = None,
    shared_readers: Sequence[str] = (),
) -> Copied:
    """Replace the tables of one or two schemas by the published ones, in one transaction.

    Tables stay the same objects and only their rows are replaced, so grants, views and indexes on
    them live on, and nobody who reads them waits: until the commit they see the old rows. A table
    whose columns changed is made anew, with the old one's grants, unless something depends on it.

    Parameters
    ----------
    published : Path
        The published database with every table.
    dsn : str
        Where PostgreSQL is, as a libpq connection string or address; no message repeats it.
    schema : str
        Schema to publish every table into; made if it does not exist.
    readers : sequence of str
        Roles that get access to this schema and its tables, and so to rows of customers.
    lock_timeout : str
        How long to wait for somebody's lock, in PostgreSQL's notation.
    shared_schema : str, optional
        Schema to publish the aggregates into; without it general readers get nothing.
    shared_readers : sequence of str
        Roles that get access to this second schema and its tables.

    Returns
    -------
    Copied

    Raises
    ------
    PublishingError
        When nothing was copied; what PostgreSQL had before is still whole.
    """
    if schema == shared_schema:
        raise PublishingError(
            f"Rows of customers and aggregates cannot share the schema {schema}: name another one "
            "for the aggregates with --shared-schema (make publish-postgres SHARED_SCHEMA=...)."
        )
    with (
        as_published(published, "copying what is published to PostgreSQL"),
        _open_published(published) as source,
    ):
        tables = _published_tables(source)
        build_id = _build_id(source, tables)
        copies = [(schema, tables, readers)]
        shared = _aggregates(source, published, tables) if shared_schema else []
        if shared_schema:
            copies.append((shared_schema, shared, shared_readers))
        with _connect(dsn) as target, _explained(target, schema):
            with target.transaction():
                changes = []
                for name, held, _ in copies:
                    with _explained(target, name):
                        _prepare(target, name, lock_timeout)
                        changes.append(_load_tables(source, target, name, held))
                # Last, because these wait for readers and readers for them.
                _lock(target, [table for change in changes for table in change.replaced])
                for (name, held, roles), change in zip(copies, changes, strict=True):
                    with _explained(target, name):
                        _finish_tables(target, name, held, change)
                        _grant_access(target, name, held, roles)
            for name, held, _ in copies:
                _tidy(target, name, held)
            where = f"database {target.info.dbname} on {target.info.host or 'this machine'}"
    rows = sum(table.rows for table in tables)
    return Copied(where, len(tables), rows, len(shared), build_id)


@contextmanager
def _open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not path.is_file():
        raise PublishingError(f"There is no publication at {path}: run make build first.")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            yield connection
    except duckdb.Error as error:
        raise PublishingError(
            f"{path} cannot be read as a DuckDB database ({reason(error)}): name the "
            "published file, such as published/cards.duckdb."
        ) from error


def _published_tables(source: duckdb.DuckDBPyConnection) -> list[Table]:
    comments = dict(
        source.execute(
            "select table_name, comment from duckdb_tables() "
            "where schema_name = 'main' and not temporary order by table_name"
        ).fetchall()
    )
    if not comments:
        raise PublishingError("The published file holds no tables: run make build first.")
    return [_published_table(source, name, comment) for name, comment in comments.items()]


def _published_table(source: duckdb.DuckDBPyConnection, name: str, comment: str | None) -> Table:
    columns = source.execute(
        "select column_name, data_type, comment, not is_nullable from duckdb_columns() "
        "where schema_name = 'main' and table_name = $1 order by column_index",
        [name],
    ).fetchall()
    rows = source.execute(f"select count(*) from {_quoted(name)}").fetchone()[0]
    keys = source.execute(
        "select constraint_column_names, referenced_table from duckdb_constraints() "
        "where schema_name = 'main' and table_name = $1 "
        "and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')",
        [name],
    ).fetchall()
    return Table(
        name,
        tuple(
            Column(column, _postgres_type(name, column, kind), text, is_required)
            for column, kind, text, is_required in columns
        ),
        comment,
        rows,
        frozenset(Key(tuple(columns), other) for columns, other in keys),
    )


def _aggregates(
    source: duckdb.DuckDBPyConnection, published: Path, tables: Sequence[Table]
) -> list[Table]:
    """Return the tables without a row for one person, those about the publication included."""
    try:
        rows = source.execute(
            "select table_name from published_tables where table_kind = $1", [AGGREGATE]
        ).fetchall()
    except duckdb.Error as error:
        raise PublishingError(
            f"{published} does not say which tables are aggregates ({reason(error)}): publish "
            "again with make rebuild."
        ) from error
    names = {"published_tables", "publication", *(name for (name,) in rows)}
    return [table for table in tables if table.name in names]


def _postgres_type(table: str, column: str, duckdb_type: str) -> str:
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", duckdb_type)
    if decimal:
        return f"numeric({decimal[1]},{decimal[2]})"
    if duckdb_type not in TYPES:
        raise PublishingError(
            f"The column {column} of {table} has the type {duckdb_type}, which is not copied to "
            f"PostgreSQL: cast it in the published model to one of {', '.join(TYPES)}."
        )
    return TYPES[duckdb_type]


def _build_id(source: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> str | None:
    if "publication" not in {table.name for table in tables}:
        return None
    return source.execute("select max(build_id) from publication").fetchone()[0]


def _connect(dsn: str) -> psycopg.Connection:
    """Connect, or say why not without a word of the DSN.

    Nor in the words of libpq or Python: a password with an @, / or blank that is not escaped is
    taken for a host, port or database, which their messages repeat, and so do stack traces.
    """
    try:
        settings = conninfo_to_dict(dsn)
    except (psycopg.Error, ValueError):
        raise PublishingError(
            "The DSN is not understood: write it like postgresql://user@host:5432/database or "
            "like 'host=... dbname=... user=...', and a password in an address with %40 for @, "
            "%2F for / and so on."
        ) from None
    defaults = {"application_name": "card-segments", "connect_timeout": "10"}
    try:
        return psycopg.connect(
            make_conninfo(**{**defaults, **settings, "client_encoding": "utf8"}), autocommit=True
        )
    except (psycopg.Error, OSError, ValueError) as error:
        why = next((w for word, w in FAILURES.items() if word in str(error)), "no reason known")
        raise PublishingError(
            f"No connection to PostgreSQL ({why}): check that it is running, and the host, port, "
            "database, user and password of the DSN, in an address with %40 for @, %2F for / and "
            "so on in the password."
        ) from None


@contextmanager
def _explained(target: psycopg.Connection, schema: str) -> Iterator[None]:
    """Turn what PostgreSQL refuses into one sentence that says what to do."""
    unchanged = f"The schema {schema} is as it was."
    user = target.info.user
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise PublishingError(
            f"PostgreSQL does not let {user} do this ({reason(error)}): publish as the owner "
            f"of the schema, or let an administrator run: create schema {_quoted(schema)} "
            f"authorization {_quoted(user)}. {unchanged}"
        ) from error
    except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
        raise PublishingError(
            f"Somebody holds a lock on the tables of {schema}: end what is open on them (see "
            f"pg_stat_activity), or publish again later. {unchanged}"
        ) from error
    except errors.DependentObjectsStillExist as error:
        dependants = re.findall(r"^(.+?) depends on", error.diag.message_detail or "", re.M)
        raise PublishingError(
            f"The columns of a table changed or it is not published any more, and "
            f"{_listed(sorted(set(dependants)))} depends on it ({reason(error)}): drop what "
            f"depends, publish, and create it again. {unchanged}"
        ) from error
    except psycopg.OperationalError as error:
        raise PublishingError(
            f"PostgreSQL gave up ({reason(error)}): publish again when it is well. Readers "
            "see one publication or the other, never parts of both."
        ) from error
    except psycopg.Error as error:
        raise PublishingError(
            f"PostgreSQL refused the copy ({reason(error)}): mend that and publish again. "
            f"{unchanged}"
        ) from error


def _prepare(target: psycopg.Connection, schema: str, lock_timeout: str) -> None:
    """Set the limits of this transaction, and keep other publications out until its end."""
    target.execute("select set_config('lock_timeout', %s, true)", [lock_timeout])
    for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
        target.execute("select set_config(%s, '0', true)", [setting])
    is_alone = target.execute(
        "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"card segments: {schema}"]
    ).fetchone()[0]
    if not is_alone:
        raise PublishingError(
            f"Another publication into the schema {schema} is under way: wait for its end."
        )


def _load_tables(
    source: duckdb.DuckDBPyConnection,
    target: psycopg.Connection,
    schema: str,
    tables: Sequence[Table],
) -> Change:
    """Write the new rows; nobody waits for this."""
    ours = _claim(target, schema, {table.name for table in tables})
    there = {name: _keys_there(target, schema, name) for name in ours}
    withdrawn = ours - {table.name for table in tables}
    changed = _changed(target, schema, tables, there)
    unkeyed = []
    for table in tables:
        name = table.name
        if name in ours and name not in changed:
            target.execute(sql.SQL("delete from {}").format(sql.Identifier(schema, name)))
        else:
            name += LOADING_SUFFIX if name in ours else ""
            _create(target, schema, name, table)
        if table.name not in changed and set(there.get(name, {}).values()) != (
            table.keys_within(tables)
        ):
            unkeyed.append(table)
        _load(source, target, schema, name, table)
        _describe(target, schema, name, table)
    return Change(
        schema,
        tuple(table for table in tables if table.name in changed),
        tuple(sorted(withdrawn)),
        tuple(unkeyed),
        tuple(
            (name, constraint, key.other)
            for name in sorted(changed | withdrawn)
            for constraint, key in there[name].items()
            if key.other
        ),
    )


def _keys_there(target: psycopg.Connection, schema: str, name: str) -> dict[str, Key]:
    """Return the primary key of a table and the foreign keys that are ours, by their names."""
    rows = target.execute(
        """
        select
            conname,
            array(
                select attname::text from unnest(conkey) with ordinality as places (attnum, place)
                join pg_attribute using (attnum) where attrelid = conrelid order by place
            ),
            (select relname::text from pg_class where oid = confrelid)
        from pg_constraint
        where conrelid = %s::regclass
            and (contype = 'p' or contype = 'f' and starts_with(conname, %s))
        """,
        [f"{_quoted(schema)}.{_quoted(name)}", FOREIGN_KEY],
    ).fetchall()
    return {constraint: Key(tuple(columns), other) for constraint, columns, other in rows}


def _changed(
    target: psycopg.Connection,
    schema: str,
    tables: Sequence[Table],
    there: dict[str, dict[str, Key]],
) -> set[str]:
    """Return the names of our tables that are made anew."""
    changed = set()
    for table in tables:
        if table.name in there:
            columns = _columns_there(target, schema, table.name)
            keys, wanted = set(there[table.name].values()), table.keys_within(tables)
            # what is missing is added to the table that is there, unless it refers to others
            is_kept = keys == wanted or keys < wanted and not any(key.other for key in keys)
            if not is_kept or not _are_columns_of(table, columns):
                changed.add(table.name)
    gone = there.keys() - {table.name for table in tables}
    while more := {
        name
        for name, keys in there.items()
        if name not in changed | gone and {key.other for key in keys.values()} & (changed | gone)
    }:
        changed |= more
    return changed


def _lock(target: psycopg.Connection, tables: Sequence[sql.Identifier]) -> None:
    """Lock all of some tables at once or none, so that no reader of several waits in a circle."""
    if not tables:
        return
    patience = target.execute(
        "select extract(epoch from current_setting('lock_timeout')::interval)::float"
    ).fetchone()[0]
    begun = time.monotonic()
    while True:
        try:
            with target.transaction():
                target.execute(sql.SQL("set local lock_timeout = {}").format(LOCK_ATTEMPT))
                target.execute(
                    sql.SQL("lock table {} in access exclusive mode").format(
                        sql.SQL(", ").join(tables)
                    )
                )
            return
        except errors.LockNotAvailable:
            if patience and time.monotonic() - begun > patience:
                raise
            time.sleep(LOCK_PAUSE)


def _finish_tables(
    target: psycopg.Connection, schema: str, tables: Sequence[Table], change: Change
) -> None:
    """Put new tables in the place of old ones, drop what is not published, and say what is ours."""
    for name in dict.fromkeys(name for name, _, _ in change.foreign_keys):
        target.execute(sql.SQL("delete from {}").format(sql.Identifier(schema, name)))
    # what is still to be checked would forbid to alter the tables
    target.execute("set constraints all immediate")
    for name, constraint, _ in change.foreign_keys:
        target.execute(
            sql.SQL("alter table {} drop constraint {}").format(
                sql.Identifier(schema, name), sql.Identifier(constraint)
            )
        )
    for table in change.changed:
        _take_place(target, schema, table)
    for name in change.withdrawn:
        target.execute(sql.SQL("drop table {}").format(sql.Identifier(schema, name)))
    _add_keys(target, schema, tables, [*change.changed, *change.unkeyed])
    target.execute(
        sql.SQL("comment on schema {} is {}").format(
            sql.Identifier(schema),
            sql.Literal(MARK + ", ".join(table.name for table in tables)),
        )
    )


def _add_keys(
    target: psycopg.Connection, schema: str, tables: Sequence[Table], unkeyed: Sequence[Table]
) -> None:
    """Give tables the keys that they lack; primary ones first, for the others refer to them."""
    for table in unkeyed:
        columns = _columns_there(target, schema, table.name)
        there = {name for name, _, is_required in columns if is_required}
        for column in table.columns:
            if column.is_required and column.name not in there:
                target.execute(
                    sql.SQL("alter table {} alter {} set not null").format(
                        sql.Identifier(schema, table.name), sql.Identifier(column.name)
                    )
                )
    keyed = {table.name: {key for key in table.keys if not key.other} for table in tables}
    additions = []
    for table in unkeyed:
        there = set(_keys_there(target, schema, table.name).values())
        for key in table.keys_within(tables) - there:
            additions.append((key.other is not None, table.name, key.columns, key.other))
    for is_foreign, name, columns, other in sorted(additions):
        clause = sql.SQL("primary key ({})").format(_listed_columns(columns))
        if is_foreign:
            (primary,) = keyed[other]
            # checked at the end of a publication, when all rows have been replaced
            clause = sql.SQL(
                "constraint {} foreign key ({}) references {} ({}) deferrable initially deferred"
            ).format(
                sql.Identifier(FOREIGN_KEY + columns[0]),
                _listed_columns(columns),
                sql.Identifier(schema, other),
                _listed_columns(primary.columns),
            )
        target.execute(
            sql.SQL("alter table {} add {}").format(sql.Identifier(schema, name), clause)
        )


def _listed_columns(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _claim(target: psycopg.Connection, schema: str, names: set[str]) -> set[str]:
    """Make the schema or see that it is ours; return the names of our tables that are in it."""
    found = target.execute(
        "select oid, obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
        [schema],
    ).fetchone()
    if found is None:
        target.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        return set()
    oid, comment = found
    relations = dict(
        target.execute(
            "select relname, relkind::text from pg_class where relnamespace = %s", [oid]
        ).fetchall()
    )
    if not (comment or "").startswith(MARK):
        functions = target.execute("select 1 from pg_proc where pronamespace = %s limit 1", [oid])
        if comment or relations or functions.fetchone():
            raise PublishingError(
                f"The schema {schema} was not made by this tool and is left alone: publish into "
                "another one with --schema (make publish-postgres SCHEMA=...)."
            )
        return set()
    ours = set(comment.removeprefix(MARK).split(", "))
    tables = {name for name, kind in relations.items() if name in ours and kind == "r"}
    loading = {name + LOADING_SUFFIX for name in names}
    strangers = sorted((names | loading) & (set(relations) - tables))
    if strangers:
        raise PublishingError(
            f"In the schema {schema}, {_listed(strangers)} was not made by this tool but has the "
            "name of a published table: rename it, or publish into another schema."
        )
    return tables


def _columns_there(
    target: psycopg.Connection, schema: str, name: str
) -> list[tuple[str, str, bool]]:
    """Return name, type, and whether it is never null, of each column."""
    return target.execute(
        "select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        [f"{_quoted(schema)}.{_quoted(name)}"],
    ).fetchall()


def _are_columns_of(table: Table, columns: Sequence[tuple[str, str, bool]]) -> bool:
    """Whether a table has these columns; a null may be allowed where there is none to come."""
    return [column[:2] for column in columns] == [
        (column.name, column.type) for column in table.columns
    ] and all(
        column.is_required or not is_required
        for column, (_, _, is_required) in zip(table.columns, columns, strict=True)
    )


def _create(target: psycopg.Connection, schema: str, name: str, table: Table) -> None:
    columns = [
        sql.SQL("{} {} {}").format(
            sql.Identifier(column.name),
            sql.SQL(column.type),
            sql.SQL("not null" if column.is_required else ""),
        )
        for column in table.columns
    ]
    target.execute(
        sql.SQL("create table {} ({})").format(
            sql.Identifier(schema, name), sql.SQL(", ").join(columns)
        )
    )


def _load(
    source: duckdb.DuckDBPyConnection,
    target: psycopg.Connection,
    schema: str,
    name: str,
    table: Table,
) -> None:
    """Stream the rows as text, which both databases write and read without loss."""
    columns = ", ".join(f"cast({_quoted(column.name)} as varchar)" for column in table.columns)
    copy_statement = sql.SQL("copy {} from stdin").format(sql.Identifier(schema, name))
    done, said = 0, time.monotonic()
    # Cursors of their own, for each holds a result that is still being read.
    with source.cursor() as reader, target.cursor() as writer:
        reader.execute(f"select {columns} from {_quoted(table.name)}")
        with writer.copy(copy_statement) as copy:
            while batch := reader.fetchmany(BATCH_ROWS):
                for row in batch:
                    copy.write_row(row)
                done += len(batch)
                if time.monotonic() - said > PROGRESS_SECONDS:
                    print(f"  {table.name}: {done:,} of {table.rows:,} rows", file=sys.stderr)
                    said = time.monotonic()
    counted = target.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier(schema, name))
    ).fetchone()[0]
    if counted != table.rows:
        raise PublishingError(
            f"PostgreSQL holds {counted:,} of the {table.rows:,} rows of {table.name}: look for a "
            f"trigger, rule or policy on {schema}.{table.name}. Nothing was replaced."
        )


def _describe(target: psycopg.Connection, schema: str, name: str, table: Table) -> None:
    statements = [
        sql.SQL("comment on table {} is {}").format(
            sql.Identifier(schema, name), sql.Literal(table.comment)
        )
    ]
    statements += [
        sql.SQL("comment on column {} is {}").format(
            sql.Identifier(schema, name, column.name), sql.Literal(column.comment)
        )
        for column in table.columns
    ]
    target.execute(sql.SQL("; ").join(statements))


def _take_place(target: psycopg.Connection, schema: str, table: Table) -> None:
    """Put the new table in the place of the old one, with exactly its grants."""
    old = sql.Identifier(schema, table.name)
    new = sql.Identifier(schema, table.name + LOADING_SUFFIX)
    grants = _grants(target, schema, table.name)
    if grants is not None:
        # What default privileges gave may be more than somebody left on the old table.
        for grantee in {
            one[0] for one in _grants(target, schema, table.name + LOADING_SUFFIX) or []
        }:
            target.execute(sql.SQL("revoke all on {} from {}").format(new, _role(grantee)))
    for grantee, privilege, is_grantable, column in grants or []:
        if column is not None and column not in {column.name for column in table.columns}:
            continue
        target.execute(
            sql.SQL("grant {} {} on {} to {} {}").format(
                sql.SQL(privilege),
                sql.SQL("({})").format(sql.Identifier(column)) if column else sql.SQL(""),
                new,
                _role(grantee),
                sql.SQL("with grant option" if is_grantable else ""),
            )
        )
    target.execute(sql.SQL("drop table {}").format(old))
    target.execute(sql.SQL("alter table {} rename to {}").format(new, sql.Identifier(table.name)))


def _grants(
    target: psycopg.Connection, schema: str, name: str
) -> list[tuple[str | None, str, bool, str | None]] | None:
    """Return role (None: everybody), privilege, grantable, column; None if never touched."""
    relation = f"{_quoted(schema)}.{_quoted(name)}"
    was_touched = target.execute(
        "select relacl is not null or exists (select from pg_attribute where attrelid = "
        "pg_class.oid and attacl is not null) from pg_class where oid = %s::regclass",
        [relation],
    ).fetchone()[0]
    if not was_touched:
        return None
    return target.execute(
        """
        select
            case when acl.grantee <> 0 then pg_get_userbyid(acl.grantee) end,
            acl.privilege_type,
            acl.is_grantable,
            lists.column_name
        from (
            select relacl as acls, relowner as owner, null::name as column_name
            from pg_class where oid = %(relation)s::regclass
            union all
            select attacl, relowner, attname
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where attrelid = %(relation)s::regclass and attnum > 0 and not attisdropped
        ) as lists
        cross join lateral aclexplode(lists.acls) as acl
        where acl.grantee <> lists.owner
        """,
        {"relation": relation},
    ).fetchall()


def _role(name: str | None) -> sql.Composable:
    return sql.SQL("public") if name is None else sql.Identifier(name)


def _grant_access(
    target: psycopg.Connection, schema: str, tables: Sequence[Table], readers: Sequence[str]
) -> None:
    for reader in readers:
        role = sql.Identifier(reader)
        target.execute(
            sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), role)
        )
        names = [sql.Identifier(schema, table.name) for table in tables]
        target.execute(sql.SQL("grant select on {} to {}").format(sql.SQL(", ").join(names), role))


def _tidy(target: psycopg.Connection, schema: str, tables: Sequence[Table]) -> None:
    """Free the room of the old rows and count anew for the planner."""
    # The publication is done, and PostgreSQL does the same by itself some time later.
    with suppress(psycopg.Error, KeyboardInterrupt):
        for table in tables:
            target.execute(
                sql.SQL("vacuum (analyze) {}").format(sql.Identifier(schema, table.name))
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "something"
