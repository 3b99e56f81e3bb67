"""Only a complete, green build publishes; everything else leaves the published files whole."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import uuid

import duckdb
import pytest
from case_loading import FOREIGN_WORDS, FRAME
from hostile_files import PICTURE, TEXT, gzipped
from workspaces import PROJECT, Workspace, copy_project

from card_segments.publishing import Build, PublishingError, publish
from card_segments.publishing.folder import STABLE_NAMES as STABLE
from card_segments.publishing.folder import as_published

# The smallest complete build: no segmentation is fitted.
SMALL = {"enabled_inputs": ["customers"]}
# One table by itself, after whatever was built before.
ONE = ("--select", "published_tables")


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    """A folder of files that deliver the customers of the sample."""
    folder = tmp_path_factory.mktemp("delivery")
    shutil.copy(PROJECT / "seeds" / "inputs" / "customers.csv", folder)
    return folder


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory):
    """A copy of the project, so that a failing test can be added to it."""
    return copy_project(tmp_path_factory.mktemp("project") / "card_segments")


@pytest.fixture(scope="module")
def first_build(project_copy, delivery, tmp_path_factory):
    """A workspace in which a good build has published."""
    workspace = Workspace(tmp_path_factory.mktemp("published_once"), project_copy)
    run = workspace.dbt("build", **SMALL, input_dir=str(delivery))
    assert run.succeeded, run.output
    assert (workspace.published / "cards.duckdb").is_file()
    return workspace


@pytest.fixture
def published_once(first_build, tmp_path):
    """The same workspace, for a test of its own."""
    shutil.copytree(first_build.folder, tmp_path / "copy", symlinks=True)
    workspace = Workspace(tmp_path / "copy", first_build.project)
    return workspace


def assert_unchanged(workspace, before):
    assert workspace.published_files() == before


def test_a_failing_test_keeps_the_old_publication(published_once, project_copy):
    before = published_once.published_files()
    bad_test = project_copy / "tests" / "data_tests" / "assert_never.sql"
    # no public table reads this model
    bad_test.write_text("select * from {{ ref('metricflow_time_spine') }} limit 1\n")
    try:
        run = published_once.dbt("build", **SMALL)
    finally:
        bad_test.unlink()
    assert not run.succeeded
    assert "assert_never" in run.text
    assert "Not published" in run.text
    assert_unchanged(published_once, before)


def test_a_failing_model_keeps_the_old_publication(published_once):
    before = published_once.published_files()
    run = published_once.dbt("build", **SMALL, inputs={"customers": "gone.csv"})
    assert not run.succeeded
    assert_unchanged(published_once, before)


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("picture.csv", PICTURE),
        *(
            pytest.param(*file, marks=(pytest.mark.slow, pytest.mark.exhaustive))
            for file in [
                ("empty.csv", b""),
                ("cut.csv.gz", gzipped(TEXT)[:-200]),
                ("every_row_rejected.csv", TEXT.replace(",", ";").replace(";", ",", 6).encode()),
                ("damaged.parquet", b"PAR1" + bytes(5000) + b"PAR1"),
            ]
        ),
    ],
)
def test_a_refused_file_keeps_the_old_publication(published_once, tmp_path, file_name, content):
    before = published_once.published_files()
    (tmp_path / file_name).write_bytes(content)
    run = published_once.dbt("build", **SMALL, inputs={"customers": str(tmp_path / file_name)})
    assert not run.succeeded
    assert_unchanged(published_once, before)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", run.output).splitlines()
    said = [line for line in lines if not FRAME.search(line)]
    assert file_name in "".join(said)
    assert not FOREIGN_WORDS.search("\n".join(said)), run.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["run", *ONE], "this was `dbt run`, which runs no tests"),
        (["build", *ONE], "this build left out"),
        # no test looks at this one, so nothing else is left out
        (["build", "--exclude", "segment_drift"], "this build left out 1 of"),
        # everything but the data tests
        (["build", "--exclude-resource-type", "test", "unit_test"], "this build left out"),
        (["build", *ONE, "--empty"], "--empty"),
    ],
)
def test_an_incomplete_build_publishes_nothing_and_says_so(published_once, arguments, reason):
    before = published_once.published_files()
    run = published_once.dbt(*arguments, **SMALL)
    assert "Not published" in run.text, run.output
    assert reason in run.text
    assert_unchanged(published_once, before)


def test_the_warehouse_is_hidden_from_others_as_what_is_published(published_once):
    written = [published_once.warehouse, *published_once.published.rglob("*")]
    assert [path for path in written if path.exists() and path.stat().st_mode & 0o007] == []


def test_what_is_in_the_way_ends_a_complete_build_before_it_begins(published_once):
    page = published_once.published / "report.html"
    page.unlink()
    page.write_text("mine")
    run = published_once.dbt("build", **SMALL)
    assert not run.succeeded
    assert "report.html is in the way" in run.text
    assert "START sql" not in run.text
    assert published_once.dbt("run", "--select", "metricflow_time_spine", **SMALL).succeeded
    assert page.read_text() == "mine"


def test_an_unwritable_folder_ends_in_one_sentence(published_once, tmp_path):
    blocked = tmp_path / "a_file"
    blocked.write_text("not a folder")
    run = published_once.dbt("build", **SMALL, published_dir=str(blocked / "published"))
    assert not run.succeeded
    assert "The publication could not be written to" in run.text
    assert "What was published before is unchanged." in run.text
    assert "Traceback" not in run.output


@pytest.mark.exhaustive
@pytest.mark.slow
def test_losing_most_rows_of_a_source_stops_the_publication(published_once, delivery):
    """The same folder delivers a tenth of the customers: a check, with the way to accept it."""
    before = published_once.published_files()
    variables = {**SMALL, "input_dir": str(delivery)}
    lines = (delivery / "customers.csv").read_text().splitlines(keepends=True)
    (delivery / "customers.csv").write_text("".join(lines[: len(lines) // 10]))
    run = published_once.dbt("build", **variables)
    assert not run.succeeded
    assert "rows_dropped of customers" in run.text
    assert "accept_changes: [rows_dropped]" in run.text
    assert_unchanged(published_once, before)

    run = published_once.dbt("build", **variables, accept_changes=["rows_dropped"])
    assert run.succeeded, run.output
    assert published_once.published_files() != before


# The publication step by itself

# a group that is not this process's own
SHARED_GROUP = os.getgid() + 1


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create schema published")
        connection.execute("create table published.numbers as select range as n from range(1000)")
        connection.execute("create table published.words as select 'a' as word")
        connection.execute("comment on table published.words is 'Words, isn''t it'")
        connection.execute("comment on column published.numbers.n is 'A number'")
        yield connection


def id_of(name):
    """A build's id, which is a UUID as dbt gives it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def publish_as(connection, folder, name, write_report=None, **options):
    build = Build(id_of(name), "2026-01-01 00:00:00", "1.0")
    kinds = {"numbers": "aggregate", "words": "customer"}
    return publish(connection, "published", kinds, folder, build, write_report, **options)


