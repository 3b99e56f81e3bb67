"""Every bad or odd file is loaded and accounted for, or refused in one sentence.

`HOSTILE_FILES=all` loads every case of `hostile_files.py`; otherwise each group sends a spread.
"""

import os
import re
import warnings

import pytest
from case_loading import FOREIGN_WORDS, FRAME, Loader, problems
from hostile_files import PICTURE, TEXT, all_cases, gzipped
from workspaces import Workspace

CASES = all_cases()
SPREAD = 60
# The smallest complete build: no segmentation is fitted.
SMALL = {"enabled_inputs": ["customers"]}


def chosen():
    if os.environ.get("HOSTILE_FILES") == "all":
        return CASES
    # every n-th: the cases stand by group, so each group sends some
    return CASES[:: len(CASES) // SPREAD]


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    before = os.environ.get("CARD_SEGMENTS_WAREHOUSE")
    with warnings.catch_warnings():
        # dbt in this process has some that are not ours
        warnings.simplefilter("ignore")
        yield Loader(tmp_path_factory.mktemp("hostile"))
    if before is None:
        del os.environ["CARD_SEGMENTS_WAREHOUSE"]
    else:
        os.environ["CARD_SEGMENTS_WAREHOUSE"] = before


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", chosen(), ids=lambda case: case.name[:80])
def test_a_hostile_file_is_accounted_for_or_refused(loader, case):
    outcome = loader.load(case)
    assert not problems(case, outcome), outcome.sentence


def test_there_are_enough_cases():
    assert len(CASES) >= 250
    assert {case.ending for case in CASES} == {"loaded", "refused", "either"}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A workspace in which a complete build of one input has published."""
    workspace = Workspace(tmp_path_factory.mktemp("published"))
    # those of this smallest build run in test_publication.py
    workspace.has_unit_tests = False
    good = workspace.folder / "good.csv"
    good.write_text(TEXT, encoding="utf-8")
    run = workspace.dbt("build", **SMALL, inputs={"customers": str(good)})
    assert run.succeeded, run.output
    assert workspace.published_files()
    return workspace


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", PICTURE),
        ("cut.csv.gz", gzipped(TEXT)[:-200]),
        ("every_row_rejected.csv", TEXT.replace(",", ";").replace(";", ",", 6).encode()),
        ("damaged.parquet", b"PAR1" + bytes(5000) + b"PAR1"),
    ],
)
def test_a_refused_file_leaves_the_published_files_alone(published, tmp_path, file_name, content):
    before = published.published_files()
    (tmp_path / file_name).write_bytes(content)
    run = published.dbt("build", **SMALL, inputs={"customers": str(tmp_path / file_name)})
    assert not run.succeeded
    assert published.published_files() == before
    lines = re.sub(r"\x1b\[[0-9;]*m", "", run.output).splitlines()
    said = [line for line in lines if not FRAME.search(line)]
    assert file_name in "".join(said)
    assert not FOREIGN_WORDS.search("\n".join(said)), run.output


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
