"""What files are, and the rows of those that are not plain: no dbt, no warehouse."""

import gzip
import os
import random
import re
import zipfile

import duckdb
import pytest

from card_segments.inputs import describe_file, find_files, find_input, read_rows
from card_segments.inputs.find import path_literal
from card_segments.inputs.rows import SEPARATOR, parse

WANTED = ["id", "city", "amount"]
LINES = ["id,city,amount", "1,Pune,5", "2,Delhi,7"]
NOISE = random.Random(7).randbytes(5000)


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write_file


def rows_of(path):
    """The rows as the irregular way reads them, with their numbers and faults."""
    file = describe_file(path, WANTED)
    assert file.problem is None, file.problem
    found = [
        row.split(SEPARATOR)
        for row in read_rows(path, file.compression, file.delimiter, len(file.names))
    ]
    return file, [(int(number), fault, fields) for number, fault, *fields in found]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n"])
def test_ordinary_files_are_plain(write, end, delimiter, start, last):
    text = "\n".join(LINES).replace(",", delimiter) + last
    file = describe_file(write(start + text.replace("\n", end).encode()), WANTED)
    assert (file.problem, file.is_plain, file.rows) == (None, True, 2)
    assert (file.delimiter, file.names) == (delimiter, WANTED)


@pytest.mark.parametrize(
    ("body", "is_plain", "is_even"),
    [
        ("1,Pune,5\n2,Delhi,7\n", True, True),
        ('1,"Pune, West",5\n2,"a ""b""",7', True, True),
        ("1,Pune\n2,Delhi,7", True, False),
        ("1,Pune,5\n2,Delhi,7,9", True, False),
        # as many delimiters in all as rows of the right width have
        ("1,Pune\n2,Delhi,7,9", True, False),
        ('1,"Pune",5,6\n2,Delhi', True, False),
        ("1,Pune,5\n \n", False, False),
        ("1,Pune,5\n ", False, False),
        # the marks of a line end, but apart
        ("1,Pune,5\r\n2,Delhi\r7,8\n3,Agra,9\r\n", False, False),
        ("1,Pune,5\r\n2,Delhi,\r7\n3,Agra,9\r\n", False, False),
    ],
)
@pytest.mark.parametrize("before", [0, 5000])
def test_only_lines_as_wide_as_the_header_are_even(write, body, is_plain, is_even, before):
    """However far from the beginning of the file the other ones are."""
    end = "\r\n" if "\r\n" in body else "\n"
    lines = ["id,city,amount"] + ["0,Agra,1"] * before
    file = describe_file(write(end.join([*lines, body])), WANTED)
    assert (file.problem, file.is_plain, file.is_even) == (None, is_plain, is_even)


@pytest.mark.parametrize(
    "content",
    [
        "\r".join(LINES).encode(),
        "\n\n".join(LINES).encode(),
        "\n \n".join(LINES).encode(),
        ("\r\n".join(LINES[:2]) + "\n" + LINES[2]).encode(),
        "\n".join(["sep=,", *LINES]).encode(),
        "\n".join(LINES).encode("utf-16"),
        "\n".join(LINES).encode("utf-16-le"),
        "\n".join(LINES).encode("utf-16-be"),
        "\n".join(LINES).encode("utf-32"),
        b"\r\r\n".join(line.encode() for line in LINES),
    ],
)
def test_odd_files_have_the_same_rows(write, content):
    file, rows = rows_of(write(content))
    assert not file.is_plain
    assert [(fault, fields) for _, fault, fields in rows] == [
        ("", ["1", "Pune", "5"]),
        ("", ["2", "Delhi", "7"]),
    ]