@pytest.mark.parametrize("currency", ["EUR", None])
def test_a_publication_says_its_currency(connection, tmp_path, currency):
    build = Build(id_of("one"), "2026-01-01 00:00:00", "1.0", currency)
    publish(connection, "published", {"numbers": "aggregate"}, tmp_path, build)
    for file in ("cards.duckdb", "shared.duckdb"):
        with duckdb.connect(str(tmp_path / file), read_only=True) as published:
            assert published.sql("select currency from publication").fetchall() == [(currency,)]


def add_word(connection):
    connection.execute("insert into published.words values ('b')")


def published_in(folder):
    """The build that each stable name shows, and the bytes of everything published."""
    shown = {(folder / name).resolve().relative_to(folder / "builds").parts[0] for name in STABLE}
    return shown, {
        file.relative_to(folder / name): file.read_bytes()
        for name in STABLE
        for file in [folder / name, *(folder / name).rglob("*")]
        if file.is_file()
    }


def in_the_layout_of_the_first_release(folder):
    """Turn a publication into files and a link to Parquet, as the first release left it."""
    build = (folder / "current").resolve()
    for name in ("cards.duckdb", "shared.duckdb", "manifest.json"):
        (folder / name).unlink()
        (build / name).rename(folder / name)
    for file in (build / "parquet").iterdir():
        file.rename(build / file.name)
    (build / "parquet").rmdir()
    for link in ("current", "parquet", "report.html"):
        (folder / link).unlink()
    (folder / "parquet").symlink_to(build, target_is_directory=True)


