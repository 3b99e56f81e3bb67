"""The copy in PostgreSQL: the same as the published file, all or nothing, and nobody's loss."""

import math
import os
import signal
import socket
import string
import subprocess
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random

import duckdb
import psycopg
import pytest
from workspaces import PROJECT, environment_for_make

from card_segments.cli import postgres as command
from card_segments.publishing import PublishingError
from card_segments.publishing.postgres import publish_to_postgres

pytestmark = pytest.mark.slow

# What PostgreSQL should say of a published column's type, written out independently of the module.
TYPE_NAMES = {
    "BOOLEAN": "boolean",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "DECIMAL(18,3)": "numeric",
}
SEGMENTS = "(segment_key varchar, customers bigint, customer_share double)"


@pytest.fixture
def dsn(postgres):
    return postgres.new_database()


@pytest.fixture
def database(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def main(file, dsn, *options):
    """Publish as the command does, with the DSN where it reads it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARD_SEGMENTS_DSN", dsn)
        return command.main(["--published", str(file), *options])


def role(database, name):
    """Make a role, unless another test has made it: roles belong to the whole server."""
    if not database.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
        database.execute(f"create role {name} login")


def write_publication(path, build, *statements, rows=3):
    """Write a small published file of one build: every figure in it tells the build."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table publication as select '{build}' as build_id")
        connection.execute(f"create table segments {SEGMENTS}")
        connection.execute(
            f"insert into segments select '{build}', {len(build)}, i / 7 from range({rows}) t(i)"
        )
        connection.execute(
            "create table published_tables as select 'segments' as table_name, "
            "'aggregate' as table_kind"
        )
        connection.execute("comment on table segments is 'One row per segment; 100 % ''ours''.'")
        connection.execute("comment on column segments.customers is 'Customers, from 1.'")
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.fixture
def first(tmp_path):
    return write_publication(tmp_path / "first.duckdb", "first")


@pytest.fixture
def second(tmp_path):
    return write_publication(tmp_path / "second.duckdb", "second", rows=5)


def builds_seen(database, schema="cards"):
    """All builds of which a reader sees anything, and the number of rows."""
    return database.execute(
        f"select array_agg(distinct build), count(*) from (select build_id as build from "
        f"{schema}.publication union all select segment_key from {schema}.segments) as seen"
    ).fetchone()


FIRST, SECOND = (["first"], 4), (["second"], 6)


def sorted_rows(rows):
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def test_equals_the_published_file(sample_build, dsn, database):
    published = sample_build.published / "cards.duckdb"
    copied = publish_to_postgres(published, dsn)
    with duckdb.connect(str(published), read_only=True) as source:
        tables = source.execute("select table_name, comment from duckdb_tables()").fetchall()
        assert copied.tables == len(tables) > 30
        for name, comment in tables:
            columns = source.execute(
                "select column_name, data_type, comment from duckdb_columns() "
                "where table_name = $1 order by column_index",
                [name],
            ).fetchall()
            there = database.execute(
                "select column_name, data_type, col_description(%(table)s::regclass, "
                "ordinal_position) from information_schema.columns "
                "where table_schema = 'cards' and table_name = %(name)s order by ordinal_position",
                {"table": f"cards.{name}", "name": name},
            ).fetchall()
            assert there == [(one, TYPE_NAMES[kind], text) for one, kind, text in columns], name
            said = database.execute("select obj_description(%s::regclass)", [f"cards.{name}"])
            assert said.fetchone()[0] == comment
            rows = source.execute(f"from {name}").fetchall()
            found = database.execute(f"select * from cards.{name}").fetchall()
            assert sorted_rows(found) == sorted_rows(rows), name
        assert (
            copied.rows
            == source.execute("select published_rows + 1 from publication").fetchone()[0]
        )
        assert copied.build_id == source.execute("select build_id from publication").fetchone()[0]


