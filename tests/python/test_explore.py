"""`make explore`: three questions answered, then a prompt that only reads."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import duckdb
import pytest
from workspaces import PROJECT, environment_for_make

SHELL = Path(sys.executable).parent / "duckdb"
QUESTIONS = ("1. Which segments", "2. What comes first", "3. How many claims")


def command(database):
    return [str(SHELL), "-readonly", "-no-init", "-cmd", ".read docs/explore.sql", str(database)]


def explore(database, typed=""):
    """What the shell prints for somebody who types, without a terminal."""
    return subprocess.run(
        command(database),
        cwd=PROJECT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_questions_are_answered_from_the_published_tables(sample_build):
    run = explore(sample_build.published / "cards.duckdb")
    assert run.returncode == 0 and run.stderr == ""
    places = [run.stdout.index(question) for question in QUESTIONS]
    assert places == sorted(places)
    names = sample_build.query_published(
        "select segment_name, action from segments inner join "
        "segment_recommendations using (segmentation, segment_key, segment_name) where priority = 1"
    )
    for name, action in names.itertuples(index=False):
        assert name in run.stdout and action in run.stdout
    for verdict in sample_build.query_published("select distinct verdict from tested_claims")[
        "verdict"
    ]:
        assert verdict in run.stdout
    assert ".tables" in run.stdout and "describe segments;" in run.stdout


def test_beginnings_that_it_names_work_and_nothing_can_be_written(sample_build):
    database = sample_build.published / "cards.duckdb"
    run = explore(
        database,
        ".tables\nfrom published_tables;\ndescribe segments;\nfrom segment_profiles limit 5;\n",
    )
    assert run.stderr == "" and "segment_recommendations" in run.stdout
    assert "read-only" in explore(database, "drop table segments;\n").stderr


def test_questions_need_only_tables_that_are_always_there(sample_build, tmp_path):
    """Of every table that some input feeds, nothing is asked; and empty ones do no harm."""
    macro = (PROJECT / "macros" / "publication" / "published_tables.sql").read_text()
    database = tmp_path / "empty.duckdb"
    published = sample_build.published / "cards.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"attach '{published}' as cards (read_only)")
        for (table,) in connection.sql(
            "select table_name from duckdb_tables() where database_name = 'cards'"
        ).fetchall():
            if f"'{table}': []" in macro or table in ("published_tables", "publication"):
                connection.execute(f'create table "{table}" as from cards."{table}" limit 0')
    run = explore(database)
    assert run.returncode == 0 and run.stderr == ""
    assert all(question in run.stdout for question in QUESTIONS)


def test_on_a_terminal_one_can_ask_and_leave(sample_build):
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(PROJECT)
        os.environ["TERM"] = "xterm"
        os.execv(SHELL, command(sample_build.published / "cards.duckdb"))
    termios.tcsetwinsize(terminal, (40, 100))
    to_type = [b"select 6 * 7 as answer, count(*) as n from segments;\r", b".quit\r"]
    shown, answered, end = b"", 0, time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.5)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:
                    break
                # The shell asks the terminal what it is, and waits for its answer.
                if shown.count(b"\x1b[c") > answered:
                    os.write(terminal, b"\x1b[?1;2c")
                    answered += 1
            elif to_type and b"cards>" in shown:
                os.write(terminal, to_type.pop(0))
        else:
            os.kill(process, signal.SIGKILL)
    finally:
        os.close(terminal)
    text = shown.decode(errors="replace")
    _, status = os.waitpid(process, 0)
    assert not to_type and os.waitstatus_to_exitcode(status) == 0
    assert all(question in text for question in QUESTIONS)
    assert "answer" in text and "42" in text


@pytest.fixture
def make(tmp_path):
    """Runs make with the environment of this Python in place of the project's own."""
    environment = environment_for_make(tmp_path / "environment")

    def run(*arguments):
        return subprocess.run(
            ["make", f"VENV={environment}", *arguments],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_make_explore_opens_what_is_published_elsewhere(make, sample_build, tmp_path):
    elsewhere = tmp_path / "the bank's tables"
    elsewhere.symlink_to(sample_build.published)
    run = make("explore", f'VARS={{published_dir: "{elsewhere}"}}')
    assert run.returncode == 0, run.stderr
    assert all(question in run.stdout for question in QUESTIONS)


def test_make_explore_builds_first_when_nothing_is_published(make, tmp_path):
    (tmp_path / "file").touch()
    run = make("explore", f"VARS={{published_dir: {tmp_path}/file/published}}")
    said = (
        f"Nothing is published in {tmp_path}/file/published/cards.duckdb yet, so this builds first"
    )
    assert run.stdout.strip() == said
    # The build cannot publish there, and the shell is not opened on nothing.
    assert run.returncode != 0 and "has to be a folder" in run.stderr