def test_windows_1252_is_told_from_broken_utf8(write):
    file, rows = rows_of(write("id,city,amount\n1,Münster €,5".encode("cp1252")))
    assert (file.encoding, rows[0][2][1]) == ("windows-1252", "Münster €")
    broken = "id,city,amount\n1,Münster,5\n".encode() + b"2,M\xfcnster,7"
    file, rows = rows_of(write(broken))
    assert file.encoding == "utf-8"
    assert rows[0] == (2, "", ["1", "Münster", "5"])
    assert rows[1] == (3, "is not valid in the encoding of its file", [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # a line break in a value, and the line number after it
        (
            '1,"Navi\nMumbai",5\n2,Pune,6',
            [(2, "", ["1", "Navi\nMumbai", "5"]), (4, "", ["2", "Pune", "6"])],
        ),
        (
            '1,"Navi\r\nMumbai",5\n2,"Pu\rne",6',
            [(2, "", ["1", "Navi\r\nMumbai", "5"]), (4, "", ["2", "Pu\rne", "6"])],
        ),
        # an open mark costs its own line, not those after it
        (
            '1,"Pune,5\n2,Delhi,6\n3,Agra,7',
            [(2, "open", []), (3, "", ["2", "Delhi", "6"]), (4, "", ["3", "Agra", "7"])],
        ),
        # even if another open mark follows that would close it
        (
            '1,"Pune,5\n2,Delhi,6\n3,Agra",7',
            [(2, "open", []), (3, "", ["2", "Delhi", "6"]), (4, "", ["3", 'Agra"', "7"])],
        ),
        ('1,"Pune"north,5\n2,Delhi,6', [(2, "open", []), (3, "", ["2", "Delhi", "6"])]),
        ('1,"Pu\\"ne",5\n2,Delhi,6', [(2, "open", []), (3, "", ["2", "Delhi", "6"])]),
        ('1,5" rack,5', [(2, "", ["1", '5" rack', "5"])]),
        ('1,"a ""b"", c",5', [(2, "", ["1", 'a "b", c', "5"])]),
        ("1,Pu\0ne,5\n2,Delhi,6", [(2, "control", []), (3, "", ["2", "Delhi", "6"])]),
        ("1,Pune\n2,Delhi,6,7", [(2, "fewer", []), (3, "more", [])]),
        (
            "1," + "x" * 1_000_001 + ",5\n2,Delhi,6",
            [(2, "longer", []), (3, "", ["2", "Delhi", "6"])],
        ),
    ],
)
def test_every_line_is_a_row_or_part_of_one(write, body, expected):
    _, rows = rows_of(write("id,city,amount\n" + body))
    assert [(number, fields) for number, _, fields in rows] == [
        (number, fields) for number, _, fields in expected
    ]
    words = {"open": "not closed", "control": "control characters", "longer": "is longer than"}
    for (_, fault, _), (_, word, _) in zip(rows, expected, strict=True):
        assert words.get(word, word) in fault
        assert bool(fault) == bool(word)


def test_a_value_may_not_swallow_the_file():
    text = 'id,city,amount\n1,"open' + "\nno end" * 200
    rows = list(parse(text, ",", 3))
    assert len(rows) == 201
    assert [row.number for row in rows] == list(range(2, 203))


def test_compressed_files_are_told_by_their_bytes(write):
    content = "\n".join(LINES).encode()
    file = describe_file(write(gzip.compress(content), "a.csv"), WANTED)
    assert (file.problem, file.compression, file.rows) == (None, "gzip", 2)
    path = write(content, "b.csv")
    zipped = path.replace("b.csv", "c.csv")
    duckdb.sql(f"copy (from read_csv('{path}')) to '{zipped}' (format csv, compression zstd)")
    file = describe_file(zipped, WANTED)
    assert (file.problem, file.compression, file.rows) == (None, "zstd", 2)


def test_parquet_is_told_by_its_bytes(write):
    path = write("", "a.csv")
    duckdb.sql(f"copy (select 1 as id, 'Pune' as city) to '{path}' (format parquet)")
    file = describe_file(path, WANTED)
    assert (file.problem, file.format, file.rows) == (None, "parquet", 1)
    with open(path, "rb") as whole:
        cut = write(whole.read()[:-20], "b.csv")
    assert "damaged, cut off" in describe_file(cut, WANTED).problem


@pytest.mark.parametrize(
    ("instants", "are_midnights"),
    [
        (["2023-04-30 18:30", "2023-05-31 18:30"], True),
        # clocks changed between them
        (["2023-02-28 23:00", "2023-04-30 22:00"], True),
        (["2023-03-31 11:00", "2023-04-30 12:00"], True),
        (["1969-12-31 23:00"], True),
        (["2023-05-01 10:00"], True),
        (["2023-04-30 18:30", "2023-05-31 16:30"], False),
        (["2023-04-30 18:31", "2023-05-31 18:31"], False),
        (["infinity"], False),
    ],
)
def test_instants_that_are_midnight_of_one_place_are_told(write, instants, are_midnights):
    path = write("", "a.parquet")
    rows = ", ".join(f"('{one}'::timestamp)" for one in instants)
    duckdb.sql(
        "copy (select make_timestamptz(epoch_us(month)) as month, month as local "
        f"from (values {rows}) as months (month)) to '{path}' (format parquet)"
    )
    expected = "LOCAL MIDNIGHT" if are_midnights else "TIMESTAMP WITH TIME ZONE"
    assert describe_file(path, WANTED).types == [expected, "TIMESTAMP"]


