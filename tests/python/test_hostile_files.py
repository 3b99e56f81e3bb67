"""Every bad or odd file is loaded and accounted for, or refused in one sentence.

`make test-exhaustive` loads every case of `hostile_files.py`, `make test-all` an eighth of them,
and `make test` some. They stand by group, so each group has its part.
"""

import pytest
from case_loading import Loader, problems
from hostile_files import all_cases, as_parquet

CASES = all_cases()
PARQUET_CASES = [case for case in CASES if case.ending == "loaded" and case.meant and case.exact]


def marked(cases, fast, usual):
    """The cases; but for `fast` many they are slow, and but for `usual` many exhaustive."""
    for number, case in enumerate(cases):
        marks = []
        if number % (len(cases) // fast):
            marks.append(pytest.mark.slow)
            if number % (len(cases) // usual):
                marks.append(pytest.mark.exhaustive)
        yield pytest.param(case, marks=marks, id=case.name[:80])


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    return Loader(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("case", list(marked(CASES, fast=40, usual=60)))
def test_a_hostile_file_is_accounted_for_or_refused(loader, case):
    outcome = loader.load(case)
    assert not problems(case, outcome), outcome.sentence


@pytest.mark.parametrize("case", list(marked(PARQUET_CASES, fast=10, usual=20)))
def test_the_rows_of_a_hostile_file_are_accounted_for_in_parquet(loader, case):
    """They are read in place there, by other rules for what is clean."""
    case = as_parquet(case)
    outcome = loader.load(case)
    assert not problems(case, outcome), outcome.sentence


def test_there_are_enough_cases():
    assert len(CASES) >= 500
    assert {case.ending for case in CASES} == {"loaded", "refused", "either"}


def test_the_corpus_notices_a_changed_value(loader):
    """The judge is no rubber stamp: a value, a row and a count that are off are all found."""
    case = next(case for case in CASES if case.name == "customers with CRLF")
    outcome = loader.load(case)
    assert not problems(case, outcome)
    city, outcome.rows[5]["city"] = outcome.rows[5]["city"], "Atlantis"
    assert "Atlantis" in problems(case, outcome)[0]
    outcome.rows[5]["city"] = city
    lost = outcome.rows.pop()
    assert "read 200" in problems(case, outcome)[0]
    outcome.rejects["unreadable"] += 1
    assert "did not load" in problems(case, outcome)[0]
    outcome.rejects.clear()
    outcome.rows.append(lost)
    outcome.repairs["city", "blanks_trimmed"] += 1
    assert "repairs" in problems(case, outcome)[0]