def count_words(database, page):
    """A report: how many words the new file has."""
    with duckdb.connect(str(database), read_only=True) as reader:
        page.write_text(str(reader.sql("select count(*) from words").fetchone()[0]))


def test_the_same_tables_make_the_same_bytes(connection, tmp_path):
    first = publish_as(connection, tmp_path / "first", "build")
    second = publish_as(connection, tmp_path / "second", "build")
    assert first.read_bytes() == second.read_bytes()


def test_parquet_depends_on_neither_order_threads_nor_memory(connection, tmp_path):
    """A table of several row groups; the database has its rows in the same order."""
    published = set()
    for threads, memory, order in ((2, "2GB", "n"), (1, "100MB", "hash(n)"), (4, "100MB", "-n")):
        connection.execute(f"set threads = {threads}; set memory_limit = '{memory}'")
        connection.execute(
            "create or replace table published.numbers as "
            "select range as n, 'text ' || hash(range) as long_text, range % 7 as group_number "
            f"from range(1000000) order by {order}"
        )
        folder = tmp_path / str(threads)
        database = publish_as(connection, folder, "build")
        published.add((folder / "parquet/numbers.parquet").read_bytes())
        with duckdb.connect(str(database), read_only=True) as reader:
            rows = reader.sql("select n from numbers limit 300000 offset 500000").fetchall()
        assert rows == [(n,) for n in range(500000, 800000)]
    assert len(published) == 1


def test_comments_are_kept(connection, tmp_path):
    database = publish_as(connection, tmp_path, "build")
    with duckdb.connect(str(database), read_only=True) as reader:
        comments = reader.sql("select comment from duckdb_tables() where table_name = 'words'")
        assert comments.fetchall() == [("Words, isn't it",)]


@pytest.fixture
def star(connection):
    """Words with a key, and two tables that name words: one that is shared and one that is not."""
    connection.execute("alter table published.words add primary key (word)")
    for name in ("uses", "users"):
        connection.execute(f"create table published.{name} (place integer not null, word varchar)")
        connection.execute(f"insert into published.{name} values (1, 'a'), (2, null)")
    return connection


def publish_star(connection, folder, **kinds):
    kinds = {"users": "customer", "uses": "aggregate", "words": "aggregate", **kinds}
    build = Build(id_of("star"), "2026-01-01 00:00:00", "1.0")
    references = {"uses": {"word": "words"}, "users": {"word": "words"}}
    return publish(connection, "published", kinds, folder, build, references=references)


def keys_of(database):
    with duckdb.connect(str(database), read_only=True) as reader:
        found = reader.sql(
            "select table_name, constraint_type, constraint_column_names[1] "
            "from duckdb_constraints() where constraint_type <> 'CHECK' order by all"
        ).fetchall()
    return {one for one in found if one[0] != "publication"}


KEYS = {
    ("words", "PRIMARY KEY", "word"), ("words", "NOT NULL", "word"),
    ("uses", "NOT NULL", "place"), ("uses", "FOREIGN KEY", "word"),
}  # fmt: skip
USERS = {("users", "NOT NULL", "place"), ("users", "FOREIGN KEY", "word")}


