"""What docs/operations.md tells whoever runs the build on a schedule."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.cli import params
from workspaces import PROJECT

PAGE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def targets_of_make():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))


def test_every_make_target_exists(targets_of_make):
    named = set(re.findall(r"(?:^|`|run: |\")make ([a-z][a-z0-9-]+)", PAGE, re.MULTILINE))
    assert {"build", "publish-postgres", "check-inputs", "test-all"} <= named <= targets_of_make


def test_the_dag_builds_before_it_copies(targets_of_make):
    """Parsed, for Airflow is no part of the tests."""
    (code,) = blocks("python")
    operators = {
        call.keywords[0].value.value: {one.arg: one.value for one in call.keywords}
        for call in ast.walk(ast.parse(code))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "BashOperator"
    }
    assert list(operators) == ["build", "copy_to_postgres"]
    for settings in operators.values():
        target = re.match(r"make ([a-z-]+) ", settings["bash_command"].values[0].value)[1]
        assert target in targets_of_make
    environment = ast.literal_eval(operators["build"]["env"])
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    assert environment["DBT_TARGET"] in profiles["card_segments"]["outputs"]
    assert "build >> copy_to_postgres" in code and "max_active_runs=1" in code


def test_the_variables_in_commands_are_those_of_the_project():
    known = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    given = [yaml.safe_load(one) for one in re.findall(r"VARS='(\{.*?\})'", PAGE)]
    assert given and all(set(one) <= set(known) for one in given)
    assert "`accept_changes: [rows_dropped]`" in PAGE and "accept_changes" in known


def test_ci_runs_what_exists(targets_of_make):
    (text,) = blocks("yaml")
    job = yaml.safe_load(text)["jobs"]["test"]
    commands = [shlex.split(step["run"]) for step in job["steps"] if "run" in step]
    assert commands and all(
        program == "make" and target in targets_of_make for program, target in commands
    )


def test_every_environment_variable_is_read_by_something():
    table = PAGE.split("## Environment variables")[1].split("## ")[0]
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    files = [*(PROJECT / "card_segments").rglob("*.py"), PROJECT / "profiles.yml"]
    ours = "".join(one.read_text(encoding="utf-8") for one in files)
    dbt = Path(params.__file__).read_text(encoding="utf-8")
    assert len(named) >= 6
    for one in named:
        assert f'"{one}"' in dbt or f'"{one}"' in ours or f"'{one}'" in ours, one


def test_a_build_keeps_to_the_memory_it_is_given(tmp_path):
    spill = tmp_path / "spill"
    given = {"MEMORY": "1GiB", "SPILL": str(spill), "THREADS": "3"}
    question = (
        "select current_setting('memory_limit') as memory, "
        "current_setting('temp_directory') as spill"
    )
    run = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "show", "--inline", question, "--output", "json"]
        + ["--target-path", tmp_path / "target", "--log-path", tmp_path / "logs"],
        cwd=PROJECT,
        env={
            **os.environ,
            "CARD_SEGMENTS_WAREHOUSE": str(tmp_path / "warehouse.duckdb"),
            **{f"CARD_SEGMENTS_{name}": value for name, value in given.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(run.stdout[run.stdout.index("{") :])["show"] == [
        {"memory": "1.0 GiB", "spill": str(spill)}
    ], run.stdout
    assert "Concurrency: 3 threads" in run.stdout


def test_the_alert_speaks_of_publications_that_are_old():
    """Its SQL on a table with the column of the published one."""
    (statement,) = blocks("sql")
    for age, is_too_old in (("1 hour", False), ("3 days", True)):
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'Asia/Kolkata'")
            connection.execute(
                "create table publication as select (now() at time zone 'UTC') - "
                f"interval {age} as published_at"
            )
            assert connection.execute(statement).fetchone() == (is_too_old,)


@pytest.mark.parametrize("code", [1, 2])
def test_make_names_the_exit_code_of_dbt(tmp_path, code):
    """With a dbt that ends in this code at once."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (
        ("dbt", f"exit {code}"),
        ("python", f'exec {shlex.quote(sys.executable)} "$@"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    (tmp_path / ".runtime-installed").touch()
    run = subprocess.run(
        ["make", "rebuild", f"VENV={tmp_path}"],
        cwd=PROJECT,
        env={**os.environ, "CARD_SEGMENTS_WAREHOUSE": ":memory:"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 2
    assert re.search(rf"^make: .*Error {code}$", run.stderr, re.MULTILINE), run.stderr
    # what make says is no part of dbt's log
    assert run.stdout == ""
    assert "Building" in run.stderr


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_fit_speaks_in_the_log_of_dbt(workspace, tmp_path):
    """As JSON where the log is JSON, in the file as well, and not at all where dbt is quiet."""
    rows = (PROJECT / "seeds" / "inputs" / "card_relationships.csv").read_text().splitlines(True)
    (tmp_path / "few.csv").write_text("".join(rows[:61]))
    few = {
        "enabled_inputs": ["card_relationships"],
        "inputs": {"card_relationships": str(tmp_path / "few.csv")},
    }
    fit = ("--select", "+int_segmentations_fitted", "--exclude-resource-type", "test", "unit_test")
    run = workspace.dbt_command("--log-format", "json", "build", *fit, **few)
    assert run.succeeded, run.output
    lines = [json.loads(line)["info"] for line in run.output.splitlines()]
    assert len({line["invocation_id"] for line in lines}) == 1
    said = [line["msg"] for line in lines if line["msg"].startswith("relationship: ")]
    assert "relationship: trying 3 to 6 segments of 60 customers" in said and len(said) > 5
    log = (workspace.folder / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert all(sentence in log for sentence in said)

    quiet = workspace.dbt_command("--quiet", "run", "--select", "int_segmentations_fitted", **few)
    assert quiet.succeeded and quiet.output == ""