def test_the_second_schema_holds_what_the_shared_file_holds(sample_build, dsn, database):
    published = sample_build.published
    copied = publish_to_postgres(published / "cards.duckdb", dsn, shared_schema="cards_shared")
    tables = "select table_name from information_schema.tables where table_schema = 'cards_shared'"
    with duckdb.connect(str(published / "shared.duckdb"), read_only=True) as shared:
        listed = shared.sql("select table_name from duckdb_tables()").fetchall()
        assert sorted(database.execute(tables)) == sorted(listed)
        assert copied.shared_tables == len(listed) > 30
        counts = ", ".join(f"(select count(*) from {{0}}{name})" for (name,) in listed)
        there = database.execute(f"select {counts.format('cards_shared.')}").fetchone()
        assert there == shared.sql(f"select {counts.format('')}").fetchone()


PRIMARY, FOREIGN = "p", "f"


def keys_there(database, schema="cards"):
    """Each key of a schema: its table, its kind, its columns and the table it refers to."""
    rows = database.execute(
        """
        select
            (select relname from pg_class where oid = conrelid),
            contype::text,
            array(
                select attname::text from pg_attribute
                where attrelid = conrelid and attnum = any(conkey)
                order by array_position(conkey, attnum)
            ),
            (select relname from pg_class where oid = confrelid)
        from pg_constraint
        where connamespace = %s::regnamespace and contype in ('p', 'f')
        """,
        [schema],
    )
    return {(table, kind, tuple(columns), other) for table, kind, columns, other in rows}


def required_there(database, schema="cards"):
    return set(
        database.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = %s and is_nullable = 'NO'",
            [schema],
        )
    )


def test_keys_are_those_of_the_published_files(sample_build, dsn, database):
    """After a first publication, and after another one has replaced the rows under them."""
    published = sample_build.published
    for _ in range(2):
        publish_to_postgres(published / "cards.duckdb", dsn, shared_schema="cards_shared")
        for file, schema in (("cards", "cards"), ("shared", "cards_shared")):
            with duckdb.connect(str(published / f"{file}.duckdb"), read_only=True) as source:
                keys = source.execute(
                    "select table_name, lower(constraint_type[1]), constraint_column_names, "
                    "referenced_table from duckdb_constraints() "
                    "where constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')"
                ).fetchall()
                required = source.execute(
                    "select table_name, column_name from duckdb_columns() where not is_nullable"
                ).fetchall()
            assert keys_there(database, schema) == {
                (table, kind, tuple(columns), other) for table, kind, columns, other in keys
            }
            assert required_there(database, schema) == set(required)
            assert {kind for _, kind, *_ in keys_there(database, schema)} == {PRIMARY, FOREIGN}


def star(path, build, extra="", *statements):
    """A published file with a key, and members that refer to it."""
    return write_publication(
        path, build,
        "drop table segments",
        f"create table segments (segment_key varchar not null primary key{extra})",
        f"insert into segments (segment_key) values ('{build}')",
        "create table members (customer_id varchar primary key, "
        "segment_key varchar references segments (segment_key), place integer not null)",
        f"insert into members values ('a', '{build}', 1), ('b', null, 2)",
        *statements,
    )  # fmt: skip


MEMBERS = ("members", FOREIGN, ("segment_key",), "segments")
STAR = {
    ("segments", PRIMARY, ("segment_key",), None), ("members", PRIMARY, ("customer_id",), None),
    MEMBERS,
}  # fmt: skip


def members_of(database):
    return database.execute("select segment_key from cards.members order by 1").fetchall()


def test_tables_from_before_there_were_keys_get_them_and_keep_their_views(tmp_path, dsn, database):
    plain = write_publication(
        tmp_path / "plain.duckdb", "plain",
        "drop table segments", "create table segments (segment_key varchar)",
        "create table members (customer_id varchar, segment_key varchar, place integer)",
        "insert into members values ('a', 'gone', 1)",
    )  # fmt: skip
    publish_to_postgres(plain, dsn)
    assert keys_there(database) == set()
    database.execute("create view public.watched as select segment_key from cards.members")
    publish_to_postgres(star(tmp_path / "star.duckdb", "new"), dsn)
    assert keys_there(database) == STAR
    assert required_there(database) == {
        ("members", "customer_id"), ("members", "place"), ("segments", "segment_key")
    }  # fmt: skip
    assert database.execute("select * from watched order by 1").fetchall() == [
        ("new",), (None,),
    ]  # fmt: skip
    assert members_of(database) == [("new",), (None,)]
    # no rows but those of a publication can be left without their segment
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        database.execute("update cards.members set segment_key = 'nobody''s'")