def test_keys_are_published_with_the_tables(star, tmp_path):
    cards = publish_star(star, tmp_path)
    assert keys_of(cards) == KEYS | USERS
    assert keys_of(tmp_path / "shared.duckdb") == KEYS
    with duckdb.connect(str(cards), read_only=True) as reader:
        assert reader.sql("select * from users order by place").fetchall() == [(1, "a"), (2, None)]
        named = reader.sql(
            "select distinct referenced_table from duckdb_constraints() "
            "where constraint_type = 'FOREIGN KEY' and table_name = 'users'"
        ).fetchall()
    assert named == [("words",)]


def test_a_key_of_a_table_that_is_not_in_the_file_is_left_out(star, tmp_path):
    cards = publish_star(star, tmp_path, words="customer")
    assert keys_of(cards) == KEYS | USERS
    assert keys_of(tmp_path / "shared.duckdb") == {("uses", "NOT NULL", "place")}


def test_a_key_that_does_not_hold_publishes_nothing(star, tmp_path):
    publish_as(star, tmp_path, "old")
    star.execute("insert into published.users values (3, 'nobody''s')")
    with pytest.raises(PublishingError, match=r"key of the table users does not hold \(.*nobody"):
        publish_star(star, tmp_path)
    assert published_in(tmp_path)[0] == {id_of("old")}


def test_a_large_table_has_no_key(star, tmp_path, monkeypatch):
    """A key takes some 40 bytes a row, so what a million customers fill goes without."""
    # the package has a function of the same name as this module
    module = sys.modules["card_segments.publishing.publish"]
    monkeypatch.setattr(module, "MOST_KEYED_ROWS", 1)
    cards = publish_star(star, tmp_path)
    assert keys_of(cards) == {one for one in KEYS | USERS if one[1] != "FOREIGN KEY"}


def test_parquet_files_say_what_they_hold(star, tmp_path):
    folder = tmp_path / "parquet"

    def metadata(table):
        rows = star.sql(
            "select decode(key), decode(value) "
            f"from parquet_kv_metadata('{folder / table}.parquet')"
        )
        return dict(rows.fetchall())

    star.execute("comment on column published.words.word is 'It''s {a: ''word''}'")
    publish_star(star, tmp_path)
    assert metadata("words") == {
        "description": "Words, isn't it",
        "columns": json.dumps({"word": "It's {a: 'word'}"}),
        "primary_key": '["word"]',
        "foreign_keys": "{}",
    }
    assert json.loads(metadata("users")["foreign_keys"]) == {"word": "words"}
    assert json.loads(metadata("publication")["columns"])["build_id"]


def tables_of(database):
    with duckdb.connect(str(database), read_only=True) as reader:
        found = reader.sql("select table_name, comment from duckdb_tables() order by all")
        return dict(found.fetchall())


def test_only_aggregates_are_shared(connection, tmp_path):
    """A table of another kind stays with those who may see customers, whatever it is called."""
    cards = publish_as(connection, tmp_path, "build")
    assert list(tables_of(cards)) == ["numbers", "publication", "words"]
    assert list(tables_of(tmp_path / "shared.duckdb")) == ["numbers", "publication"]
    with duckdb.connect(str(tmp_path / "shared.duckdb"), read_only=True) as reader:
        assert reader.sql("select sum(n), count(*) from numbers").fetchone() == (499500, 1000)
    for unknown in ("agregate", None):
        kinds = {"numbers": "aggregate", "words": unknown}
        build = Build(id_of(f"kind {unknown}"), "2026-01-01 00:00:00", "1.0")
        publish(connection, "published", kinds, tmp_path, build)
        assert "words" not in tables_of(tmp_path / "shared.duckdb")
        assert "words" in tables_of(cards)


