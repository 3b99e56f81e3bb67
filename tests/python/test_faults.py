"""A part of the harness of tests/faults, and the table that a whole run of it writes."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from workspaces import PROJECT, skip_or_fail

PAGE = (PROJECT / "docs" / "guarantees.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_no_fault_breaks_a_promise(tmp_path):
    """A few of each kind, in `make test-exhaustive`; `make test-faults` meets all of them."""
    if shutil.which("strace") is None:
        skip_or_fail("no strace (apt-get install strace)")
    results = tmp_path / "results.json"
    finished = subprocess.run(
        [sys.executable, "tests/faults", "--bounded", "--results", results],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": "tests/python"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    cases = json.loads(results.read_text())["cases"]
    assert sum(case["kills"] for case in cases) >= 15
    assert sum(not case["kills"] for case in cases) >= 20


def test_the_page_shows_a_whole_run_that_broke_nothing():
    """Written by make test-faults, which does not leave anything out."""
    found = re.search(r"\*\*(\d+) kills and (\d+) other faults; (.*?)\*\*", PAGE)
    assert int(found[1]) >= 300 and int(found[2]) >= 60
    assert found[3] == "0 lost, 0 mixed, 0 stuck"
