"""The workbook for those who have no SQL: it holds the published aggregates, as they are."""

import math
import re
import stat
from datetime import date, datetime

import duckdb
import openpyxl
import pytest
from workspaces import PROJECT

from card_segments.cli import workbook as command
from card_segments.publishing.workbook import write_workbook

TEXTS = ["=1+1", "+1", "-1", "@sum(A1)", "0012", "http://example.org", "{=1}", "a\nb", "<&>"]


def opened(path):
    return openpyxl.load_workbook(path)


def cells(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def is_same(found, published):
    """Whether a cell holds a published value, as what it is; Excel keeps 15 digits or more."""
    if isinstance(published, float):
        return type(found) in (int, float) and math.isclose(found, published, rel_tol=1e-14)
    if isinstance(published, date) and not isinstance(published, datetime):
        published = datetime(published.year, published.month, published.day)
    return type(found) is type(published) and found == published


@pytest.fixture
def publication(tmp_path):
    """A published file made by SQL, with the table of the publication itself."""

    def make(*statements):
        file = tmp_path / "shared.duckdb"
        with duckdb.connect(str(file)) as connection:
            connection.execute(
                "create table publication as select 'b1' as build_id, "
                "timestamp '2026-03-02 09:30:00' as published_at, 'INR' as currency"
            )
            for statement in statements:
                connection.execute(statement)
        return file

    return make


def test_every_aggregate_is_a_sheet_with_its_values(sample_build, tmp_path):
    shared = sample_build.published / "shared.duckdb"
    made = write_workbook(shared, tmp_path / "book.xlsx")
    book = opened(made.path)
    with duckdb.connect(str(shared), read_only=True) as connection:
        names = [name for (name,) in connection.execute("show tables").fetchall()]
        result = connection.execute("select build_id, published_at from publication")
        build, when = result.fetchone()
        assert [table.name for table in made.tables] == sorted(names) and not made.left_out
        assert book.sheetnames == ["Contents", "Columns", *(table.sheet for table in made.tables)]
        for table in made.tables:
            result = connection.execute(f'select * from "{table.name}"')
            header = [column[0] for column in result.description]
            expected = result.fetchall()
            sheet = book[table.sheet]
            found = cells(sheet)
            assert found[0] == header
            assert len(found) - 1 == len(expected) == table.rows
            for got, wanted in zip(found[1:], expected, strict=True):
                assert all(map(is_same, got, wanted)), (table.name, got, wanted)
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref.startswith("A1:")
    front = cells(book["Contents"])
    about = {row[0]: row[1] for row in front if row[1] is not None}
    assert about["build id"] == build and about["published at"] == when.replace(microsecond=0)
    assert about["segments"] == "One row per published segment"
    # no table with a row for one person
    assert "customer_segments" not in about and len(about) > 35
    for row in book["Contents"].iter_rows(min_col=1, max_col=1):
        if row[0].hyperlink:
            target = re.fullmatch(r"'(.*)'!A1", row[0].hyperlink.location)[1]
            assert target in book.sheetnames and row[0].value.startswith(target[:29])
    meanings = {(row[0], row[1]): row[3] for row in cells(book["Columns"])}
    assert "Customers in the segment" in meanings["segments", "customers"]


def test_what_looks_like_a_formula_is_a_text(publication, tmp_path):
    rows = ", ".join(f"({number}, '{text}')" for number, text in enumerate(TEXTS))
    file = publication(
        f'create table texts as select * from (values {rows}) as t(number, "=header()")',
        "comment on table texts is '=HYPERLINK(\"x\"): one'",
        "comment on column texts.number is '+1'",
    )
    book = opened(write_workbook(file, tmp_path / "book.xlsx").path)
    assert [row[1].value for row in book["texts"].iter_rows(min_row=2)] == TEXTS
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert {row[1].data_type for row in book["texts"].iter_rows()} == {"s"}
    assert {row[0].data_type for row in book["texts"].iter_rows(min_row=2)} == {"n"}
    assert not [cell for row in book["texts"].iter_rows() for cell in row if cell.hyperlink]


def test_values_that_excel_cannot_hold_are_texts(publication, tmp_path):
    file = publication(
        "create table odd as select 'nan'::double as a, '-inf'::double as b, "
        "12345678901234567 as c, date '1810-05-01' as d, repeat('x', 40000) as e, "
        "date '2026-03-02' as f, timestamp '2026-03-02 09:30:00' as g, 1.5::decimal(4, 2) as h, "
        "true as i, null::double as j, 999999999999999 as k"
    )
    (row,) = cells(opened(write_workbook(file, tmp_path / "book.xlsx").path)["odd"])[1:]
    assert row[:4] == ["nan", "-inf", "12345678901234567", "1810-05-01"]
    assert len(row[4]) == 32_767 and row[4].endswith("x...")
    assert row[5:] == [
        datetime(2026, 3, 2), datetime(2026, 3, 2, 9, 30), 1.5, True, None, 999999999999999
    ]  # fmt: skip
    assert not math.isnan(row[7])


def test_columns_are_wide_enough_and_not_wider_than_a_screen(publication, tmp_path):
    file = publication(
        "create table wide as select repeat('x', 30) as short, repeat('y', 500) as long, "
        "1 as a_number_with_a_long_name, date '2026-03-02' as day"
    )
    sheet = opened(write_workbook(file, tmp_path / "book.xlsx").path)["wide"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert [round(width) for width in widths] == [32, 61, 29, 12]


def test_tables_with_too_many_rows_are_left_out_by_name(publication, tmp_path):
    file = publication(
        "create table fits as select unnest(range(4)) as number",
        "create table large as select unnest(range(5)) as number",
    )
    made = write_workbook(file, tmp_path / "book.xlsx", rows_of_sheet=5)
    assert [table.name for table in made.left_out] == ["large"]
    book = opened(made.path)
    assert book.sheetnames == ["Contents", "Columns", "fits", "publication"]
    front = {row[0]: row[1] for row in cells(book["Contents"])}
    assert front["large"] == "Left out: 5 rows are more than a sheet of Excel holds."
    assert cells(book["fits"])[1:] == [[0], [1], [2], [3]]


def test_an_empty_table_is_a_header(publication, tmp_path):
    file = publication("create table nobody (customers integer, name varchar)")
    book = opened(write_workbook(file, tmp_path / "book.xlsx").path)
    assert cells(book["nobody"]) == [["customers", "name"]]


def run(folder, capsys, *options):
    code = command.main(["--vars", f"{{published_dir: {folder}}}", *options])
    return code, capsys.readouterr()


def test_the_command_writes_beside_what_is_published(publication, tmp_path, capsys):
    publication("create table fits as select 1 as number")
    code, said = run(tmp_path, capsys)
    assert code == 0 and "card_segments.xlsx" in said.out and "2 tables" in said.out
    path = tmp_path / "card_segments.xlsx"
    assert not stat.S_IMODE(path.stat().st_mode) & 0o007
    assert ["currency", "INR"] in [row[:2] for row in cells(opened(path)["Contents"])]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["card_segments.xlsx", "shared.duckdb"]


@pytest.mark.parametrize("obstacle", ["nothing published", "no database", "no folder"])
def test_what_stops_it_is_one_sentence(publication, tmp_path, capsys, obstacle):
    options = []
    if obstacle == "no database":
        (tmp_path / "shared.duckdb").write_text("text")
    elif obstacle == "no folder":
        publication()
        options = ["--output", str(tmp_path / "none" / "book.xlsx")]
    code, said = run(tmp_path, capsys, *options)
    expected = {
        "nothing published": "run make build",
        "no database": "cannot be read as a publication",
        "no folder": "could not be written",
    }
    assert code == 1 and expected[obstacle] in said.err and said.err.count("\n") == 1
    assert not list(tmp_path.rglob("*.xlsx*"))


def test_the_page_says_where_it_is():
    page = (PROJECT / "docs" / "connect.md").read_text(encoding="utf-8")
    assert "## Excel" in page and "make workbook" in page and "card_segments.xlsx" in page
