"""A build is left out only when nothing that it depends on changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import duckdb
import pytest
from workspaces import PROJECT

from card_segments.cli import freshness
from card_segments.publishing import Build, publish

FOLDER = "{input_dir: data}"


def run_of_dbt(publishes=True, build_id=None):
    """What a dbt run leaves in the project: its results and, if it was complete, a publication."""
    build_id = build_id or str(uuid4())
    if publishes:
        with duckdb.connect() as connection:
            connection.execute("create table numbers as select 1 as n")
            build = Build(build_id, "2026-01-01 00:00:00", "1.0")
            tables = {"numbers": "aggregate"}
            folder = Path("published")
            publish(connection, "main", tables, folder, build, lambda database, page: page.touch())
    Path("warehouse").mkdir(exist_ok=True)
    duckdb.connect("warehouse/dev.duckdb").close()
    Path("target").mkdir(exist_ok=True)
    Path("target/run_results.json").write_text(
        json.dumps({"metadata": {"invocation_id": build_id}})
    )


def rebuild(capsys, variables=FOLDER, build=run_of_dbt):
    """The steps of `make rebuild`."""
    assert freshness.main(["fingerprint", "--vars", variables]) == 0
    before = capsys.readouterr().out.strip()
    build()
    arguments = ["record", "--vars", variables, "--fingerprint", before]
    assert freshness.main(arguments) == 0


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """A small project that has just published."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "one.sql").write_text("select 1")
    (tmp_path / "tests").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "customers.csv").write_text("a,b\n1,2\n")
    (tmp_path / "dbt_project.yml").write_text(
        "model-paths: [models]\ntest-paths: [tests]\nasset-paths: [assets]\n"
        "vars:\n  published_dir: published\n  enabled_inputs: [customers, spends]\n"
    )
    monkeypatch.chdir(tmp_path)
    for name in (*freshness.ENVIRONMENT, "DBT_TARGET_PATH"):
        monkeypatch.delenv(name, raising=False)
    rebuild(capsys)
    return tmp_path


def is_fresh(variables=FOLDER):
    return freshness.main(["check", "--vars", variables]) == 0


def test_nothing_changed(project):
    assert is_fresh()


@pytest.mark.parametrize("variables", ["{}", "{input_dir: data, refit: always}"])
def test_other_variables(project, variables):
    assert not is_fresh(variables)


def test_a_table_may_have_changed(project, capsys):
    """Nothing outside a database says when its rows did."""
    variables = "{input_dir: data, input_relations: {spends: bank.spends}}"
    rebuild(capsys, variables)
    assert not is_fresh(variables)


@pytest.mark.parametrize("name", freshness.ENVIRONMENT)
def test_another_target_or_option(project, monkeypatch, name):
    """`make rebuild DBT_OPTIONS='--vars ...'` builds something else than `make build` does."""
    monkeypatch.setenv(name, "other")
    shutil.copy("warehouse/dev.duckdb", "other")
    shutil.copy("warehouse/dev.duckdb", "warehouse/other.duckdb")
    assert not is_fresh()


@pytest.mark.parametrize(
    "name",
    ["models/one.sql", "assets/new.svg", "tests/new.sql", "profiles.yml", "card_segments/a.py"],
)
def test_a_changed_source(project, name):
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("select 2 as two")
    assert not is_fresh()


def test_what_dbt_does_not_read(project):
    (project / "tests" / "test_something.py").touch()
    (project / "models" / "__pycache__").mkdir()
    (project / "models" / "__pycache__" / "one.pyc").touch()
    assert is_fresh()


def test_every_folder_of_the_project_is_a_source(monkeypatch):
    monkeypatch.chdir(PROJECT)
    found = {Path(path).parts[0] for path in freshness.source_files(freshness.dbt_variables("{}"))}
    built = ["analyses", "assets", "card_segments", "macros", "models", "python_models", "seeds"]
    assert found.issuperset([*built, "snapshots", "tests", "dbt_project.yml", "profiles.yml"])


def test_a_changed_input(project):
    (project / "data" / "customers.csv").write_text("a,b\n1,2\n3,4\n")
    assert not is_fresh()


@pytest.mark.parametrize(
    ("named", "new"),
    [
        ("data/*.csv", "data/more.csv"),
        ("[data/customers.csv, 'other/spends [1].csv']", "other/spends [1].csv"),
        ("data [1].csv", "data [1].csv"),
        ("~/home.csv", "home.csv"),
        ("~/linked/*.csv", "elsewhere/2026-02.csv"),
    ],
)
def test_a_named_input_that_changed(project, capsys, monkeypatch, named, new):
    monkeypatch.setenv("HOME", str(project))
    (project / "elsewhere").mkdir()
    (project / "other").mkdir()
    (project / "linked").symlink_to("elsewhere")
    quoted = named if named.startswith("[") else f"'{named}'"
    variables = f"{{inputs: {{customers: {quoted}}}}}"
    (project / new).write_text("a,b\n")
    rebuild(capsys, variables)
    assert is_fresh(variables)
    (project / new).write_text("a,b\n5,6\n")
    assert not is_fresh(variables)