def test_keys_follow_when_a_table_that_others_refer_to_changes(tmp_path, dsn, database):
    publish_to_postgres(star(tmp_path / "one.duckdb", "one"), dsn)
    role(database, "bi_user")
    database.execute("grant select on cards.members to bi_user")
    # other columns, then one table less, then a new table that refers to one that stays
    wider = star(tmp_path / "two.duckdb", "two", ", customers bigint")
    publish_to_postgres(wider, dsn)
    assert keys_there(database) == STAR and members_of(database) == [("two",), (None,)]
    granted = "select has_table_privilege('bi_user', 'cards.members', 'select')"
    assert database.execute(granted).fetchone()[0]

    fewer = star(tmp_path / "three.duckdb", "three", ", customers bigint", "drop table members")
    publish_to_postgres(fewer, dsn)
    assert keys_there(database) == STAR - {one for one in STAR if one[0] == "members"}

    publish_to_postgres(star(tmp_path / "four.duckdb", "four", ", customers bigint"), dsn)
    assert keys_there(database) == STAR and members_of(database) == [("four",), (None,)]

    without = write_publication(
        tmp_path / "five.duckdb", "five",
        "create table members (customer_id varchar, segment_key varchar)",
        "insert into members values (null, 'nobody''s')",
    )  # fmt: skip
    publish_to_postgres(without, dsn)
    assert keys_there(database) == set() and required_there(database) == set()
    assert members_of(database) == [("nobody's",)]


def test_odd_values_survive(tmp_path, dsn, database):
    doubles = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, None]
    texts = [
        "",
        "\\N",
        "\\",
        "a\tb\nc\r\nd",
        'it\'s "quoted"',
        "'); drop table x; --",
        "ż字🃏é",
        None,
    ]
    integers = [-(2**63), 2**63 - 1, 0, None]
    file = write_publication(
        tmp_path / "odd.duckdb",
        "odd",
        'create table odd (number double, words varchar, "Big Integer" bigint, flag boolean)',
        "create table days (day date, moment timestamp, price decimal(18,3), "
        "small smallint, tiny tinyint, single float)",
        "insert into days values ('0044-03-15 (BC)', '2024-02-29 23:59:59.999999', -0.001, "
        "-32768, -128, 0.1), ('infinity', 'infinity', 123456789012345.678, 1, 1, 'nan'), "
        "('12024-01-01', '1582-10-10 00:00:00', null, null, null, null)",
    )
    with duckdb.connect(str(file)) as source:
        for number in doubles:
            source.execute("insert into odd values ($1, 'number', null, true)", [number])
        for text in texts:
            source.execute("insert into odd values (null, $1, null, false)", [text])
        for integer in integers:
            source.execute("insert into odd values (null, 'integer', $1, null)", [integer])
    publish_to_postgres(file, dsn)

    def found(column, condition):
        query = f"select {column} from cards.odd where {condition}"
        return [row[0] for row in database.execute(query)]

    assert sorted(map(repr, found("number", "words = 'number'"))) == sorted(map(repr, doubles))
    assert sorted(map(repr, found("words", "not flag"))) == sorted(map(repr, texts))
    assert sorted(map(repr, found('"Big Integer"', "words = 'integer'"))) == sorted(
        map(repr, integers)
    )
    days = database.execute(
        "select day::text, moment::text, price::text, small, tiny, single from cards.days"
    ).fetchall()
    assert days[0] == (
        "0044-03-15 BC", "2024-02-29 23:59:59.999999", "-0.001", -32768, -128, pytest.approx(0.1),
    )  # fmt: skip
    assert days[1][:5] == ("infinity", "infinity", "123456789012345.678", 1, 1)
    assert math.isnan(days[1][5])
    assert days[2] == ("12024-01-01", "1582-10-10 00:00:00", None, None, None, None)


