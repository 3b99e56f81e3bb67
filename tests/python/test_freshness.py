"""A build is left out only when nothing that it depends on changed."""

import json
import shutil

import pytest

from card_segments.cli import freshness


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project that has just published."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "one.sql").write_text("select 1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "customers.csv").write_text("a,b\n1,2\n")
    (tmp_path / "dbt_project.yml").write_text("vars:\n  published_dir: published\n")
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "manifest.json").write_text(json.dumps({"build_id": "one"}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(freshness.WAREHOUSE_VARIABLE, raising=False)
    assert freshness.main(["record", "--vars", "{input_dir: data}"]) == 0
    return tmp_path


def is_fresh(variables="{input_dir: data}"):
    return freshness.main(["check", "--vars", variables]) == 0


def test_nothing_changed(project):
    assert is_fresh()


def test_other_variables(project):
    assert not is_fresh("{}")


def test_a_changed_model(project):
    (project / "models" / "one.sql").write_text("select 2 as two")
    assert not is_fresh()


def test_a_changed_input(project):
    (project / "data" / "customers.csv").write_text("a,b\n1,2\n3,4\n")
    assert not is_fresh()


def test_a_named_input_that_changed(project):
    variables = "{inputs: {customers: 'data/*.csv'}}"
    freshness.main(["record", "--vars", variables])
    assert is_fresh(variables)
    (project / "data" / "more.csv").write_text("a,b\n5,6\n")
    assert not is_fresh(variables)


def test_another_publication(project):
    (project / "published" / "manifest.json").write_text(json.dumps({"build_id": "two"}))
    assert not is_fresh()


def test_no_publication(project):
    shutil.rmtree(project / "published")
    assert not is_fresh()


def test_variables_that_are_no_mapping(project, capsys):
    assert freshness.main(["check", "--vars", "just words"]) == 1
    assert "VARS is not a YAML mapping: just words" in capsys.readouterr().err