@pytest.mark.parametrize("folder", ["data", "~/data"])
def test_a_new_month_in_a_linked_folder(project, capsys, monkeypatch, folder):
    monkeypatch.setenv("HOME", str(project))
    (project / "months").mkdir()
    (project / "months" / "2026-01.csv").touch()
    (project / "data" / "Spends").symlink_to("../months")
    variables = f"{{input_dir: '{folder}'}}"
    rebuild(capsys, variables)
    assert is_fresh(variables)
    (project / "months" / "2026-02.csv").touch()
    assert not is_fresh(variables)


@pytest.mark.parametrize(
    "variables",
    ["{inputs: {customers: 5}}", "{inputs: words}", "{enabled_inputs: 5}", "{5: a, b: c}"],
)
def test_variables_that_no_build_accepts(project, capsys, variables):
    rebuild(capsys, variables, lambda: run_of_dbt(publishes=False))
    assert not is_fresh(variables)


# What is recorded


def test_a_build_that_did_not_publish_is_not_recorded(project, capsys):
    """As with `make rebuild DBT_OPTIONS='--select one'`, which ends well."""
    (project / "models" / "one.sql").write_text("select 2 as two")
    rebuild(capsys, build=lambda: run_of_dbt(publishes=False))
    assert not is_fresh()
    # nor while somebody else publishes
    rebuild(capsys, build=lambda: (run_of_dbt(), run_of_dbt(publishes=False)))
    assert not is_fresh()


def test_what_is_edited_during_a_build_is_for_the_next(project, capsys):
    rebuild(capsys, build=lambda: (run_of_dbt(), (project / "models" / "one.sql").write_text("x")))
    assert not is_fresh()
    rebuild(capsys)
    assert is_fresh()


def test_another_publication(project):
    run_of_dbt()
    assert not is_fresh()


# What is published is there


@pytest.mark.parametrize(
    "name",
    [
        "current",
        *("cards.duckdb", "shared.duckdb", "parquet", "report.html", "manifest.json"),
        *("current/cards.duckdb", "current/shared.duckdb", "current/report.html"),
        *("current/manifest.json", "parquet/numbers.parquet", "parquet/publication.parquet"),
        *("builds", "../warehouse/dev.duckdb"),
    ],
)
def test_something_deleted(project, name):
    path = project / "published" / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    assert not is_fresh()


def test_a_page_that_is_not_wanted_may_be_absent(project, capsys):
    variables = "{input_dir: data, write_report: false}"
    (project / "published" / "report.html").unlink()
    rebuild(capsys, variables, lambda: (run_of_dbt(), (project / "published/report.html").unlink()))
    assert is_fresh(variables)


@pytest.mark.parametrize(
    "content", ["", '{"build_id": "one', "[]", '"text"', "{}", '{"tables": 5}']
)
@pytest.mark.parametrize("name", ["published/manifest.json", "target/last_publication.json"])
def test_a_truncated_or_foreign_file(project, name, content):
    (project / name).write_text(content)
    assert not is_fresh()


def test_a_damaged_database(project):
    os.truncate(project / "published" / "cards.duckdb", 5000)
    assert not is_fresh()


def test_variables_that_are_no_mapping(project, capsys):
    assert freshness.main(["check", "--vars", "just words"]) == 1
    assert "VARS is not a YAML mapping: just words" in capsys.readouterr().err


# As make runs it

# In place of dbt: publishes unless something is selected.
DBT = """\
#!{python}
import sys
import test_freshness
if "run-operation" not in sys.argv:
    test_freshness.run_of_dbt(publishes="--select" not in sys.argv)
    print("built")
"""


def test_make_builds_what_is_not_published(project):
    (project / "Makefile").symlink_to(PROJECT / "Makefile")
    (project / "bin").mkdir()
    (project / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (project / "bin" / "dbt").write_text(DBT.format(python=sys.executable))
    for program in (project / "bin").iterdir():
        program.chmod(0o755)
    for marker in (".runtime-installed", "requirements/runtime.lock"):
        (project / marker).parent.mkdir(exist_ok=True)
        (project / marker).touch()
    os.utime(project / "requirements" / "runtime.lock", (0, 0))

    def has_built(*arguments):
        run = subprocess.run(
            ["make", "VENV=.", *arguments],
            env={**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests' / 'python'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return "built" in run.stdout

    assert has_built("build")
    assert not has_built("build")
    (project / "models" / "one.sql").write_text("select 2 as two")
    assert has_built("rebuild", "DBT_OPTIONS=--select one")
    assert has_built("build")
    assert not has_built("build")
