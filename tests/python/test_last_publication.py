"""What was published last is read as it stands, or the build stops with one sentence."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from uuid import uuid4

import duckdb
import pytest

from card_segments.publishing import Build, PublishingError, publish
from card_segments.publishing.last_publication import (
    IDENTITY,
    LastPublication,
    find_last_publication,
)

VERSION = "0.2.0"
TABLES = {name: "customer" for name in IDENTITY if name != "publication"}


def publish_keys(folder, keys, version=VERSION):
    """Publish a registry of some keys; the id of the build."""
    build = Build(str(uuid4()), "2026-01-01 00:00:00", version)
    with duckdb.connect() as connection:
        for name in TABLES:
            connection.execute(f"create table {name} as select unnest($1) as segment_key", [keys])
        publish(connection, "main", TABLES, folder, build, lambda database, page: page.touch())
    return build.build_id


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "published"
    publish_keys(folder, ["demo_1"])
    return folder


@pytest.fixture
def published(made, tmp_path):
    """A published folder of a test's own."""
    return shutil.copytree(made, tmp_path / "published", symlinks=True)


def keys_in(folder):
    """The keys that a build would take over."""
    with duckdb.connect() as connection:
        last = LastPublication(connection, VERSION).open(str(folder), "a run")
        if not last["tables"]:
            return None
        rows = connection.execute("select segment_key from last_publication.segment_registry")
        return [key for (key,) in rows.fetchall()]


def refusal(folder):
    """The one sentence, or two, that a build stops with."""
    with pytest.raises(PublishingError) as raised:
        find_last_publication(folder, VERSION)
    sentence = str(raised.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def real_file(folder):
    return (folder / "cards.duckdb").resolve()


def test_keys_are_read_from_the_published_database(published):
    """Whatever became of the Parquet files beside it."""
    assert keys_in(published) == ["demo_1"]
    shutil.rmtree((published / "parquet").resolve())
    assert keys_in(published) == ["demo_1"]


def test_a_copy_without_links_is_read(published, tmp_path):
    shutil.copytree(published, tmp_path / "copy")
    assert not (tmp_path / "copy" / "cards.duckdb").is_symlink()
    assert keys_in(tmp_path / "copy") == ["demo_1"]


def test_what_cannot_be_published_over_is_known_at_the_start(published, tmp_path):
    shutil.copytree(published, tmp_path / "copy")
    with duckdb.connect() as connection:
        last = LastPublication(connection, VERSION)
        assert last.open(str(published), "a run")["obstacle"] is None
        assert "is in the way" in last.open(str(tmp_path / "copy"), "a run")["obstacle"]


def test_a_publication_in_the_layout_of_the_first_release_is_read(published, tmp_path):
    folder = tmp_path / "first"
    folder.mkdir()
    shutil.copy(published / "cards.duckdb", folder)
    (folder / "parquet").symlink_to("builds/one")
    assert keys_in(folder) == ["demo_1"]


def test_a_lost_link_for_readers_is_no_loss(published):
    (published / "cards.duckdb").unlink()
    assert keys_in(published) == ["demo_1"]


@pytest.mark.parametrize("name", ["it's", "a?b", "[1]", "two words", "région=EU/dt=2026-11-26"])
def test_a_folder_may_have_any_name(published, tmp_path, name):
    shutil.copytree(published, tmp_path / name, symlinks=True)
    assert keys_in(tmp_path / name) == ["demo_1"]


def cut_to(bytes_kept):
    def cut(folder):
        os.truncate(real_file(folder), bytes_kept)

    return cut


def overwrite(folder):
    """As a disk that fails in the middle of what is written."""
    content = bytearray(real_file(folder).read_bytes())
    place = content.find(b"demo_1")
    content[place : place + 6] = b"demo_2"
    real_file(folder).write_bytes(content)


def replace_by_folder(folder):
    (folder / "cards.duckdb").unlink()
    (folder / "cards.duckdb").mkdir()


def drop_registry(folder):
    with duckdb.connect(str(real_file(folder))) as connection:
        connection.execute("drop table segment_registry")


def replace_by_other_database(folder):
    real_file(folder).unlink()
    with duckdb.connect(str(folder / "current" / "cards.duckdb")) as connection:
        connection.execute("create table publication as select 1 as one")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (cut_to(0), "cannot be read"),
        (cut_to(100), "cannot be read"),
        (cut_to(300_000), "cannot be read"),
        (overwrite, "cannot be read"),
        (lambda folder: real_file(folder).write_text("no database" * 1000), "cannot be read"),
        (replace_by_folder, "cannot be read"),
        (drop_registry, "has no table segment_registry"),
        (replace_by_other_database, "has no table segment_members"),
        (lambda folder: real_file(folder).unlink(), "is missing, although something was published"),
        (lambda folder: (folder / "current").unlink(), "is missing, although"),
        (lambda folder: shutil.rmtree(folder / "builds"), "is missing, although"),
        # as copied by a tool that leaves links out
        (lambda folder: [x.unlink() for x in folder.iterdir() if x.is_symlink()], "is missing"),
    ],
)
def test_what_cannot_be_read_is_no_new_beginning(published, change, what):
    change(published)
    sentence = refusal(published)
    assert sentence.startswith(f"{published / 'cards.duckdb'} {what}")
    assert sentence.endswith(
        f"put {published} back from a backup, or move it away to begin anew, with new keys and "
        "names of segments."
    )