def test_the_next_publication_replaces_rows_and_keeps_what_users_made(first, second, dsn, database):
    publish_to_postgres(first, dsn)
    role(database, "bi_user")
    database.execute("create schema reports")
    database.execute("grant usage on schema cards to bi_user")
    database.execute("grant select on cards.publication to bi_user")
    database.execute("grant select (segment_key) on cards.segments to bi_user")
    database.execute("create view reports.keys as select distinct segment_key from cards.segments")
    database.execute("create index by_key on cards.segments (segment_key)")
    assert builds_seen(database) == FIRST
    publish_to_postgres(second, dsn)
    assert builds_seen(database) == SECOND
    assert database.execute("select * from reports.keys").fetchall() == [("second",)]
    assert database.execute("select to_regclass('cards.by_key') is not null").fetchone()[0]
    database.execute("set role bi_user")
    assert database.execute("select build_id from cards.publication").fetchone() == ("second",)
    assert database.execute("select distinct segment_key from cards.segments").fetchall()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("select customers from cards.segments")


def test_readers_see_one_publication_and_never_wait(tmp_path, dsn, postgres):
    files = [
        write_publication(tmp_path / f"{build}.duckdb", build, rows=30_000)
        for build in ("one", "other")
    ]
    publish_to_postgres(files[0], dsn)
    seen, waits, stop = [], [], threading.Event()

    def read(isolation):
        with psycopg.connect(dsn) as connection:
            connection.isolation_level = isolation
            while not stop.is_set():
                began = time.monotonic()
                with connection.transaction():
                    if isolation == psycopg.IsolationLevel.READ_COMMITTED:
                        builds, rows = builds_seen(connection)
                    else:
                        # two statements of one transaction belong together as well
                        keys = (
                            "select array_agg(distinct segment_key), count(*) from cards.segments"
                        )
                        builds, rows = connection.execute(keys).fetchone()
                        build = connection.execute("select build_id from cards.publication")
                        builds, rows = sorted({*builds, *build.fetchone()}), rows + 1
                waits.append(time.monotonic() - began)
                seen.append((tuple(builds), rows))

    levels = (psycopg.IsolationLevel.READ_COMMITTED, psycopg.IsolationLevel.REPEATABLE_READ)
    readers = [threading.Thread(target=read, args=[level]) for level in levels]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 7):
            publish_to_postgres(files[number % 2], dsn, lock_timeout="5s")
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert set(seen) == {(("one",), 30_001), (("other",), 30_001)}
    changes = sum(before != after for before, after in zip(seen, seen[1:], strict=False))
    assert changes >= 3
    assert max(waits) < 5


def test_a_kill_midway_leaves_the_old_publication(first, second, dsn, database):
    publish_to_postgres(first, dsn)
    # Somebody's lock on the last table stops the copy when all others are loaded.
    with psycopg.connect(dsn) as other:
        other.execute("lock table cards.segments in share mode")
        publisher = subprocess.Popen(
            [sys.executable, "-m", "card_segments.cli.postgres", "--published", str(second)],
            cwd=PROJECT,
            env={**os.environ, "CARD_SEGMENTS_DSN": dsn},
        )
        sessions = (
            "select pid from pg_stat_activity where application_name = 'card-segments' "
            "and datname = current_database()"
        )
        waiting = f"{sessions} and wait_event_type = 'Lock' and query like 'delete%'"
        wait_until(lambda: database.execute(waiting).fetchone())
        publisher.send_signal(signal.SIGKILL)
        publisher.wait(timeout=20)
        assert builds_seen(database) == FIRST
    # only once its owner is seen to be gone does PostgreSQL undo, so its end is what to wait for
    wait_until(lambda: not database.execute(sessions).fetchone())
    assert builds_seen(database) == FIRST
    publish_to_postgres(second, dsn)
    assert builds_seen(database) == SECOND


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_server_that_ends_midway_is_one_sentence(first, second, dsn, database):
    publish_to_postgres(first, dsn)
    problems = []

    def publish():
        try:
            publish_to_postgres(second, dsn)
        except PublishingError as error:
            problems.append(str(error))

    with psycopg.connect(dsn) as other:
        other.execute("lock table cards.segments in share mode")
        publisher = threading.Thread(target=publish)
        publisher.start()
        sessions = (
            "from pg_stat_activity where application_name = 'card-segments' "
            "and datname = current_database() and wait_event_type = 'Lock'"
        )
        wait_until(lambda: database.execute(f"select 1 {sessions}").fetchone())
        database.execute(f"select pg_terminate_backend(pid) {sessions}")
        publisher.join(timeout=20)
    assert len(problems) == 1 and problems[0].startswith("PostgreSQL gave up")
    assert builds_seen(database) == FIRST