def workbook(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n\r\n", "is empty"),
        (b"\x1f\x8b" + NOISE[:50], "cannot be read|damaged"),
        (gzip.compress(b"id,city,amount\n" + NOISE)[:-300], "damaged or was cut off"),
        (b"\x28\xb5\x2f\xfd" + b"\7" * 50, "cannot be decompressed"),
        (b"PK\x03\x04" + b"\0" * 50, "is a zip archive"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"\0\1\2\3" * 500, "is no text|header"),
        (b"nothing here", "does not begin with a header"),
        (b"x" * 10_000_000, "is no header"),
        ("id,city\n".encode("utf-16") + b"\0", "does not go on so|header"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_content_ends_in_a_sentence(write, content, sentence):
    file = describe_file(write(content), WANTED)
    assert file.problem and re.search(sentence, file.problem)
    assert "\n" not in file.problem


def test_spreadsheets_are_to_be_exported(tmp_path):
    workbook(tmp_path / "spends.xlsx")
    found = find_input(str(tmp_path), "spends")
    assert found == {"files": [str(tmp_path / "spends.xlsx")], "are_parts": False}
    assert "is a spreadsheet" in describe_file(found["files"][0], WANTED).problem


def test_what_is_no_file_ends_in_a_sentence(tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    for name, sentence in [
        ("loop.csv", "cannot be read"),
        ("folder.csv", "is a folder"),
        ("pipe.csv", "is a device, pipe or socket"),
        ("none.csv", "cannot be read"),
    ]:
        assert sentence in describe_file(str(tmp_path / name), WANTED).problem


def test_inputs_are_found_in_a_folder(tmp_path):
    (tmp_path / "Spends").mkdir()
    for name in ("b.csv", "a.CSV.gz", "notes.docx", ".hidden.csv"):
        (tmp_path / "Spends" / name).touch()
    found = find_input(str(tmp_path), "spends")
    assert [path.rsplit("/", 1)[1] for path in found["files"]] == ["a.CSV.gz", "b.csv"]
    assert found["are_parts"]
    (tmp_path / "SPENDS.csv").touch()
    assert find_input(str(tmp_path), "spends")["files"] == [str(tmp_path / "SPENDS.csv")]
    assert find_input(str(tmp_path / "gone"), "spends")["files"] == []


def test_hive_partitions_are_found_by_folder_and_by_pattern(tmp_path):
    folder = tmp_path / "spends"
    wanted = []
    for month in ("04", "05", "10"):
        partition = folder / "year=2023" / f"month={month}"
        partition.mkdir(parents=True)
        wanted.append(str(partition / "part-00000-0a1b.c000.snappy.parquet"))
        for name in (wanted[-1], partition / ".part-00000.crc", folder / "_SUCCESS"):
            open(name, "wb").close()
    (folder / "_delta_log").mkdir()
    (folder / "_delta_log" / "0.parquet").touch()
    loop = folder / "year=2023" / "loop=1"
    loop.symlink_to(folder)
    assert find_input(str(tmp_path), "spends") == {"files": wanted, "are_parts": True}
    loop.unlink()
    for pattern in (
        folder,
        f"{folder}/",
        folder / "year=*",
        folder / "year=2023/month=*/*.parquet",
        folder / "year=*" / "**" / "*.parquet",
    ):
        assert find_files(str(pattern)) == wanted
    assert find_files(str(folder / "year=2023/month=0*")) == wanted[:2]
    # no partition: refused, and not passed over
    assert find_files(str(tmp_path / "*")) == wanted
    (tmp_path / "other").mkdir()
    assert find_files(str(tmp_path / "*")) == [str(tmp_path / "other"), *wanted]


def test_a_name_with_brackets_is_no_pattern(tmp_path):
    for name in ("data[1].csv", "data1.csv"):
        (tmp_path / name).write_text(f"name\n{name}")
    path = str(tmp_path / "data[1].csv")
    assert find_files(path) == [path]
    assert find_files(str(tmp_path / "data?.csv")) == [str(tmp_path / "data1.csv")]
    assert duckdb.sql(f"from read_csv({path_literal(path)})").fetchall() == [("data[1].csv",)]


def test_both_ways_read_the_same(write):
    """DuckDB's reader on a plain file against the rows of this package."""
    body = '"a ""b"", c",Pune,5\n,,\n1,"","7"\n' * 1000
    path = write("id,city,amount\n" + body)
    file, rows = rows_of(path)
    assert file.is_plain and file.rows == len(rows) == 3000
    by_duckdb = duckdb.sql(
        f"""from read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '"',
        escape = '"', nullstr = chr(31), strict_mode = false, null_padding = true,
        columns = {{'id': 'varchar', 'city': 'varchar', 'amount': 'varchar'}})"""
    ).fetchall()
    assert [tuple(fields) for _, _, fields in rows] == by_duckdb