def test_the_report_is_written_from_the_tables_it_comes_with(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    add_word(connection)
    publish_as(connection, tmp_path, "new", count_words)
    assert (tmp_path / "report.html").read_text() == "2"


def test_a_report_that_fails_keeps_the_old_publication(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    database, page = tmp_path / "cards.duckdb", tmp_path / "report.html"
    before = database.read_bytes(), page.read_bytes(), (tmp_path / "parquet").resolve()

    def fail(database, page):
        raise KeyError("segments")

    add_word(connection)
    with pytest.raises(PublishingError, match=r"KeyError: 'segments'.*write_report to false"):
        publish_as(connection, tmp_path, "new", fail)
    assert before == (database.read_bytes(), page.read_bytes(), (tmp_path / "parquet").resolve())


def test_no_report_stays_of_another_publication(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    publish_as(connection, tmp_path, "new")
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("mask", "file_mode", "folder_mode"), [(0o022, 0o640, 0o2750), (0, 0o660, 0o2770)]
)
def test_the_mask_and_the_folder_say_who_reads(connection, tmp_path, mask, file_mode, folder_mode):
    """The group that a folder is shared with reads on, others never do, and the folder stays."""
    folder = tmp_path / "published"
    folder.mkdir()
    os.chown(folder, -1, SHARED_GROUP)
    folder.chmod(0o2777)
    before = os.umask(mask)
    try:
        publish_as(connection, folder, "first", count_words)
        publish_as(connection, folder, "second", count_words)
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o7777 == 0o2777
    for path in folder.rglob("*"):
        if not path.is_symlink():
            expected = folder_mode if path.is_dir() else file_mode
            assert path.stat().st_mode & 0o7777 == expected, path
            assert path.stat().st_gid == SHARED_GROUP, path


def test_a_folder_that_hands_no_group_on_gives_its_group(connection, tmp_path):
    os.chown(tmp_path, -1, SHARED_GROUP)
    publish_as(connection, tmp_path, "first", count_words)
    assert {path.stat().st_gid for path in (tmp_path / "builds").rglob("*")} == {SHARED_GROUP}


def test_files_are_in_the_format_that_old_clients_open(connection, tmp_path):
    database = publish_as(connection, tmp_path, "build")
    with duckdb.connect(str(database), read_only=True) as reader:
        tags = reader.sql("select tags from duckdb_databases() where not internal").fetchone()[0]
    assert tags["storage_version"].startswith("v1.0.0")


CALLS = ("fsync", "replace", "symlink", "mkdir", "open", "chmod")


def fail_at(monkeypatch, step):
    """Let the operating system refuse the step-th call that changes the folder."""
    made = []

    def call(original, *arguments, **options):
        made.append(original)
        if len(made) == step:
            raise OSError(28, "No space left on device", "disk")
        return original(*arguments, **options)

    for name in CALLS:
        monkeypatch.setattr(os, name, functools.partial(call, getattr(os, name)))
    return made


def test_a_failure_at_any_step_leaves_the_old_publication(connection, tmp_path, monkeypatch):
    folder = tmp_path.resolve()
    publish_as(connection, folder, "old", count_words)
    before, passed_over = published_in(folder), 0
    add_word(connection)
    for step in range(1, 200):
        with monkeypatch.context() as patch:
            made = fail_at(patch, step)
            try:
                publish_as(connection, folder, f"new {step}", count_words)
            except PublishingError as error:
                assert "No space left on device" in str(error)
                assert str(error).endswith("unchanged.")
                assert published_in(folder) == before
                builds = {build.name for build in (folder / "builds").iterdir()}
                assert builds <= {id_of("old"), *before[0]}
                continue
        # published, for a step that does no harm failed, or none is left to fail
        before = published_in(folder)
        assert before[0] == {id_of(f"new {step}")}
        if len(made) < step:
            break
        passed_over += 1
    assert step > 30
    assert passed_over <= 4


@pytest.mark.parametrize("name", ["cards.duckdb", "parquet", "report.html", "current", ".next"])
def test_what_is_in_the_way_is_named_and_stays(connection, tmp_path, name):
    """A file or folder of somebody else's under a name that a publication needs."""
    publish_as(connection, tmp_path, "old")
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.txt").write_text("mine")
    with pytest.raises(PublishingError, match=rf"{re.escape(name)}.*") as failed:
        publish_as(connection, tmp_path, "new")
    assert "\n" not in str(failed.value)
    assert (tmp_path / name / "mine.txt").read_text() == "mine"
    shutil.rmtree(tmp_path / name)
    publish_as(connection, tmp_path, "new", count_words)
    assert (tmp_path / "cards.duckdb").resolve().parent.name == id_of("new")


def test_a_page_of_somebody_elses_stays(connection, tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(PublishingError, match=r"report\.html is in the way"):
        publish_as(connection, tmp_path, "new", count_words)
    assert (tmp_path / "report.html").read_text() == "mine"


def test_things_of_others_stay_where_they_are(connection, tmp_path):
    publish_as(connection, tmp_path, "first")
    builds = tmp_path / "builds"
    others = [
        tmp_path / "notes.txt",
        builds / "kept" / "cards.duckdb",
        builds / id_of("first") / "mine.txt",
        builds / "notes.txt",
    ]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    (builds / id_of("a link")).symlink_to(builds / "kept")
    for name in ("second", "third", "fourth"):
        publish_as(connection, tmp_path, name)
    assert [path.read_text() for path in others] == ["mine"] * len(others)
    assert list((builds / id_of("first")).iterdir()) == [others[2]]


def test_what_a_killed_build_left_is_cleared(connection, tmp_path):
    publish_as(connection, tmp_path, "first")
    left = tmp_path / "builds" / id_of("killed")
    (left / "parquet").mkdir(parents=True)
    (left / "cards.duckdb.wal").write_text("half")
    (left / "parquet" / "words.parquet").write_text("half")
    # its time says nothing about it
    os.utime(left, (2e9, 2e9))
    (tmp_path / ".next").symlink_to("nowhere")
    publish_as(connection, tmp_path, "second")
    builds = {build.name for build in (tmp_path / "builds").iterdir()}
    assert builds == {id_of("first"), id_of("second")}
    assert not (tmp_path / ".next").is_symlink()


HOLD = """
import os, sys, time
from pathlib import Path
from card_segments.publishing.folder import locked
with locked(Path(sys.argv[1]), "trying"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_publishes_at_a_time(connection, tmp_path):
    """The second says who does, and leaves; the lock of a process that died is free."""
    publish_as(connection, tmp_path, "old")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], cwd=PROJECT, stdout=-1)
    try:
        holder.stdout.readline()
        with pytest.raises(PublishingError, match=f"process {holder.pid}.* is trying there since"):
            publish_as(connection, tmp_path, "new")
        with (
            pytest.raises(PublishingError, match="is in use"),
            as_published(tmp_path / "cards.duckdb", "copying"),
        ):
            pass
    finally:
        holder.kill()
        holder.communicate()
    publish_as(connection, tmp_path, "new")
    assert (tmp_path / "parquet").resolve().parent.name == id_of("new")


def test_a_build_that_does_not_follow_from_the_last_one_is_not_published(connection, tmp_path):
    publish_as(connection, tmp_path, "first", based_on="")
    with pytest.raises(PublishingError, match=f"build {id_of('first')} was published there while"):
        publish_as(connection, tmp_path, "second", based_on="")
    publish_as(connection, tmp_path, "second", based_on=id_of("first"))


@pytest.mark.parametrize(
    "name", ["region=EU/dt=2026-11-26", "who?", 'it\'s "mine"', "ein Büro [1]*"]
)
def test_any_name_of_a_folder_will_do(connection, tmp_path, name):
    publish_as(connection, tmp_path / name, "first", count_words)
    database = publish_as(connection, tmp_path / name, "second", count_words)
    with duckdb.connect(str(database), read_only=True) as reader:
        assert reader.sql("select * from words").columns == ["word"]
        assert reader.sql("from words").fetchall() == [("a",)]
    assert {path.name for path in (tmp_path / name).iterdir()} == {
        "builds",
        "current",
        ".lock",
        *STABLE,
    }


def contents(folder):
    files = [folder / "cards.duckdb", folder / "report.html", folder / "manifest.json"]
    return {
        file.name: file.read_bytes() for file in [*files, *(folder / "parquet").glob("*.parquet")]
    }


def as_the_first_release_wrote(folder):
    """Turn a publication into one whose stable names are files."""
    build = (folder / "current").resolve()
    for name in ("cards.duckdb", "manifest.json", "report.html"):
        (folder / name).unlink()
        (build / name).rename(folder / name)
    (folder / "shared.duckdb").unlink()
    (build / "shared.duckdb").unlink()
    for file in (build / "parquet").iterdir():
        file.rename(build / file.name)
    (build / "parquet").rmdir()
    (folder / "parquet").unlink()
    (folder / "parquet").symlink_to(f"builds/{build.name}")
    (folder / "current").unlink()


def test_a_publication_of_the_first_release_is_taken_over(connection, tmp_path, monkeypatch):
    """At no step do two names show different builds, and nothing is lost."""
    tmp_path = tmp_path.resolve()
    publish_as(connection, tmp_path, "old", count_words)
    as_the_first_release_wrote(tmp_path)
    before = contents(tmp_path)
    add_word(connection)
    for step in range(5, 200):
        with monkeypatch.context() as patch:
            fail_at(patch, step)
            try:
                publish_as(connection, tmp_path, f"new {step}", count_words)
            except PublishingError:
                assert contents(tmp_path) == before
                continue
        break
    shown, _ = published_in(tmp_path)
    assert shown == {id_of(f"new {step}")}
    builds = {build.name for build in (tmp_path / "builds").iterdir()}
    assert builds == {id_of("old"), id_of(f"new {step}")}
    publish_as(connection, tmp_path, "last", count_words)
    builds = {build.name for build in (tmp_path / "builds").iterdir()}
    assert builds == {id_of("last"), id_of(f"new {step}")}


def test_a_copy_without_links_is_told_from_a_publication(connection, tmp_path):
    publish_as(connection, tmp_path / "there", "old", count_words)
    shutil.copytree(tmp_path / "there", tmp_path / "copy")
    with pytest.raises(PublishingError, match="a copy made without links"):
        publish_as(connection, tmp_path / "copy", "new")


def test_readers_keep_the_file_they_opened(connection, tmp_path):
    publish_as(connection, tmp_path, "old")
    parquet = (tmp_path / "parquet").resolve()
    with duckdb.connect(str(tmp_path / "cards.duckdb"), read_only=True) as reader:
        add_word(connection)
        publish_as(connection, tmp_path, "new")
        assert reader.sql("select count(*) from words").fetchone() == (1,)
    assert (parquet / "words.parquet").is_file()


def test_only_this_build_and_the_one_before_are_kept(connection, tmp_path):
    for build_id in ("first", "second", "third", "fourth"):
        publish_as(connection, tmp_path, build_id)
    assert {one.name for one in (tmp_path / "builds").iterdir()} == {
        id_of("third"),
        id_of("fourth"),
    }


def test_a_first_release_is_taken_over_where_files_have_one_name_only(
    connection, tmp_path, monkeypatch
):
    """`builds` is on another disk, or the file is another user's: it is copied."""
    publish_as(connection, tmp_path, "old")
    in_the_layout_of_the_first_release(tmp_path)
    old = (tmp_path / "cards.duckdb").read_bytes()

    def refuse(source, target):
        raise OSError(18, "Invalid cross-device link", str(source))

    monkeypatch.setattr(os, "link", refuse)
    publish_as(connection, tmp_path, "new")
    assert published_in(tmp_path)[0] == {id_of("new")}
    assert (tmp_path / "builds" / id_of("old") / "cards.duckdb").read_bytes() == old
    assert not list((tmp_path / "builds").rglob(".next"))