@pytest.mark.parametrize(
    "break_it",
    [
        # a character that PostgreSQL cannot hold, in a table after the others
        ("file", "create table zzz as select 'a' || chr(0) || 'b' as words"),
        # a type that is not copied
        ("file", "create table zzz as select [1, 2] as numbers"),
        # a trigger that swallows rows
        (
            "server",
            "create function cards.swallow() returns trigger language plpgsql "
            "as 'begin return null; end'; create trigger swallow before insert on cards.segments "
            "for each row execute function cards.swallow()",
        ),
        # a rule of somebody's that the new rows break
        ("server", "alter table cards.segments add check (segment_key <> 'second')"),
    ],
    ids=["nul character", "unknown type", "trigger", "constraint"],
)
def test_a_failure_midway_leaves_the_old_publication(
    break_it, first, tmp_path, dsn, database, capsys
):
    publish_to_postgres(first, dsn)
    where, statement = break_it
    second = write_publication(tmp_path / "second.duckdb", "second")
    if where == "file":
        with duckdb.connect(str(second)) as connection:
            connection.execute(statement)
    else:
        database.execute(statement)
    assert main(second, dsn) == 1
    assert one_sentence(capsys)
    assert builds_seen(database) == FIRST


def one_sentence(capsys):
    """Return what was said: a line with a next step, and no trace of a stack."""
    said = capsys.readouterr().err.strip()
    assert said and "\n" not in said and "Traceback" not in said
    assert ":" in said, said
    return said


NEW_COLUMN = "alter table segments add column is_new boolean"


def test_changed_columns_keep_grants_exactly(first, tmp_path, dsn, database):
    publish_to_postgres(first, dsn)
    role(database, "bi_user")
    role(database, "bi_owner")
    database.execute("alter default privileges in schema cards grant select on tables to public")
    database.execute("grant select, update on cards.segments to bi_owner with grant option")
    database.execute("grant select (customers) on cards.segments to bi_user")
    acl = (
        "select relacl::text, (select array_agg(attname || attacl::text) from pg_attribute where "
        "attrelid = pg_class.oid and attacl is not null) from pg_class "
        "where oid = 'cards.segments'::regclass"
    )
    before = database.execute(acl).fetchone()
    publish_to_postgres(write_publication(tmp_path / "new.duckdb", "new", NEW_COLUMN), dsn)
    assert database.execute(acl).fetchone() == before
    assert database.execute("select count(is_new), count(*) from cards.segments").fetchone() == (
        0,
        3,
    )
    # the comments came along
    assert (
        "ours"
        in database.execute("select obj_description('cards.segments'::regclass)").fetchone()[0]
    )


def test_a_new_table_gets_the_default_privileges(first, tmp_path, dsn, database):
    publish_to_postgres(first, dsn)
    role(database, "bi_user")
    database.execute("grant usage on schema cards to bi_user")
    database.execute("alter default privileges in schema cards grant select on tables to bi_user")
    more = write_publication(
        tmp_path / "more.duckdb", "more", "create table extra as select 1 as a"
    )
    publish_to_postgres(more, dsn)
    database.execute("set role bi_user")
    assert database.execute("select a from cards.extra").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "change", [NEW_COLUMN, "drop table segments"], ids=["changed", "withdrawn"]
)
def test_a_view_on_a_table_that_changes_is_not_dropped(
    change, first, tmp_path, dsn, database, capsys
):
    publish_to_postgres(first, dsn)
    database.execute("create schema reports")
    database.execute("create view reports.mine as select segment_key from cards.segments")
    new = write_publication(tmp_path / "new.duckdb", "new", change)
    assert main(new, dsn) == 1
    assert "reports.mine" in one_sentence(capsys)
    assert database.execute("select distinct segment_key from reports.mine").fetchall() == [
        ("first",)
    ]
    assert builds_seen(database) == FIRST
    database.execute("drop view reports.mine")
    publish_to_postgres(new, dsn)
    assert database.execute("select build_id from cards.publication").fetchone() == ("new",)
    is_there = database.execute("select to_regclass('cards.segments') is not null").fetchone()[0]
    assert is_there == (change == NEW_COLUMN)


