"""What would stop a target of the Makefile is said in one sentence with the next step."""

import contextlib
import json
import os
import re
import subprocess
import sys

import duckdb
import pytest
from workspaces import PROJECT

from card_segments.cli import preflight

# The smallest thing that dbt does in a warehouse.
SMALLEST = ("run", "--select", "metricflow_time_spine")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project."""
    (tmp_path / "dbt_project.yml").write_text("vars: {published_dir: published, input_dir: null}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CARD_SEGMENTS_WAREHOUSE", raising=False)
    return tmp_path


def refusal(capsys, *arguments):
    """The sentence that a check ends with."""
    assert preflight.main(list(arguments)) == 1
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1 and "Traceback" not in sentence
    return sentence


@contextlib.contextmanager
def held_by_another(warehouse):
    """A process that has the warehouse open."""
    program = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.stdin.close()


def test_a_project_that_can_be_built(project, capsys):
    assert preflight.main(["build"]) == 0
    assert capsys.readouterr() == ("", "")
    # It only looks.
    assert [one.name for one in project.iterdir()] == ["dbt_project.yml"]


@pytest.mark.parametrize("action", ["build", "variables", "database"])
def test_variables_that_dbt_would_run(project, capsys, action):
    sentence = refusal(capsys, action, "--vars", "{published_dir: '/srv/{{ 7 * 7 }}'}")
    assert "The variable published_dir holds {{, {% or {#, which dbt would run as Jinja" in sentence


@pytest.mark.parametrize("text", ["just words", "{a: [", "[1, 2]", "{a:1"])
@pytest.mark.parametrize("action", ["build", "variables", "database"])
def test_variables_that_are_no_mapping(project, capsys, text, action):
    sentence = refusal(capsys, action, "--vars", text)
    assert f"VARS is not a YAML mapping: {text}." in sentence
    assert "such as VARS='{input_dir: /data/cards}'" in sentence


def test_a_warehouse_in_use(project, capsys):
    """Another process holds the lock, as a second build would."""
    (project / "warehouse").mkdir()
    with held_by_another(project / "warehouse" / "dev.duckdb") as other:
        sentence = refusal(capsys, "build")
    assert f"process {other.pid})" in sentence
    assert "wait until it has ended" in sentence
    assert preflight.main(["build"]) == 0


def test_a_warehouse_that_is_no_database(project, capsys):
    (project / "warehouse").mkdir()
    (project / "warehouse" / "dev.duckdb").write_text("no database" * 1000)
    assert "delete it and build again" in refusal(capsys, "build")


def test_the_warehouse_of_the_first_release(project, capsys):
    """It has another name and the history of members, which would begin anew."""
    (project / "warehouse").mkdir()
    former = project / "warehouse" / "build.duckdb"
    duckdb.connect(str(former)).close()
    sentence = refusal(capsys, "build")
    assert "keep it (mv warehouse/build.duckdb warehouse/dev.duckdb)" in sentence
    former.rename(former.with_name("dev.duckdb"))
    assert preflight.main(["build"]) == 0


@pytest.mark.parametrize("folder", ["''", "", "~", "5"])
def test_a_published_folder_that_is_none(project, capsys, folder):
    for action in ("build", "database"):
        sentence = refusal(capsys, action, "--vars", f"{{published_dir: {folder}}}")
        assert "has to name the folder of the published files" in sentence


def test_a_file_where_a_folder_has_to_be(project, capsys):
    (project / "somewhere").touch()
    sentence = refusal(capsys, "build", "--vars", "{published_dir: somewhere/published}")
    assert "somewhere is a file: move it away" in sentence


def test_plain_dbt_makes_the_folder_of_the_warehouse(workspace):
    workspace.warehouse = workspace.folder / "not" / "there" / "build.duckdb"
    run = workspace.dbt(*SMALLEST)
    assert run.succeeded, run.output
    assert workspace.warehouse.is_file()


def test_plain_dbt_says_who_has_the_warehouse(workspace):
    """In a sentence, where DuckDB's error ended in a stack trace."""
    with held_by_another(workspace.warehouse) as other:
        run = workspace.dbt(*SMALLEST)
        assert f"process {other.pid}), probably another build: wait until it has ended" in run.text
    assert not run.succeeded and "Traceback" not in run.output


def test_plain_dbt_says_that_the_folder_cannot_be_made(workspace):
    (workspace.folder / "file").touch()
    workspace.warehouse = workspace.folder / "file" / "build.duckdb"
    run = workspace.dbt(*SMALLEST)
    assert not run.succeeded and "Traceback" not in run.output
    assert f"The folder {workspace.folder}/file of the warehouse cannot be made" in run.text
    assert "name another file in CARD_SEGMENTS_WAREHOUSE" in run.text