def test_a_database_that_may_not_be_read(published, monkeypatch):
    # whoever runs the tests may be allowed everything, so the answer is the system's in name only
    monkeypatch.setattr(os, "access", lambda path, mode: path != real_file(published))
    assert "cards.duckdb may not be read by this user" in refusal(published)


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "published").touch()
    assert "has to be a folder, and is none: move it away" in refusal(tmp_path / "published")


def test_a_newer_release_is_not_built_on(published, tmp_path):
    publish_keys(tmp_path / "newer", ["demo_1"], version="0.10.0")
    assert refusal(tmp_path / "newer") == (
        f"{tmp_path}/newer/cards.duckdb was published by version 0.10.0 of this project, and this "
        "is version 0.2.0: build with that one or a newer one, or put the folder back from a "
        "backup of before the upgrade."
    )
    assert find_last_publication(published, "0.2.1") == real_file(published)


@contextmanager
def open_for_writing(database):
    program = "import duckdb, sys; a = duckdb.connect(sys.argv[1]); print(); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(database)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_whoever_has_it_open_for_writing_is_named(published):
    with open_for_writing(published / "cards.duckdb") as process:
        assert re.search(
            rf"is open for writing .*process {process.pid}\): close", refusal(published)
        )
    assert keys_in(published) == ["demo_1"]


@pytest.mark.parametrize("others", [(), ("notes.txt", "report.html")])
def test_a_folder_that_nothing_was_published_into(tmp_path, others):
    assert keys_in(tmp_path / "not there") is None
    for name in others:
        (tmp_path / name).touch()
    assert keys_in(tmp_path) is None


def test_a_first_publication_that_was_killed_is_none(published):
    """Its lock says that it was under way; its build and readers' links may be there."""
    (published / "current").unlink()
    (published / ".lock").write_text("somebody is publishing")
    assert keys_in(published) is None


def test_a_run_reads_one_publication_whatever_is_published_meanwhile(tmp_path):
    first = publish_keys(tmp_path, ["demo_1"])
    with duckdb.connect() as connection:
        last = LastPublication(connection, VERSION)
        opened = last.open(str(tmp_path), "a run")
        assert opened["build_id"] == first
        assert opened["tables"]["segment_registry"] == ["segment_key"]
        second = publish_keys(tmp_path, ["demo_1", "demo_2"])
        third = publish_keys(tmp_path, ["demo_1", "demo_2", "demo_3"])
        count = "select count(*) from last_publication.segment_registry"
        assert last.open(str(tmp_path), "a run") == opened
        assert connection.execute(count).fetchone() == (1,)
        assert second != third
        assert last.open(str(tmp_path), "another run")["build_id"] == third
        assert connection.execute(count).fetchone() == (3,)


# In dbt, before anything is built

# The smallest thing that dbt does in a warehouse.
SMALLEST = ("run", "--select", "metricflow_time_spine")


@pytest.mark.slow
def test_a_lost_column_is_no_new_beginning(workspace):
    publish_keys(workspace.published, ["demo_1"])
    run = workspace.dbt("run", "--select", "int_prior_publication__registry")
    assert not run.succeeded
    assert "has no table segment_members with the columns segmentation: put" in run.text


def test_a_run_stops_before_it_builds(workspace):
    publish_keys(workspace.published, ["demo_1"])
    assert workspace.dbt(*SMALLEST).succeeded
    cut_to(300_000)(workspace.published)
    run = workspace.dbt(*SMALLEST)
    assert not run.succeeded and "Traceback" not in run.output
    assert f"{workspace.published}/cards.duckdb cannot be read" in run.text
    assert "metricflow_time_spine" not in run.text


@pytest.mark.parametrize("folder", [None, "", " ", 5])
def test_a_folder_that_is_none_is_refused(workspace, folder):
    run = workspace.dbt(*SMALLEST, published_dir=folder)
    assert not run.succeeded
    assert "but has to name the folder of the published files" in run.text