def test_a_schema_of_somebody_else_is_left_alone(first, dsn, database, capsys):
    database.execute("create schema cards")
    database.execute("create table cards.segments as select 'precious' as words")
    assert main(first, dsn) == 1
    assert "--schema" in one_sentence(capsys)
    assert database.execute("select * from cards.segments").fetchall() == [("precious",)]
    assert main(first, dsn, "--schema", "public") == 1
    assert main(first, dsn, "--schema", 'Cards "2"') == 0
    assert database.execute("select * from cards.segments").fetchall() == [("precious",)]
    assert builds_seen(database, '"Cards ""2"""') == FIRST


def test_a_table_of_somebody_else_in_our_schema_is_left_alone(
    first, second, tmp_path, dsn, database, capsys
):
    publish_to_postgres(first, dsn)
    database.execute("create table cards.notes as select 'precious' as words")
    publish_to_postgres(second, dsn)
    with_notes = write_publication(
        tmp_path / "n.duckdb", "n", "create table notes as select 1 as a"
    )
    assert main(with_notes, dsn) == 1
    assert "notes" in one_sentence(capsys)
    assert database.execute("select * from cards.notes").fetchall() == [("precious",)]
    assert builds_seen(database) == SECOND


def test_an_empty_schema_made_for_us_is_taken(first, postgres, dsn, database):
    role(database, "publisher")
    database.execute("create schema cards authorization publisher")
    name = database.info.dbname
    publish_to_postgres(first, postgres.dsn(name, "publisher"), readers=["publisher"])
    assert builds_seen(database) == FIRST


def test_readers_get_access(first, dsn, database, capsys):
    role(database, "bi_reader")
    publish_to_postgres(first, dsn, readers=["bi_reader"])
    assert main(first, dsn, "--readers", "bi_reader, nobody_1") == 1
    assert "nobody_1" in one_sentence(capsys)
    database.execute("set role bi_reader")
    assert builds_seen(database) == FIRST
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("delete from cards.segments")


