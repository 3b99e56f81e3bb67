"""The benchmarks: their inputs, their arithmetic, and the pages written from their record."""

import sys

import duckdb
import pytest
from workspaces import INPUTS, PROJECT

from benchmarks.__main__ import figures, slower_than_recorded
from benchmarks.inputs import write_csv, write_inputs
from benchmarks.pairs import Command, Failed, Measure, in_turn
from benchmarks.results import SCALE_PAGE, read_record, results_page, with_figures

CUSTOMERS = 700


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    write_inputs(CUSTOMERS, folder)
    write_csv(folder)
    return folder


def rows(query):
    return duckdb.sql(query).fetchall()


def python(code, **options):
    return Command([sys.executable, "-c", code], **options)


def test_each_input_has_a_row_for_each_customer(drawn):
    for name in INPUTS:
        ((number,),) = rows(f"select count(*) from '{drawn / name}.parquet'")
        if name == "spends":
            assert 0.95 * 216 * CUSTOMERS < number <= 216 * CUSTOMERS
        else:
            assert number == CUSTOMERS, name


def test_drawn_spends_belong_to_customers_and_have_keys(drawn):
    key = "customer_id, month, category, payment_type"
    assert rows(f"select 1 from '{drawn}/spends.parquet' group by {key} having count(*) > 1") == []
    strangers = f"anti join '{drawn}/customers.parquet' using (customer_id)"
    assert rows(f"select 1 from '{drawn}/spends.parquet' {strangers}") == []


def test_same_inputs_are_drawn_again(drawn, tmp_path):
    write_inputs(CUSTOMERS, tmp_path)
    for name in INPUTS:
        again, before = (f"from '{folder / name}.parquet'" for folder in (tmp_path, drawn))
        assert rows(f"{again} except all {before}") == rows(f"{before} except all {again}") == []


def test_customers_drawn_from_the_same_row_differ(drawn):
    """Copies would make segments of themselves."""
    ((number, incomes),) = rows(
        f"select count(*), count(distinct avg_income) from '{drawn}/customers.parquet'"
    )
    assert incomes > 0.9 * number


def test_one_row_in_a_hundred_is_dirty(drawn):
    clean, dirty = (
        f"from read_csv('{drawn / name}/spends.csv', all_varchar = true)"
        for name in ("clean", "dirty")
    )
    ((number, good),) = rows(f"select count(*), ({clean} select count(*)) {dirty}")
    ((changed,),) = rows(f"select count(*) from ({dirty} except all {clean})")
    assert number == good
    assert changed == pytest.approx(number / 100, abs=1)


def test_process_is_measured_with_its_children():
    """From a small process, as a child's peak begins with what its parent holds."""
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(300_000_000)'])"
    )
    code = (
        "import sys; from benchmarks.pairs import Command, run; "
        f"print(run(Command([sys.executable, '-c', {child!r}])).peak)"
    )
    environment = {"PYTHONPATH": str(PROJECT)}
    assert 300e6 < int(python(code, environment=environment).output()) < 400e6


def test_what_does_not_fit_is_a_finding_and_not_tried_again(tmp_path):
    tries = tmp_path / "tries"
    big = f"open({str(tries)!r}, 'a').write('x'); bytearray(2_000_000_000)"
    commands = {"small": python("pass"), "big": python(big, memory=10**9)}
    measures, died = in_turn(commands, 3)
    assert died == {"big": "out of memory at 1 GB"}
    assert tries.read_text() == "x"
    assert [len(measures[name]) for name in commands] == [3, 0]


def test_what_takes_too_long_is_stopped():
    _, died = in_turn({"slow": python("import time; time.sleep(60)", timeout=1.0)}, 1)
    assert died == {"slow": "stopped after 0 minutes"}


def test_failure_ends_the_run():
    with pytest.raises(Failed, match="no such figure"):
        in_turn({"wrong": python("raise SystemExit('no such figure')")}, 1)


def test_ratio_is_that_of_rounds():
    ours = [Measure(2.0, 0, 0), Measure(9.0, 0, 0), Measure(4.0, 0, 0)]
    beside = [Measure(1.0, 0, 0), Measure(3.0, 0, 0), Measure(1.0, 0, 0)]
    assert figures(ours, beside)["ratio"] == [3.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("least", "found"),
    [
        (2.9, []),
        (
            3.1,
            ["loading ÷ reading, 4,000 customers: the ratio was 1.50 and is at least 3.10"],
        ),
    ],
)
def test_ratio_that_doubled_in_every_round_is_reported(least, found):
    place = {"pair": "loading ÷ reading", "customers": 4000}
    recorded = [{**place, "ratio": [1.5, 1.4, 9.0]}, {**place, "customers": 9, "ratio": [0.1] * 3}]
    measured = [{**place, "ratio": [9.0, least, 99.0]}]
    assert list(slower_than_recorded(measured, recorded)) == found


def test_pages_are_written_from_the_record():
    recorded = read_record()["rows"]
    results = (PROJECT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    assert results == results_page(recorded)
    page = SCALE_PAGE.read_text(encoding="utf-8")
    assert page == with_figures(page, recorded)
    assert "| 4,000 |" in page
