"""Only a complete, green build publishes; everything else leaves the published files whole."""

import os
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from case_loading import FOREIGN_WORDS, FRAME
from hostile_files import PICTURE, TEXT, gzipped
from workspaces import PROJECT, Workspace, copy_project

from card_segments.publishing import Build, PublishingError, publish

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
            pytest.param(*file, marks=pytest.mark.slow)
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


def test_an_unwritable_folder_ends_in_one_sentence(published_once, tmp_path):
    blocked = tmp_path / "a_file"
    blocked.write_text("not a folder")
    run = published_once.dbt("build", **SMALL, published_dir=str(blocked / "published"))
    assert not run.succeeded
    assert "The publication could not be written to" in run.text
    assert "What was published before is unchanged." in run.text
    assert "Traceback" not in run.output


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
    assert "accept_changes: true" in run.text
    assert_unchanged(published_once, before)

    run = published_once.dbt("build", **variables, accept_changes=True)
    assert run.succeeded, run.output
    assert published_once.published_files() != before


# The publication step by itself


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        connection.execute("create schema published")
        connection.execute("create table published.numbers as select range as n from range(1000)")
        connection.execute("create table published.words as select 'a' as word")
        connection.execute("comment on table published.words is 'Words, isn''t it'")
        connection.execute("comment on column published.numbers.n is 'A number'")
        yield connection


def publish_as(connection, folder, build_id, write_report=None):
    build = Build(build_id, "2026-01-01 00:00:00", "1.0")
    kinds = {"numbers": "aggregate", "words": "customer"}
    return publish(connection, "published", kinds, folder, build, write_report)


def count_words(database, page):
    """A report: how many words the new file has."""
    with duckdb.connect(str(database), read_only=True) as reader:
        page.write_text(str(reader.sql("select count(*) from words").fetchone()[0]))


def test_the_same_tables_make_the_same_bytes(connection, tmp_path):
    first = publish_as(connection, tmp_path / "first", "build")
    second = publish_as(connection, tmp_path / "second", "build")
    assert first.read_bytes() == second.read_bytes()


def test_comments_are_kept(connection, tmp_path):
    database = publish_as(connection, tmp_path, "build")
    with duckdb.connect(str(database), read_only=True) as reader:
        comments = reader.sql("select comment from duckdb_tables() where table_name = 'words'")
        assert comments.fetchall() == [("Words, isn't it",)]


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
        build = Build("other", "2026-01-01 00:00:00", "1.0")
        publish(connection, "published", kinds, tmp_path, build)
        assert "words" not in tables_of(tmp_path / "shared.duckdb")
        assert "words" in tables_of(cards)


def test_the_report_is_written_from_the_tables_it_comes_with(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    connection.execute("insert into published.words values ('b')")
    publish_as(connection, tmp_path, "new", count_words)
    assert (tmp_path / "report.html").read_text() == "2"


def test_a_report_that_fails_keeps_the_old_publication(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    database, page = tmp_path / "cards.duckdb", tmp_path / "report.html"
    before = database.read_bytes(), page.read_bytes(), (tmp_path / "parquet").resolve()

    def fail(database, page):
        raise KeyError("segments")

    connection.execute("insert into published.words values ('b')")
    with pytest.raises(PublishingError, match=r"KeyError: 'segments'.*write_report to false"):
        publish_as(connection, tmp_path, "new", fail)
    assert before == (database.read_bytes(), page.read_bytes(), (tmp_path / "parquet").resolve())


def test_no_report_stays_of_another_publication(connection, tmp_path):
    publish_as(connection, tmp_path, "old", count_words)
    publish_as(connection, tmp_path, "new")
    assert not (tmp_path / "report.html").exists()


@pytest.mark.skipif(os.name != "posix", reason="this platform has no file modes")
def test_only_the_owner_and_the_group_read(connection, tmp_path):
    """Whatever the process's own mask allows, and in a folder that was open to everyone."""
    folder = tmp_path / "published"
    folder.mkdir(mode=0o777)
    mask = os.umask(0)
    try:
        publish_as(connection, folder, "first", count_words)
        publish_as(connection, folder, "second", count_words)
    finally:
        os.umask(mask)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            assert mode == (0o750 if path.is_dir() else 0o640), f"{path} {mode:o}"


def test_files_are_in_the_format_that_old_clients_open(connection, tmp_path):
    database = publish_as(connection, tmp_path, "build")
    with duckdb.connect(str(database), read_only=True) as reader:
        tags = reader.sql("select tags from duckdb_databases() where not internal").fetchone()[0]
    assert tags["storage_version"].startswith("v1.0.0")


@pytest.mark.parametrize("failing_call", [1, 2, 3, 4])
def test_a_failure_while_switching_leaves_a_whole_database(
    connection, tmp_path, monkeypatch, failing_call
):
    publish_as(connection, tmp_path, "old")
    before = (tmp_path / "cards.duckdb").read_bytes()
    connection.execute("insert into published.words values ('b')")
    replace, calls = os.replace, []

    def failing_replace(source, target):
        calls.append(target)
        if len(calls) == failing_call:
            raise OSError(28, "No space left on device", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing_replace)
    with pytest.raises(PublishingError, match=r"No space left on device.*unchanged"):
        publish_as(connection, tmp_path, "new")
    assert (tmp_path / "cards.duckdb").read_bytes() == before
    # whatever the link points at is one build's complete set
    assert len(list((tmp_path / "parquet" / ".").glob("*.parquet"))) == 3

    monkeypatch.undo()
    publish_as(connection, tmp_path, "new")
    assert (tmp_path / "parquet").resolve().name == "new"


def test_readers_keep_the_file_they_opened(connection, tmp_path):
    publish_as(connection, tmp_path, "old")
    parquet = Path(tmp_path / "parquet").resolve()
    with duckdb.connect(str(tmp_path / "cards.duckdb"), read_only=True) as reader:
        connection.execute("insert into published.words values ('b')")
        publish_as(connection, tmp_path, "new")
        assert reader.sql("select count(*) from words").fetchone() == (1,)
    assert (parquet / "words.parquet").is_file()


def test_only_this_build_and_the_one_before_are_kept(connection, tmp_path):
    for build_id in ("first", "second", "third", "fourth"):
        publish_as(connection, tmp_path, build_id)
    assert {one.name for one in (tmp_path / "builds").iterdir()} == {"third", "fourth"}