def test_general_readers_get_aggregates_only(tmp_path, dsn, database, capsys):
    """Both schemas change at once; what is no aggregate any more leaves the second one."""
    role(database, "bi_general")
    role(database, "bi_customers")
    members = (
        "create table members as select 'SAMPLE1' as customer_id",
        "insert into published_tables values ('members', 'customer')",
    )
    file = write_publication(tmp_path / "all.duckdb", "first", *members)
    roles = ["--readers", "bi_general", "--customer-readers", "bi_customers"]
    assert main(file, dsn, *roles) == 0
    said = capsys.readouterr().out
    assert "schema cards holds all of them" in said
    assert "schema cards_shared holds the 3 aggregates" in said
    assert builds_seen(database, "cards_shared") == FIRST

    database.execute("set role bi_general")
    assert builds_seen(database, "cards_shared") == FIRST
    for table in ("members", "segments"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute(f"select * from cards.{table}")
    database.execute("set role bi_customers")
    assert database.execute("select customer_id from cards.members").fetchall() == [("SAMPLE1",)]
    database.execute("reset role")

    personal = "update published_tables set table_kind = 'customer'"
    file = write_publication(tmp_path / "next.duckdb", "second", *members, personal)
    assert main(file, dsn, *roles) == 0
    left = "select table_name from information_schema.tables where table_schema = 'cards_shared'"
    assert sorted(database.execute(left)) == [("publication",), ("published_tables",)]
    assert builds_seen(database)[0] == ["second"]

    assert main(file, dsn, "--shared-schema", "cards") == 1
    assert "cannot share the schema cards" in one_sentence(capsys)
    file = write_publication(tmp_path / "old.duckdb", "old", "drop table published_tables")
    assert main(file, dsn) == 1
    assert "make rebuild" in one_sentence(capsys)


def test_a_lock_is_waited_for_and_then_named(first, second, tmp_path, dsn, database, capsys):
    publish_to_postgres(first, dsn)
    changed = write_publication(tmp_path / "new.duckdb", "new", NEW_COLUMN)
    with psycopg.connect(dsn) as other:
        # a reader's open transaction: in the way of new columns only
        other.execute("select * from cards.segments")
        assert main(changed, dsn, "--lock-timeout", "200ms") == 1
        assert "lock" in one_sentence(capsys)
        assert builds_seen(database) == FIRST
        assert main(second, dsn, "--lock-timeout", "200ms") == 0


def test_a_reader_of_several_tables_that_change_is_never_ended(first, tmp_path, dsn, database):
    """Who holds one and wants another would otherwise wait in a circle with the copy."""
    options = ("--shared-schema", "cards_shared")
    assert main(first, dsn, *options) == 0
    more = [f"alter table {name} add column is_new boolean" for name in ("publication", "segments")]
    changed = write_publication(tmp_path / "new.duckdb", "new", *more)
    for held, wanted in (
        ("cards.segments", "cards.publication"),
        ("cards_shared.segments", "cards.segments"),
    ):
        with psycopg.connect(dsn) as reader, ThreadPoolExecutor(1) as pool:
            reader.execute(f"select * from {held}").fetchall()
            copy = pool.submit(main, changed, dsn, *options)
            # by now the copy wants the tables, and has one of them if it takes them one by one
            time.sleep(2)
            reader.execute(f"select * from {wanted}").fetchall()
            assert not copy.done()
            reader.commit()
            assert copy.result() == 0
        assert main(first, dsn, *options) == 0


def test_two_publications_at_once_do_not_mix(first, dsn, database, capsys):
    publish_to_postgres(first, dsn)
    with database.transaction():
        database.execute(
            "select pg_advisory_xact_lock(hashtextextended('card segments: cards', 0))"
        )
        assert main(first, dsn) == 1
    assert "under way" in one_sentence(capsys)


def test_what_people_get_wrong_is_one_sentence(first, tmp_path, postgres, dsn, capsys):
    assert main(tmp_path / "none.duckdb", dsn) == 1
    assert "make build" in one_sentence(capsys)
    (tmp_path / "text.duckdb").write_text("no database " * 1000)
    assert main(tmp_path / "text.duckdb", dsn) == 1
    assert "published/cards.duckdb" in one_sentence(capsys)
    assert main(first, "") == 1
    assert "CARD_SEGMENTS_DSN" in one_sentence(capsys)
    assert main(first, "nonsense secret") == 1
    assert "secret" not in one_sentence(capsys)
    for wrong in (
        f"host={tmp_path} dbname=cards password=secret",
        f"host={postgres.folder} dbname=nowhere user=postgres password=secret",
        f"host={postgres.folder} dbname=postgres user=nobody_2 password=secret",
        "postgresql://user:secret@127.0.0.1:1/cards",
    ):
        assert main(first, wrong) == 1
        said = one_sentence(capsys)
        assert said.startswith("No connection to PostgreSQL") and "secret" not in said


ODD_SIGNS = string.ascii_letters + string.digits + "@/%:?#&='\"\\ \t;$,[]{}<>|~^`!*+-_.éß漢"


def dsns_with(password):
    """DSNs that hold a password as they should, or as people write them who escape nothing."""
    escaped = urllib.parse.quote(password, safe="")
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    yield f"postgresql://user:{escaped}@127.0.0.1:1/cards"
    yield f"host=127.0.0.1 port=1 dbname=cards user=user password='{quoted}'"
    yield f"postgresql://user:{password}@127.0.0.1:1/cards"
    yield f"postgresql://{password}@127.0.0.1:1/cards"
    yield f"postgresql://user:{password}"
    yield f"postgresql://127.0.0.1:1/cards?user=user&password={password}"
    yield f"postgresql://127.0.0.1:1/cards?connect_timeout={password}"
    yield f"postgres:/user:{password}@127.0.0.1:1/cards"
    yield f"user:{password}@127.0.0.1:1/cards"
    yield f"password={password} host=127.0.0.1 port=1 dbname=cards"
    yield f"host=127.0.0.1 port=1 password={password} dbname={password}"
    yield f"host={password} port=1"
    yield f"host=127.0.0.1 port={password}"


def test_no_message_repeats_a_part_of_a_password(first, tmp_path, monkeypatch, capfd):
    """With a server that is not there; whatever of a DSN has no host is led to no server either."""

    def unknown(host, *_, **__):
        raise socket.gaierror(socket.EAI_NONAME, f"Name or service not known: {host}")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("PGHOST", str(tmp_path))
    monkeypatch.setenv("PGPORT", "1")
    readable = tmp_path / "passwords"
    monkeypatch.setenv("PGPASSFILE", str(readable))
    random = Random(7)
    for _ in range(15):
        password = "".join(random.choices(ODD_SIGNS, k=random.randint(8, 24)))
        readable.write_text(f"*:*:*:*:{password}\n", encoding="utf-8")
        parts = {password[place : place + 4] for place in range(len(password) - 3)}
        for dsn in [*dsns_with(password), "postgresql://user@127.0.0.1:1/cards"]:
            with pytest.raises(PublishingError) as caught:
                publish_to_postgres(first, dsn)
            # libpq itself may write as well
            said = f"{caught.value}{''.join(capfd.readouterr())}"
            assert "PostgreSQL" in said or "DSN" in said, said
            assert not [part for part in parts if part in said], (dsn, said)
            # nor does the stack trace that a script would end with
            assert caught.value.__suppress_context__ and not caught.value.__cause__


def test_a_dsn_on_a_command_line_is_refused_and_not_repeated(first, tmp_path, capsys):
    dsn = "postgresql://user:geheimnis@127.0.0.1:1/cards"
    for arguments in (["--dsn", dsn], [f"--dsn={dsn}"], [dsn], [f"--d={dsn}"]):
        assert main(first, "", *arguments) == 2
        said = one_sentence(capsys)
        assert "CARD_SEGMENTS_DSN" in said and "geheimnis" not in said
    for name in ("DSN", "CARD_SEGMENTS_DSN"):
        finished = subprocess.run(
            publishing_make(tmp_path, f"{name}={dsn}"),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 2
        assert "set the environment variable CARD_SEGMENTS_DSN" in finished.stderr
        assert "geheimnis" not in finished.stdout + finished.stderr


def publishing_make(folder, *arguments):
    environment = environment_for_make(folder / "environment")
    variables = f"VARS={{published_dir: {folder}}}"
    return ["make", "publish-postgres", f"VENV={environment}", variables, *arguments]


def test_no_list_of_processes_shows_the_dsn(tmp_path):
    write_publication(tmp_path / "cards.duckdb", "first")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        dsn = f"postgresql://user:geheimnis$HOME@127.0.0.1:{port}/cards"
        publisher = subprocess.Popen(
            publishing_make(tmp_path),
            cwd=PROJECT,
            env={**os.environ, "CARD_SEGMENTS_DSN": dsn},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            silent.settimeout(60)
            shown = []
            with silent.accept()[0]:
                for process in Path("/proc").glob("[0-9]*/cmdline"):
                    with suppress(OSError):
                        shown.append(process.read_text(errors="replace"))
        finally:
            os.killpg(publisher.pid, signal.SIGKILL)
            publisher.wait()
    assert [
        line for line in shown if "card_segments.cli.postgres" in line and str(tmp_path) in line
    ]
    assert not [line for line in shown if "geheimnis" in line]


def test_without_permission_the_sentence_says_what_to_ask_for(
    first, second, postgres, dsn, database, capsys
):
    role(database, "guest")
    as_guest = postgres.dsn(database.info.dbname, "guest")
    assert main(first, as_guest) == 1
    assert 'create schema "cards" authorization "guest"' in one_sentence(capsys)
    publish_to_postgres(first, dsn)
    assert main(second, as_guest) == 1
    assert "guest" in one_sentence(capsys)
    assert builds_seen(database) == FIRST


MEASURED = """
import resource, sys
from card_segments.cli.postgres import main
assert main(sys.argv[1:]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_does_not_grow_with_the_rows(tmp_path, dsn):
    def megabytes(rows):
        file = write_publication(tmp_path / "large.duckdb", "large", rows=rows)
        finished = subprocess.run(
            [sys.executable, "-c", MEASURED, "--published", str(file)],
            cwd=PROJECT,
            env={**os.environ, "CARD_SEGMENTS_DSN": dsn},
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"{rows + 2:,} rows" in finished.stdout
        return int(finished.stdout.split()[-1])

    # as text, a million rows more are about 60 MB, and several times that as Python's objects
    assert megabytes(1_050_000) < megabytes(50_000) + 40