@pytest.mark.parametrize("folder", ["target", "warehouse", "published"])
def test_a_folder_without_permission(project, capsys, monkeypatch, folder):
    # Whoever runs the tests may be allowed everything, so the answer is the system's in name only.
    (project / folder).mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != folder)
    sentence = refusal(capsys, "build")
    assert f"There is no permission to write to {project / folder}" in sentence or (
        f"There is no permission to write to {folder}:" in sentence
    )


def test_a_full_disk_is_named_after_a_build_that_failed(project, capsys):
    """The lines are those of a build into a file system of 60 MB."""
    (project / "logs").mkdir()
    log = project / "logs" / "dbt.log"
    full = (
        "FATAL Error: Failed to create checkpoint because of error: Could not write file "
        '"/small/build.duckdb": No space left on device\n'
    )
    log.write_text(f"Running with dbt=1.11.16\n{full}")
    sentence = refusal(capsys, "failed")
    assert sentence.startswith("The disk of /small/build.duckdb is full: make room on it")
    log.write_text(full)
    assert refusal(capsys, "failed") == sentence
    # A later run that failed of something else.
    log.write_text(log.read_text() + "Running with dbt=1.11.16\nRuntime Error\n")
    assert preflight.main(["failed"]) == 1
    assert capsys.readouterr().err == ""


def test_the_published_file_is_where_the_variables_say(project, capsys):
    assert preflight.main(["database"]) == 0
    assert preflight.main(["database", "--vars", "{published_dir: /elsewhere}"]) == 0
    assert capsys.readouterr().out == "published/cards.duckdb\n/elsewhere/cards.duckdb\n"


def test_the_folder_of_inputs_is_laid_over_the_variables(project, capsys):
    (project / "cards").mkdir()
    arguments = ["variables", "--dir", "cards", "--vars", "{enabled_inputs: [customers]}"]
    assert preflight.main(arguments) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"enabled_inputs": ["customers"], "input_dir": "cards"} and err == ""


def test_no_folder_of_inputs_means_the_bundled_sample(project, capsys):
    assert preflight.main(["variables"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {}
    assert err.startswith("No DIR was given, so this looks at the bundled sample")
    assert preflight.main(["variables", "--vars", "{inputs: {card_usage: usage.csv}}"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "arguments", [["--dir", "nowhere"], ["--vars", "{input_dir: nowhere}"]], ids=["dir", "vars"]
)
def test_a_folder_of_inputs_that_is_not_there(project, capsys, arguments):
    sentence = refusal(capsys, "variables", *arguments)
    assert "There is no folder nowhere: name the one with your files" in sentence


def make(*arguments, **environment):
    return subprocess.run(
        ["make", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_names_every_target_and_setting():
    run = make("help")
    text = (PROJECT / "Makefile").read_text()
    declared = re.search(r"^\.PHONY: (.*)", text.replace("\\\n", ""), re.MULTILINE)[1].split()
    assert len(declared) > 20
    assert [name for name in declared if f"  make {name} " not in run.stdout] == []
    for setting in ("VARS=", "DIR=", "PYTHON=", "DBT_OPTIONS="):
        assert setting in run.stdout


def test_cleaning_keeps_what_no_build_can_make_again(tmp_path):
    """The history of members, in the warehouse, and the keys of segments, in what is published."""
    kept = ["warehouse/dev.duckdb", "warehouse/dev.duckdb.wal", "published/cards.duckdb"]
    removed = ["target/manifest.json", "logs/dbt.log", "environment/bin/python"]
    for name in kept + removed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    run = make(
        "clean", f"--file={PROJECT / 'Makefile'}", f"--directory={tmp_path}", "VENV=environment"
    )
    assert run.returncode == 0, run.stderr
    assert [name for name in kept + removed if (tmp_path / name).exists()] == kept


def test_a_python_that_is_too_old_or_missing(tmp_path):
    for python in ("false", "no-such-python"):
        run = make("setup", f"VENV={tmp_path / 'environment'}", f"PYTHON={python}")
        first = run.stderr.splitlines()[0]
        assert first.startswith("Python 3.11 or newer is needed") and "PYTHON=python3.12" in first
        assert not (tmp_path / "environment").exists()


def test_an_index_that_cannot_be_reached(tmp_path):
    """The packages are looked for in a folder that has none, as without a network."""
    environment = tmp_path / "environment"
    run = make(
        "setup",
        f"VENV={environment}",
        f"PYTHON={sys.executable}",
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(tmp_path),
    )
    said = run.stderr.splitlines()
    assert said[0].startswith("ERROR: ") and said[1].startswith("Installing failed. Check that")
    assert len(said) == 3 and said[2].startswith("make: ***")
    assert not (environment / ".runtime-installed").exists()
