"""Bad and odd files made from the bundled sample, and what the loader makes of each.

    python tests/python/hostile_files.py [--problems] [word ...]

writes every case whose name holds one of the words (without a word: all) into a temporary folder,
loads it as a build would, and prints a table of outcomes: rows read, loaded and rejected and values
repaired, or the sentence that the build stopped with. It fails if a case did not end as it should.

A case ends well in one of two ways. Either every row is accounted for, and every loaded value is
the one in the file as an independent reader sees it (`independent_reader.py`). Or the build stops
with one sentence for people: never a stack trace, never the database's own words.
"""

import argparse
import csv
import gzip
import io
import os
import random
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
from case_loading import Case, Loader, problems
from independent_reader import contract_of, read_sample, records_of
from workspaces import INPUTS, PROJECT

# In three of 200 rows: few enough to stay below the share of rejects that stops a build.
FEW = 3
CUSTOMERS = read_sample("customers")
HEADER, ROWS, TEXT = CUSTOMERS.header, CUSTOMERS.rows, CUSTOMERS.text()
# What programs write where a value is missing, and texts that only look like it.
WORDS = [
    "NA",
    "n/a",
    "NULL",
    "NaN",
    "None",
    "\\N",
    "-",
    "?",
    "#N/A",
    "<NA>",
    ".",
    "NAN A",
    "Nona",
    "-.-",
]
NOISE = random.Random(5).randbytes(20_000)
TEN_MEGABYTES = 10 * 1024 * 1024
Content = bytes | str | Callable[[], bytes | str]


def as_bytes(content: Content) -> bytes:
    content = content() if callable(content) else content
    return content.encode() if isinstance(content, str) else content


def of_sample(input_name: str = "customers") -> Callable[[], list]:
    return lambda: read_sample(input_name).records()


THE_SAMPLE = of_sample()


def file(
    name: str,
    content: Content,
    ending: str = "loaded",
    words: str = "",
    input_name: str = "customers",
    file_name: str = "",
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    meant: Callable[[], list] | str = "as read",
    exact: bool = True,
) -> Case:
    """A case of one file. What it means is read from it, unless that is stated or a riddle."""
    file_name = file_name or f"{input_name}.csv"

    def make(folder: Path) -> dict:
        (folder / file_name).write_bytes(as_bytes(content))
        return {"inputs": {input_name: str(folder / file_name)}}

    def read() -> list:
        return records_of(as_bytes(content), contract_of(input_name), encoding, delimiter)

    meant = {"as read": read, "the sample": of_sample(input_name), "a riddle": None}.get(
        meant, meant
    )
    return Case(name, input_name, make, ending, tuple(words.split()), meant, exact)


def refused(name: str, content: Content, words: str = "", **options) -> Case:
    return file(name, content, "refused", words, meant="a riddle", **options)


def riddle(name: str, content: Content, words: str = "", **options) -> Case:
    """What the file means is anyone's guess; nothing but rows of the sample may come of it."""
    return file(name, content, "either", words, meant="a riddle", **options)


def cells(name: str, values: list[str], column="city", input_name="customers", **options) -> Case:
    """A file with values of its own in a column, each in one row, or a single one in a few rows."""
    rows = read_sample(input_name).with_values(column, values * (FEW if len(values) == 1 else 1))
    return file(name, read_sample(input_name).text(rows), input_name=input_name, **options)


def lines_of(content: str) -> list[str]:
    return content.splitlines(keepends=True)


def line_changed(change: Callable[[str], str], row: int = 99, input_name="customers") -> str:
    lines = lines_of(read_sample(input_name).text())
    lines[row + 1] = change(lines[row + 1])
    return "".join(lines)


def with_header(header: str) -> str:
    return header + "\n" + TEXT.split("\n", 1)[1]


def widened(width: list[str], header: list[str]) -> str:
    return CUSTOMERS.text([[*row, *width] for row in ROWS], [*HEADER, *header])


# -- the cases, by group ---------------------------------------------------------------------------


def truncated() -> Iterator[Case]:
    for name in INPUTS:
        whole = read_sample(name).text().encode()
        middle = len(whole) // 2
        end = whole.index(b"\n") + 1
        yield refused(f"{name} cut in the header", whole[: end // 2], "column", input_name=name)
        yield refused(f"{name} cut after the header", whole[:end], "no rows", input_name=name)
        for where, size in {
            "in a row": whole.index(b",", middle) - 1,
            "after a delimiter": whole.index(b",", middle) + 1,
            "after a line": whole.index(b"\n", middle) + 1,
            "before the last line end": len(whole) - 1,
        }.items():
            yield file(f"{name} cut {where}", whole[:size], input_name=name)
    profiles = read_sample("credit_profiles").text()
    cut = profiles[: profiles.index('"', len(profiles) // 2) + 9]
    yield riddle("credit_profiles cut in a quoted value", cut, input_name="credit_profiles")


def encodings() -> Iterator[Case]:
    rows = CUSTOMERS.with_values("city", ["São Luís – €uro", "Málaga", "Köln"])
    accented = CUSTOMERS.text(rows)

    def meant() -> list:
        return CUSTOMERS.records(rows)

    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        yield file(f"customers in {encoding}", accented.encode(encoding), meant=meant)
    latin = CUSTOMERS.text(CUSTOMERS.with_values("city", ["Málaga"]))
    yield file("customers in latin-1", latin.encode("latin-1"), encoding="latin-1")
    big_endian = b"\xfe\xff" + accented.encode("utf-16-be")
    yield file("customers in utf-16, big endian", big_endian, meant=meant)
    for encoding in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-be"):
        content = accented.encode(encoding)
        yield file(f"customers in {encoding} unmarked", content, "either", meant=meant)
    for name in ("spends", "card_relationships", "card_usage", "credit_profiles"):
        content = read_sample(name).text().encode("utf-16")
        yield file(f"{name} in utf-16", content, meant="the sample", input_name=name)
    for encoding in ("cp037", "cp500"):
        yield refused(f"customers in {encoding}", TEXT.encode(encoding))
    for what, broken in {
        "two stray bytes": b"Benga\xff\xfeluru",
        "half a letter": b"Bengalur\xc3",
        "an overlong slash": b"Benga\xc0\xafluru",
        "a surrogate": b"Benga\xed\xa0\x80luru",
    }.items():
        content = TEXT.encode().replace(b"Bengaluru", broken, 2)
        yield file(
            f"customers with {what}",
            content,
            "either",
            encoding="latin-1",
            exact=False,
            meant=lambda content=content: [
                *records_of(content.decode("cp1252", "replace").encode(), contract_of("customers"))
            ],
        )
    income = TEXT.encode().replace(b",75834\n", b",7\xff834\n")
    yield file("customers with a stray byte in a number", income, "either", encoding="cp1252")
    yield refused(
        "customers with a stray byte in the header",
        TEXT.encode().replace(b"city", b"cit\xff", 1),
        "city",
    )
    half = accented.encode() + b"X1,45+,M\xe1laga,Freelancers,Male,Married,4000\n"
    yield file("customers half in utf-8, half in latin-1", half, "either", exact=False, meant=meant)


def quotes() -> Iterator[Case]:
    for where, row in {"first": 0, "middle": 99, "last": 199}.items():
        for column in ("customer_id", "city", "avg_income"):
            position = HEADER.index(column)

            def opened(line, position=position):
                fields = line.split(",")
                return ",".join(
                    [*fields[:position], '"' + fields[position], *fields[position + 1 :]]
                )

            yield riddle(f"an open quote at {column} of the {where} row", line_changed(opened, row))
    for name in ("spends", "card_usage", "credit_profiles", "card_relationships"):
        content = line_changed(lambda line: '"' + line, input_name=name)
        yield riddle(f"{name} with an open quote", content, input_name=name)
    yield riddle("an open quote in the header", TEXT.replace("city", '"city', 1))
    two = line_changed(lambda line: line.replace(",", ',"', 1), 40)
    yield riddle("two open quotes", two.replace("SAMPLE00150,", 'SAMPLE00150,"', 1))
    for name in INPUTS:
        content = read_sample(name).text(quoting=csv.QUOTE_ALL)
        yield file(f"{name} all in quotes", content, input_name=name)
    for what, text in {
        "a quote within": 'Ben"galuru',
        "a quote at the end": 'Bengaluru"',
        "two quotes within": 'Ben"ga"luru',
    }.items():
        content = TEXT.replace("Bengaluru", text, 2)
        yield file(f"a city with {what}, not doubled", content, "either", exact=False)
        yield cells(f"a city with {what}, doubled", [text])
    for what, text in {
        "text after its closing quote": '"Bengaluru"north',
        "a backslash before its quote": '"Benga\\"luru"',
    }.items():
        yield riddle(f"a city with {what}", TEXT.replace("Bengaluru", text, 2))
    yield cells("cities in other quotes", ["'Bengaluru'", "“Bengaluru”", "«Bengaluru»", "`Delhi`"])
    spaced = TEXT.replace("Bengaluru", ' "Bengaluru" ', 2)
    yield file("a city with blanks round its quotes", spaced, "either", exact=False)
    yield file("a comma in single quotes", TEXT.replace("Bengaluru", "'Bengaluru, north'", 2))


def line_ends() -> Iterator[Case]:
    for name in INPUTS:
        for what, end in {"CRLF": "\r\n", "CR": "\r"}.items():
            yield file(
                f"{name} with {what}", read_sample(name).text(lineterminator=end), input_name=name
            )
    lines = TEXT.splitlines()
    mixed = "".join(line + ("\n", "\r\n", "\r")[index % 3] for index, line in enumerate(lines))
    yield file("mixed line ends", mixed, "either", exact=False)
    yield file("LF, then CRLF", "\n".join(lines[:99]) + "\n" + "\r\n".join(lines[99:]))
    for what, content in {
        "CR CR LF": TEXT.replace("\n", "\r\r\n"),
        "blank lines between the rows": TEXT.replace("\n", "\n\n"),
        "blank lines at the end": TEXT + "\n" * 20,
        "blank lines above the header": "\n\n" + TEXT,
        "lines of blanks at the end": TEXT + "   \n  \n",
    }.items():
        yield file(what, content, "either", exact=False, meant="the sample")
    yield file("a line of delimiters at the end", TEXT + ",,,,,,\n")
    yield file("the end-of-file sign of DOS", TEXT + "\x1a")
    for what, text in {
        "a line feed": "New\nDelhi",
        "a CRLF": "New\r\nDelhi",
        "a CR": "New\rDelhi",
        "several line feeds": "New\n\n\nDelhi",
        "line feeds around": "\n\nDelhi\n",
        "a whole row": "New\nSAMPLE00009,45+,Delhi,Freelancers,Male,Married,1000",
    }.items():
        yield cells(f"a city with {what}", [text], ending="either", exact=False)
    yield cells("cities with other line ends", ["A\vB", "A\fB", "A\x85B", "A\u2028B", "A\u2029B"])


def delimiters() -> Iterator[Case]:
    for name in INPUTS:
        for what, delimiter in {"semicolons": ";", "tabs": "\t", "pipes": "|"}.items():
            yield file(
                f"{name} with {what}",
                read_sample(name).text(delimiter=delimiter),
                input_name=name,
                delimiter=delimiter,
            )
    for what, delimiter in {
        "colons": ":",
        "blanks": " ",
        "control signs": "\x01",
        "carets": "^",
    }.items():
        yield refused(f"customers with {what}", CUSTOMERS.text(delimiter=delimiter), "header")
    yield file("double pipes", TEXT.replace(",", "||"), "either", meant="the sample", exact=False)
    fixed = "".join("".join(f"{one:<20}" for one in row) + "\n" for row in [HEADER, *ROWS])
    yield refused("columns of fixed width", fixed, "header")
    trailing = CUSTOMERS.text(lineterminator=",\n")
    yield file("a delimiter at the end of each line", trailing)
    yield file(
        "a delimiter at the end of each row",
        trailing.replace(",\n", "\n", 1),
        "either",
        meant="the sample",
        exact=False,
    )
    half = lines_of(CUSTOMERS.text(delimiter=";"))[100:]
    yield refused("another delimiter in half of the rows", "".join(lines_of(TEXT)[:100] + half))
    yield refused("another delimiter in the header", with_header(";".join(HEADER)))
    yield cells("cities with delimiters", ["A, B", "A; B", "A\tB", "A|B", ",", ";;;;;;;;"])
    yield file("unquoted commas in some cities", TEXT.replace("Bengaluru", "Bengaluru, N", FEW))
    yield file(
        "the separator line of spreadsheets",
        "sep=;\n" + CUSTOMERS.text(delimiter=";"),
        "either",
        meant="the sample",
    )


def header() -> Iterator[Case]:
    for name in INPUTS:
        sample = read_sample(name)
        order = list(range(len(sample.header)))
        random.Random(name).shuffle(order)
        shuffled = [[row[at] for at in order] for row in [sample.header, *sample.rows]]
        yield file(
            f"{name} with shuffled columns",
            sample.text(shuffled[1:], shuffled[0]),
            input_name=name,
            meant="the sample",
        )
        bare = sample.text().split("\n", 1)[1]
        yield refused(f"{name} without a header", bare, "header", input_name=name)
        short = sample.text([row[1:] for row in sample.rows], sample.header[1:])
        yield refused(
            f"{name} without its first column",
            short,
            f"column '{next(iter(sample.contract.columns))}'",
            input_name=name,
        )
        twice = sample.text(
            [[*row, row[-1]] for row in sample.rows], [*sample.header, sample.header[-1]]
        )
        yield refused(f"{name} with its last column twice", twice, "twice", input_name=name)
    for what, names in {
        "in capitals": [one.upper() for one in HEADER],
        "in words": [one.replace("_", " ").title() for one in HEADER],
        "in one word": [one.replace("_", "").replace(" ", "") for one in HEADER],
        "with blanks around": [f"  {one}  " for one in HEADER],
        "with underscores around": [f"_{one}_" for one in HEADER],
        "with dots": [one.replace("_", ".").replace(" ", ".") for one in HEADER],
        "with dashes, dots and brackets": [f"[{one}]".replace("_", "-.") for one in HEADER],
        "as spreadsheets mark texts": [f'="{one}"' for one in HEADER],
        "with a mark inside": [one.replace("city", "\ufeffcity") for one in HEADER],
    }.items():
        yield file(f"a header {what}", CUSTOMERS.text(header=names))
    line = ",".join(HEADER)
    yield file("a header in quotes", with_header(line.replace(",", '","').join('""')))
    for what, text in {
        "with hard blanks": line.replace("_", "\u00a0"),
        "with a tab": line.replace("city", "\tcity"),
        "over two lines": line.replace("marital status", '"marital\nstatus"'),
    }.items():
        yield file(f"a header {what}", with_header(text), "either", meant="the sample")
    yield refused(
        "a header in look-alike letters", with_header(line.replace("city", "с\u0456ty")), "'city'"
    )
    yield refused("a misspelled name", with_header(line.replace("income", "incom")), "'avg_incom'")
    yield refused("a title above the header", "Customers of the bank\n" + TEXT, "header")
    yield refused("a remark above the header", "# exported, by the data team\n" + TEXT, "header")
    yield file("the header again in the middle", CUSTOMERS.text([*ROWS[:99], HEADER, *ROWS[99:]]))
    parts = [CUSTOMERS.text(part).encode("utf-8-sig") for part in (ROWS[:99], ROWS[99:])]
    yield file(
        "two marked files joined",
        b"".join(parts),
        meant=lambda: CUSTOMERS.records([*ROWS[:99], HEADER, *ROWS[99:]]),
    )
    yield from mapped_headers()
    yield file("extra columns", widened(["a", "b"], ["branch", "remark"]))
    yield file("a column without a name", widened(["a"], [""]))
    yield file("3000 extra columns", widened(["x"] * 3000, [f"extra {at}" for at in range(3000)]))
    yield file("two extra columns of one name", widened(["a", "b"], ["x", "x"]))
    yield file("a column named by a template", widened(["a"], ["{{ 1 / 0 }} {% raw %} {# "]))
    yield file("a column named by SQL", widened(["a"], ["'); drop table inputs.customers; --"]))
    yield file("a column with a comma in its name", widened(["a"], ["note, free"]), "either")
    yield refused("the file of another input", read_sample("card_usage").text(), "header")
    profiles = read_sample("credit_profiles")
    yield file(
        "credit_profiles without the optional score",
        profiles.text([row[:-1] for row in profiles.rows], profiles.header[:-1]),
        input_name="credit_profiles",
    )


def mapped_headers() -> Iterator[Case]:
    """Headers of other names, and variables that say what they are."""

    def case(name, header, ending="loaded", words="", values=None, **variables):
        meant = [[*row, *row[: len(header) - len(HEADER)]] for row in ROWS]

        def make(folder: Path) -> dict:
            (folder / "customers.csv").write_text(CUSTOMERS.text(meant, header), encoding="utf-8")
            named = {variable: {"customers": value} for variable, value in variables.items()}
            return {"inputs": {"customers": f"{folder}/customers.csv"}, **named}

        def rows() -> list:
            places = {column: HEADER.index(column) for column in HEADER} | (values or {})
            return CUSTOMERS.records([[row[places[column]] for column in HEADER] for row in ROWS])

        return Case(name, "customers", make, ending, tuple(words.split()), rows)

    def renamed(**names: str) -> list[str]:
        return [names.get(one.replace(" ", "_"), one) for one in HEADER]

    city, job = HEADER.index("city"), HEADER.index("occupation")
    yield case(
        "one column for two",
        renamed(city="town", occupation="job"),
        column_names={"city": "town", "occupation": "town"},
        values={"occupation": city},
    )
    yield case(
        "one column for two, one by its name",
        HEADER,
        column_names={"city": "occupation"},
        values={"city": job},
    )
    yield case(
        "two columns exchanged",
        HEADER,
        column_names={"city": "occupation", "occupation": "city"},
        values={"city": job, "occupation": city},
    )
    yield case(
        "two columns with names alike",
        renamed(city="Town 1", occupation="town_1"),
        column_names={"city": "Town 1", "occupation": "town_1"},
    )
    yield case("a column of the contract passed through", HEADER, pass_through=["city"])
    yield case("all columns of the contract passed through", HEADER, pass_through=HEADER)
    yield case(
        "a column passed through twice", [*HEADER, "branch"], pass_through=["branch", "Branch"]
    )
    yield case(
        "two columns with names alike passed through",
        [*HEADER, "a b", "a_b"],
        pass_through=["a b", "a_b"],
    )
    yield case(
        "a column named by its letters",
        renamed(city="Ort (Wohn-Sitz)"),
        column_names={"city": "ort wohnsitz"},
    )
    yield case("two columns alike", [*HEADER, "CITY"], "refused", "'city' twice")
    yield case(
        "two columns alike, one of them named",
        [*HEADER, "CITY"],
        column_names={"city": "CITY"},
        values={"city": 0},
    )
    yield case(
        "two columns alike, none of them named",
        renamed(city="Town 1", occupation="town_1"),
        "refused",
        "'city' twice",
        column_names={"city": "TOWN1", "occupation": "town_1"},
    )
    yield case(
        "a mapped column that is not there",
        HEADER,
        "refused",
        "'town' column_names.customers",
        column_names={"city": "town"},
    )
    yield case(
        "a passed column that is not there",
        HEADER,
        "refused",
        "'brnch' pass_through.customers",
        pass_through=["brnch"],
    )


def shifted() -> Iterator[Case]:
    def some(rows: list, change: Callable[[list], list]) -> list:
        return [change(row) if at in (0, 99, 199) else row for at, row in enumerate(rows)]

    for name in INPUTS:
        for what, change in {
            "shifted": lambda row: [*row[1:], ""],
            "short": lambda row: row[:-1],
            "long": lambda row: [*row, "x"],
        }.items():
            sample = read_sample(name)
            yield file(
                f"{name} with {what} rows", sample.text(some(sample.rows, change)), input_name=name
            )
    yield refused("every row shifted", CUSTOMERS.text([[*row[1:], ""] for row in ROWS]))
    yield refused("every row short", CUSTOMERS.text([row[:-1] for row in ROWS]))
    yield file("a row of a thousand fields", CUSTOMERS.text([*ROWS[:99], ["x"] * 1000, *ROWS[99:]]))
    yield file("a row of one field", CUSTOMERS.text([*ROWS[:99], ["x"], *ROWS[99:]]))


def empty() -> Iterator[Case]:
    for name in INPUTS:
        yield refused(f"{name} of no bytes", b"", "empty", input_name=name)
    for what, content in {
        "a line feed": "\n",
        "blank lines": "\r\n" * 40,
        "blanks": "     \n     \n",
        "a byte-order mark": b"\xef\xbb\xbf",
        "a UTF-16 mark": b"\xff\xfe",
        "commas": ",,,,,,\n" * 20,
        "NUL bytes": bytes(5000),
        "quotes": '""\n""\n',
        "one quote": '"',
        "one letter": "x",
        "a header and blank lines": CUSTOMERS.text([]) + "\n\n\n",
        "a header and lines of commas": CUSTOMERS.text([]) + ",,,,,,\n" * 30,
    }.items():
        yield refused(f"customers of {what}", content)
    yield file("customers of one row", CUSTOMERS.text(ROWS[:1]))


def zipped(files: dict[str, Content]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 1, 1, 0, 0, 0)), as_bytes(content))
    return written.getvalue()


def tarred(name: str, content: str) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content.encode()))
    return written.getvalue()


def gzipped(content: Content) -> bytes:
    return gzip.compress(as_bytes(content), mtime=0)


@cache
def copied(options="format parquet", select="*", input_name="customers", tail="") -> bytes:
    """The sample as DuckDB writes it in another format."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.csv"), Path(folder, "target")
        source.write_text(read_sample(input_name).text(), encoding="utf-8")
        rows = f"read_csv('{source}', all_varchar = true, header = true)"
        with duckdb.connect() as connection:
            connection.sql(f"copy (select {select} from {rows}{tail}) to '{target}' ({options})")
        return target.read_bytes()


WORKBOOK = zipped(
    {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook/>",
        "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>",
    }
)
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0" + zlib.compress(NOISE)


def binary() -> Iterator[Case]:
    for what, content in {
        "a picture": PICTURE,
        "noise": NOISE,
        "a program": b"\x7fELF\x02\x01\x01" + NOISE,
        "a zip archive": zipped({"customers.csv": TEXT}),
        "an Excel workbook": WORKBOOK,
        "an old Excel workbook": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000),
        "a tar archive": tarred("customers.csv", TEXT),
        "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "JSON": '[{"customer_id": "1", "city": "Delhi"}]',
        "lines of JSON": '{"customer_id": "1", "city": "Delhi"}\n' * 20,
        "a web page": "<!DOCTYPE html><html><body><h1>Sign in, please</h1></body></html>\n",
        "XML": '<?xml version="1.0"?>\n<customers><customer id="1"/></customers>\n',
        "a pointer of Git LFS": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "a SQLite database": b"SQLite format 3\0" + bytes(4000),
    }.items():
        yield refused(f"{what} named customers.csv", content, "customers.csv")
    for what, content in {
        "a gzip file": gzipped(TEXT),
        "a Parquet file": copied(),
        "a zstd file": copied("format csv, compression zstd"),
    }.items():
        yield file(
            f"{what} named customers.csv", content, "either", "customers.csv", meant="the sample"
        )
    for suffix in ("xlsx", "xls", "json", "dat", "zip", "csv.bz2", "7z", "sas7bdat"):
        content = WORKBOOK if suffix in ("xlsx", "zip") else b"BZh91AY&SY" + NOISE
        yield refused(f"customers.{suffix}", content, "CSV", file_name=f"customers.{suffix}")
    for suffix in ("CSV", "txt", "tsv", "Csv"):
        yield file(f"customers.{suffix}", TEXT, file_name=f"customers.{suffix}")


def compressed() -> Iterator[Case]:
    zstd = copied("format csv, compression zstd")
    two_parts = gzipped("".join(lines_of(TEXT)[:99])) + gzipped("".join(lines_of(TEXT)[99:]))
    for what, suffix, content in (
        ("gzip", "gz", gzipped(TEXT)),
        ("gzip in two parts", "gz", two_parts),
        ("gzip of UTF-16", "gz", gzipped(TEXT.encode("utf-16"))),
        ("gzip of Latin-1 and CRLF", "gz", gzipped(TEXT.replace("\n", "\r\n").encode("latin-1"))),
        ("zstd", "zst", zstd),
    ):
        yield file(
            f"a file in {what}", content, file_name=f"customers.csv.{suffix}", meant="the sample"
        )
    for what, content in {
        "cut": gzipped(TEXT)[:-200],
        "cut in its first bytes": gzipped(TEXT)[:6],
        "of noise": b"\x1f\x8b\x08\0" + NOISE,
        "of nothing": gzipped(b""),
        "of a picture": gzipped(PICTURE),
        "with a wrong checksum": gzipped(TEXT)[:-8] + bytes(8),
        "of no bytes": b"",
    }.items():
        yield refused(
            f"a gzip file {what}", content, "customers.csv.gz", file_name="customers.csv.gz"
        )
    yield refused(
        "a zstd file cut", zstd[:-300], "customers.csv.zst", file_name="customers.csv.zst"
    )
    for suffix in ("gz", "zst"):
        yield file(
            f"plain text named .{suffix}",
            TEXT,
            "either",
            "customers.csv",
            file_name=f"customers.csv.{suffix}",
        )


def parquet() -> Iterator[Case]:
    for name in INPUTS:
        yield file(
            f"Parquet of {name}",
            copied(input_name=name),
            input_name=name,
            file_name=f"{name}.parquet",
            meant="the sample",
        )
    named = {"file_name": "customers.parquet"}
    yield file("a CSV named .parquet", TEXT, "either", "customers.parquet", **named)
    whole = copied()
    for what, content in {
        "of no bytes": b"",
        "of two marks": b"PAR1PAR1",
        "cut": whole[:-100],
        "cut in front": whole[100:],
        "of noise": b"PAR1" + NOISE + b"PAR1",
    }.items():
        yield refused(f"Parquet {what}", content, "customers.parquet", **named)
    yield riddle(
        "Parquet with zeros in its middle", whole[:200] + bytes(400) + whole[600:], **named
    )
    yield refused("Parquet without rows", copied(tail=" limit 0"), "no rows", **named)
    yield refused("Parquet without a column", copied(select="* exclude (city)"), "city", **named)
    yield refused(
        "Parquet with a column twice", copied(select='*, city as "CITY "'), "twice", **named
    )

    def replaced(value: str) -> bytes:
        return copied(select=f"* replace ({value})")

    income = "replace(trim(avg_income), ',', '')"
    for what, content in {
        "with numbers as doubles": replaced(f"cast({income} as double) as avg_income"),
        "with numbers as decimals": replaced(f"cast({income} as decimal(18, 2)) as avg_income"),
        "with bytes": replaced("city::blob as city"),
        "with columns of the loader's names": copied(
            select="*, 1 as source_row, 'x' as source_file, 2 as field_0, 3 as surplus_field"
        ),
    }.items():
        yield file(f"Parquet {what}", content, "either", meant="the sample", exact=False, **named)
    for what, content in {
        "with lists": replaced("[city] as city"),
        "with structures": replaced("{'name': city} as city"),
    }.items():
        yield riddle(f"Parquet {what}", content, **named)
    odd = {"SAMPLE00003": "nan", "SAMPLE00005": "inf", "SAMPLE00007": "-inf"}
    rows = [[*row[:-1], odd.get(row[0], row[-1])] for row in ROWS]
    cases = " ".join(f"when customer_id = '{key}' then '{value}'" for key, value in odd.items())
    yield file(
        "Parquet with infinity and not-a-number",
        replaced(f"cast(case {cases} else {income} end as double) as avg_income"),
        meant=lambda: CUSTOMERS.records(rows),
        exact=False,
        **named,
    )
    profiles = read_sample("credit_profiles")
    salary = profiles.header.index("Monthly_Inhand_Salary")
    unpaid = {row[0] for row in profiles.rows[::40]}
    yield file(
        "Parquet with not-a-number where a value may be missing",
        copied(
            input_name="credit_profiles",
            select=f"* replace (case when id in {tuple(unpaid)} then 'nan' "
            "else nullif(monthly_inhand_salary, '') end::double as monthly_inhand_salary)",
        ),
        input_name="credit_profiles",
        file_name="credit_profiles.parquet",
        meant=lambda: profiles.records(
            [
                [*row[:salary], "nan" if row[0] in unpaid else row[salary], *row[salary + 1 :]]
                for row in profiles.rows
            ]
        ),
    )
    keyless = [["" if row[0] in odd else row[0], *row[1:]] for row in ROWS]
    yield file(
        "Parquet with nulls",
        replaced(f"case when customer_id not in {tuple(odd)} then customer_id end as customer_id"),
        meant=lambda: CUSTOMERS.records(keyless),
        **named,
    )


def file_system() -> Iterator[Case]:
    def case(name, make, ending="refused", words="", meant=None):
        def variables(folder: Path) -> dict:
            named = make(folder)
            return named if isinstance(named, dict) else {"inputs": {"customers": named}}

        return Case(name, "customers", variables, ending, tuple(words.split()), meant)

    def in_folder(make):
        def made(folder: Path) -> dict:
            make(folder)
            return {"input_dir": str(folder)}

        return made

    def linked(target: str, name: str = "customers.csv"):
        def make(folder: Path) -> str:
            (folder / name).symlink_to(folder / target)
            return str(folder / name)

        return make

    def loop(folder: Path) -> str:
        linked("customers.csv", "other.csv")(folder)
        return linked("other.csv")(folder)

    def directory(folder: Path) -> str:
        (folder / "customers.csv").mkdir()
        return str(folder / "customers.csv")

    def written(name: str, content: str = TEXT, mode: int = 0o644):
        def make(folder: Path) -> str:
            (folder / name).write_text(content, encoding="utf-8")
            (folder / name).chmod(mode)
            return str(folder / name)

        return make

    def link_to_good(folder: Path) -> str:
        written("real.csv")(folder)
        return linked("real.csv")(folder)

    yield case("a loop of links", loop)
    yield case("a loop of links in the input folder", in_folder(loop))
    yield case("a link to nothing", linked("gone.csv"))
    yield case("a folder that links to itself", in_folder(linked(".", "customers")))
    yield case("a link to a good file", link_to_good, "loaded", meant=THE_SAMPLE)
    yield case("a folder named customers.csv", directory)
    yield case("a folder named customers.csv in the input folder", in_folder(directory))
    if os.geteuid() != 0:  # nothing is closed to root
        yield case(
            "a file that nobody may read", written("customers.csv", mode=0), words="customers.csv"
        )
    yield case("an empty input folder", in_folder(lambda folder: None))
    yield case("an input folder of other files", in_folder(written("notes.md")))
    for what, path in {
        "a file that is not there": "{}/gone.csv",
        "a folder that is not there": "{}/gone/x.csv",
        "a glob that matches nothing": "{}/*.csv",
        "an empty name": "",
        "blanks for a name": "  ",
        "a device": "/dev/null",
        "a web address": "https://localhost:9/customers.csv",
        "a bucket": "s3://bank/customers.csv",
        "a name of 300 letters": "{}/" + "x" * 300 + ".csv",
    }.items():
        yield case(what, lambda folder, path=path: path.format(folder))
    yield case(
        "an input folder that is not there",
        lambda folder: {"input_dir": f"{folder}/gone"},
        words="gone",
    )
    yield case(
        "a list with a missing file",
        lambda folder: [written("a.csv")(folder), f"{folder}/b.csv"],
        words="b.csv",
    )
    yield case("a number for a name", lambda folder: 7)
    yield case("a mapping for a name", lambda folder: {"inputs": {"customers": {"file": "x.csv"}}})
    for name in (
        "o'brien's customers.csv",
        "müşteriler 顧客.csv",
        "100% customers.csv",
        "-x.csv",
        'the "best" customers.csv',
        "back\\slash.csv",
        "{{ customers }}.csv",
        "c#1.csv",
    ):
        yield case(f"a file named {name}", written(name), "loaded", meant=THE_SAMPLE)
    for name in ("customers[1].csv", "cust*mers.csv", "customers?.csv", "{customers}.csv"):
        yield case(f"a file named {name}", written(name), "either", meant=THE_SAMPLE)


def several_files() -> Iterator[Case]:
    first, second = CUSTOMERS.text(ROWS[:100]), CUSTOMERS.text(ROWS[100:])

    def case(name, files, ending="loaded", words="", meant=THE_SAMPLE, exact=True):
        def make(folder: Path) -> dict:
            for file_name, content in files.items():
                (folder / file_name).parent.mkdir(exist_ok=True, parents=True)
                (folder / file_name).write_bytes(as_bytes(content))
            if any(file_name.startswith("customers") for file_name in files):
                return {"input_dir": str(folder)}
            return {"inputs": {"customers": f"{folder}/*"}}

        return Case(name, "customers", make, ending, tuple(words.split()), meant, exact)

    reordered = CUSTOMERS.text([row[::-1] for row in ROWS[100:]], HEADER[::-1])
    wider = CUSTOMERS.text([[*row, "x"] for row in ROWS[100:]], [*HEADER, "note"])
    for what, other in {
        "": second,
        ", one in another order": reordered,
        ", one with an extra column": wider,
        ", one with semicolons": CUSTOMERS.text(ROWS[100:], delimiter=";"),
        ", one in UTF-16": second.encode("utf-16"),
        ", one with CR": second.replace("\n", "\r"),
    }.items():
        yield case(f"two parts{what}", {"a.csv": first, "b.csv": other})
    for what, other, words in (
        ("without a column", CUSTOMERS.text([row[:-1] for row in ROWS], HEADER[:-1]), "avg_income"),
        ("empty", "", "empty"),
        ("with a header only", CUSTOMERS.text([]), "no rows"),
        ("without a header", second.split("\n", 1)[1], "header"),
        ("a picture", PICTURE, ""),
    ):
        yield case(
            f"two parts, one {what}", {"a.csv": first, "b.csv": other}, "refused", f"b.csv {words}"
        )
    # of rows with one key, those of the later file replace the earlier ones
    yield case("one part twice", {"a.csv": first, "b.csv": first}, exact=False)
    overlapping = {"a.csv": CUSTOMERS.text(ROWS[:103]), "b.csv": second}
    yield case("two parts that overlap", overlapping, exact=False)
    yield case(
        "a part that is no data", {"a.csv": TEXT, "notes.docx": WORKBOOK}, "refused", "notes.docx"
    )
    yield case(
        "CSV and Parquet of one input",
        {"customers.csv": TEXT, "customers.parquet": b"x"},
        "refused",
        "more than once",
    )
    yield case(
        "a folder of parts", {"customers/1.csv": first, "customers/2.csv.gz": gzipped(second)}
    )
    yield case(
        "a folder of folders", {"customers/a/1.csv": first, "customers/b/2.csv": second}, "either"
    )
    yield case(
        "a folder with an editor's file", {"customers/.1.csv.swp": b"\0", "customers/1.csv": TEXT}
    )
    yield case(
        "a folder with a hidden file",
        {"customers/._1.csv": b"\0", "customers/1.csv": TEXT},
        "either",
    )
    yield case("a folder without data", {"customers/readme.md": "hello"}, "refused")


def numbers() -> Iterator[Case]:
    """Texts that somebody might take for a number."""
    for what, texts in {
        "without an end": ["NaN", "nan", "Infinity", "inf", "-inf", "1e999", "1e-999", "-0"],
        "of programmers": ["0x1F", "0b101", "0o17", "75_834", "7e", "TRUE", "NULL", "None"],
        "with signs of currency": ["$75834", "75834 €", "INR 75834", "¥75834", "75834.-"],
        "with signs": ["(75834)", "75834-", "--75834", "\u221275834", "+75834", "-75834"],
        "in other digits": ["٧٥٨٣٤", "７５８３４", "75²", "½", "Ⅻ", "七"],
        "of spreadsheets": ["3/4", "50%", "=75834+1", "@SUM(A1:A9)", '="75834"', "#REF!", "#####"],
        "with exponents": ["7.5834e4", "7.5834E+04", "1e9", "1e10", "5e-1", "7e4.5", "e5"],
        "with points": [".", ".75", "75834.", "75.834.1", "..5", "75834.123456789012345678901"],
        "that are missing": ["", " ", "-", "N/A", "n/a", "?"],
        "of great length": ["7" * 400, "0" * 5000 + "75834", "1." + "0" * 3000 + "1"],
        "at the ends of the range": ["0", "1", "0.999999", "1000000000", "1000000001"],
        "that are none": ["2023-05-17", "plenty", "75834;75835", "1 or 2", "12 months"],
        "with blanks around": ["  75834  ", "\t75834", "75834\n", "\u00a075834", "\u200b75834"],
    }.items():
        yield cells(
            f"incomes {what}",
            texts,
            "avg_income",
            exact=what not in ("at the ends of the range", "of great length"),
        )
    for what, texts in {
        "with blanks for thousands": ["75\u00a0834", "75 834", "75\u202f834", "1 075 834.5"],
        "with apostrophes for thousands": ["75'834", "75’834", "1'075'834.50"],
        "with commas for thousands": ["75,834", "1,075,834.50", "7,58,340.00"],
        "with misplaced commas": ["75,8,34", "7583,4,", ",75834", "7,58,34"],
        "with marks within": ["758\x0034", "\u200f75834", "758\u200b34", "75\ufeff834"],
    }.items():
        yield cells(
            f"incomes {what}",
            texts,
            "avg_income",
            ending="either",
            exact=False,
            meant=lambda texts=texts: CUSTOMERS.records(
                CUSTOMERS.with_values("avg_income", [readable_number(text) for text in texts])
            ),
        )
    whole = ["2.5", "2.0", "1e1", "-1", "9" * 20, "0x3", "true", "two", "inf", "1.0000000001"]
    yield cells("numbers of cards", whole[:8], "total_credit_cards", "card_relationships")
    yield cells("numbers of calls", whole, "total_calls_made", "card_relationships")
    for column in ("annual_income", "num_of_loan", "credit_history_age"):
        yield cells(f"{column} in words for missing", WORDS, column, "credit_profiles")
    yield cells(
        "yearly incomes with marks",
        [
            "plenty",
            "45864.96_",
            "_45864.96",
            "___",
            "inf",
            "-45864.96",
            "45,864.96_",
            "",
            "__-333333333333333333333333333__",
        ],
        "annual_income",
        "credit_profiles",
    )
    yield cells(
        "credit histories",
        [
            "22 Years",
            "300",
            "12.6",
            "0x1F",
            "1_0",
            "1 Year and 1 Month",
            "-5",
            "NA",
            "22 Years and 9 Months ago",
            "99999999999 Years and 1 Months",
            "5 years and 1 month",
        ],
        "credit_history_age",
        "credit_profiles",
    )
    yield cells(
        "ages",
        ["-500", "8698", "28_", "28.5", "13", "14", "110", "111", "_"],
        "age",
        "credit_profiles",
    )
    yield cells(
        "accepted words",
        ["good", "GOOD", " Standard", "_", "Excellent", "G00d", "Bad."],
        "credit_mix",
        "credit_profiles",
        exact=False,
    )
    yield cells(
        "occupations like their placeholder",
        ["_", "__", "_______", " _______ ", "_____"],
        "occupation",
        "credit_profiles",
    )
    yield cells("spends", ["-5", "0", "0.000001", "1e12", "1e13"], "spend", "spends")


def readable_number(text: str) -> str:
    """A number without separators, if it is one; such a number may be read or rejected."""
    for blank in " '’\u00a0\u202f":
        text = text.replace(blank, "")
    return "758340.00" if text == "7,58,340.00" else text


def spreadsheets() -> Iterator[Case]:
    """Whole columns of numbers as spreadsheets of some country write them."""

    def incomes(spell: Callable[[int], str]) -> list[list[str]]:
        return [[*row[:-1], spell(int(float(row[-1].replace(",", ""))))] for row in ROWS]

    for what, spell, mean in (
        ("decimal commas", lambda value: f"{value},25", lambda value: f"{value}.25"),
        (
            "points and decimal commas",
            lambda value: f"{value:,}".replace(",", ".") + ",50",
            lambda value: f"{value}.50",
        ),
        ("commas and points", lambda value: f"{value:,}.50", lambda value: f"{value}.50"),
        ("commas for thousands", lambda value: f"{value:,}", str),
        (
            "points for thousands",
            lambda value: f"{value * 1000:,}".replace(",", "."),
            lambda value: f"{value * 1000}",
        ),
        ("blanks for thousands", lambda value: f"{value:,}".replace(",", " "), str),
        ("apostrophes for thousands", lambda value: f"{value:,}".replace(",", "'"), str),
        ("blanks around", lambda value: f" {value:,}.00 ", str),
    ):
        for delimiter in ",;":
            yield file(
                f"incomes with {what}, fields by {delimiter}",
                CUSTOMERS.text(incomes(spell), delimiter=delimiter),
                "either",
                exact=False,
                meant=lambda mean=mean: CUSTOMERS.records(incomes(mean)),
            )
    for what, spell in {
        "exponents": lambda value: f"{value:.4e}",
        "exponents of three digits": lambda value: f"{value:.4E}".replace("E+", "E+0"),
        "exponents in some rows": lambda value: f"{value:.4E}" if value % 3 else f"{value}.0",
    }.items():
        for mark in ".,":
            yield file(
                f"incomes with {what}, decimals by {mark}",
                CUSTOMERS.text(
                    incomes(lambda value, spell=spell, mark=mark: spell(value).replace(".", mark))
                ),
                # the independent reader does not count decimal commas as repairs
                exact=mark == ".",
                meant=lambda spell=spell: CUSTOMERS.records(incomes(spell)),
            )
    mixed = incomes(lambda value: f"{value},5" if value % 2 else f"{value}.5")
    yield file("incomes with points and commas by turns", CUSTOMERS.text(mixed), "refused")


def texts() -> Iterator[Case]:
    for what, values in {
        "that are formulas": [
            "=cmd|' /C calc'!A0",
            "@SUM(1+1)*cmd",
            "+1+cmd",
            "-2+3",
            "=1+1",
            "\t=1",
        ],
        "that are code": [
            "<script>alert(1)</script>",
            "'; drop table inputs.customers; --",
            "{{ 1 / 0 }}",
            "{% raw %}",
            "${HOME} $(id) `id`",
            "%s %d %(x)s",
        ],
        "with backslashes": ["C:\\new\\table", "Delhi\\", "\\N", "\\", "\\\\", "\\n"],
        "that mean nothing": ["NULL", "null", "None", "nan", "N/A", "-", "?", "TRUE"],
        "with control signs": ["Del\x01\x02\x1bhi", "Del\x1fhi", "Del\x7fhi", "Del\x08hi"],
        "from right to left": ["\u202eihleD\u202c", "\u200fDelhi", "דלהי", "دلهي"],
        "that look alike": ["Dеlhі", "Ⅾelhi", "Málaga", "Málaga", "Delhi\u0307", "ＤＥＬＨＩ"],
        "with invisible signs": ["Del\u200bhi", "New\u00a0Delhi", "Del\u00adhi", "Del\u2060hi"],
        "beyond the base plane": ["Delhi 🏙️👨‍👩‍👧", "𝔇𝔢𝔩𝔥𝔦", "𓂀", "\U0010fffd"],
        "of other case": ["bengaluru", "BENGALURU", "GROẞ", "gross", "DİYARBAKIR", "ﬁn"],
        "of other blanks": [" Bengaluru", "Bengaluru  ", "New  Delhi", "New_Delhi", "New Delhi"],
        "of numbers": ["007", "1e5", "0x1F", "1,234", "١٢٣"],
    }.items():
        yield cells(
            f"cities {what}", values, exact=what not in ("of other case", "with control signs")
        )
    for column in ("occupation", "credit_mix", "payment_of_min_amount", "type_of_loan"):
        yield cells(f"{column} in words for missing", WORDS, column, "credit_profiles")
        for word in WORDS:
            yield cells(f"{column} {word}", [word], column, "credit_profiles")
    for word in WORDS:
        yield cells(f"a city {word}", [word])
    for what, values in {
        "accents": ["M\u00e1laga", "Ma\u0301laga", "MA\u0301LAGA"],
        "blanks": [
            "New Delhi",
            "New\u00a0Delhi",
            "New\u202fDelhi",
            "New\u2009Delhi",
            "New\u3000_Delhi",
        ],
        "dashes": [
            "Delhi-NCR",
            "Delhi\u2013NCR",
            "Delhi\u2010NCR",
            "Delhi\u2212NCR",
            "Delhi\u2014NCR",
        ],
        "signs without a width": [
            "Delhi NCR",
            "Del\u200bhi NCR",
            "Del\u00adhi NCR",
            "\u200eDelhi NCR",
        ],
        "letters": ["Delhi", "Dеlhі", "D\u00eblhi", "Delhi\u0307"],
    }.items():
        for column, input_name in (("city", "customers"), ("occupation", "credit_profiles")):
            yield cells(f"{column} in other {what}", [values[0], *values], column, input_name)
    groups = ["25-34", "25-34", "25\u201334", "25\u201134", "25 - 34"]
    yield cells("age groups in other dashes", groups, "age_group")
    for column in HEADER:
        values = [f'="{row[HEADER.index(column)]}"' for row in ROWS]
        spelled = [[*row] for row in ROWS]
        for row, value in zip(spelled, values, strict=True):
            row[HEADER.index(column)] = value
        yield file(f"{column} as spreadsheets mark texts", CUSTOMERS.text(spelled))
    bare = [",".join(f'="{value.replace(",", "")}"' for value in row) for row in [HEADER, *ROWS]]
    yield file("all values as spreadsheets mark texts, in no quotes", "\n".join(bare) + "\n")
    odd = ['="Delhi', 'Delhi"', '=""', '="De"lhi"', ' =" Delhi " ', '="NA"', "=Delhi", '="=1+1"']
    yield cells("cities almost as spreadsheets mark texts", odd)
    yield cells("cities that are missing", ["", "   ", "\t", "\u00a0", "\u200b"], exact=False)
    yield cells("cities of underscores", ["_", "___", "_ _"], exact=False)
    yield cells("a city with a NUL byte", ["Del\0hi"], ending="either", exact=False)
    yield cells("a city of a unit separator", ["\x1f"], ending="either", exact=False)
    yield cells("cities of some length", ["x" * 1_000, "y" * 1_001, "z" * 100_000], exact=False)


def identifiers() -> Iterator[Case]:
    for what, values in {
        "that look like numbers": [
            "0x160a",
            "1e5",
            "000123",
            "1.0",
            "+491",
            "1,234",
            "12345678901234567890123",
        ],
        "that look like something": ["TRUE", "NaN", "null", "2023-05-01", "=A1", "A 1"],
        "with odd signs": ['A"1', "A'1", "ид-1", "A\\1", "A/1", "A,1", "k" * 500],
        "that differ in case": ["abc1", "ABC1", "Abc1"],
        "that differ in zeros": ["7", "007", "7.0", "07", "7e0"],
        "that differ in a sign": ["Ka", "Ká", "Ka\u0301", "K\u0430", "K-a", "K_a"],
        "that differ in blanks": ["K7", " K7 ", "K 7"],
        "that stand twice": ["K1", "K1", "K2", "K2", "K2"],
        "that are missing": ["", " ", ""],
    }.items():
        yield cells(f"keys {what}", values, "customer_id")
    usage = read_sample("card_usage")
    for word in ("Total", "GRAND TOTAL", "Average:", "Subtotal", "Mean", "Summe", "Moyenne :"):
        last = [word, *usage.rows[0][1:]]
        yield file(
            f"a line of {word} below the rows",
            usage.text([*usage.rows, last]),
            input_name="card_usage",
        )
    relationships = read_sample("card_relationships")
    last = [relationships.rows[0][0], "Average", *relationships.rows[0][2:]]
    yield file(
        "a line of averages with a number",
        relationships.text([*relationships.rows, last]),
        input_name="card_relationships",
    )
    yield cells("keys almost of totals", ["Total 1", "Totalis", "Sum-1", "Meant"], "customer_id")
    yield file("a few rows twice", CUSTOMERS.text([*ROWS, *ROWS[:4]]))
    yield file("a key again with other values", CUSTOMERS.text([*ROWS, [*ROWS[4][:-1], "4242"]]))
    yield refused("every row twice", CUSTOMERS.text(ROWS * 2))
    yield refused("one key for all rows", CUSTOMERS.text([["K1", *row[1:]] for row in ROWS]))
    spends = read_sample("spends")
    yield file(
        "spends with rows twice", spends.text([*spends.rows, *spends.rows[:4]]), input_name="spends"
    )
    yield cells(
        "spends of nobody",
        ["NOBODY", "sample00001", " SAMPLE00001 ", "SAMPLE1"],
        "customer_id",
        "spends",
    )
    yield refused(
        "spends of nobody only",
        spends.text([["NOBODY", *row[1:]] for row in spends.rows]),
        input_name="spends",
    )


# In spellings that may be read, if they are read as this, or rejected.
# of a year that no other row has, so that none is kept for an earlier row that was not read
READABLE_MONTHS = {
    "2022/05/17": "2022-05",
    "20220517": "2022-05",
    "2022-05-17 00:00:00": "2022-05",
    "2022-05-17T10:00:00Z": "2022-05",
    "2022-5-7": "2022-05",
    "May 2022": "2022-05",
    "May-22": "2022-05",
    "17.05.2022": "2022-05",
    "05/17/2022": "2022-05",
    "05/2022": "2022-05",
    "202205": "2022-05",
    "Sept 2022": "2022-09",
    "Sep. 2022": "2022-09",
    "2100-12-31": "2100-12",
    # the date that is written counts, wherever it was
    "2022-05-01T00:00:00+05:30": "2022-05",
    "2022-05-01 00:00:00-08:00": "2022-05",
    "2022-05-31T23:30:00.000-0800": "2022-05",
    "2022-05-01 00:00:00 +0530": "2022-05",
    "2022-05-01 00:00:00 UTC": "2022-05",
    "2022-05-01T00:00+05:30[Asia/Kolkata]": "2022-05",
    "2022-05-01T00:00:00.000000Z": "2022-05",
}
ZONES = (
    *("UTC", "Asia/Kolkata", "Asia/Tokyo", "Europe/Berlin", "Europe/London", "America/New_York"),
    *("America/Sao_Paulo", "Australia/Adelaide", "Pacific/Auckland", "Pacific/Honolulu"),
)


def months() -> Iterator[Case]:
    for what, values in {
        "by name": ["MAY", "may", "Jun", " May ", "december", "JAN"],
        "in other languages": ["Mai", "août", "mayo", "五月", "Mayy", "Ma"],
        "by date": ["2023-05", "2023-05-17", "2024-02-29", "1999-12-31"],
        "that do not exist": ["2023-02-30", "2023-13", "2023-00", "2023-02-29", "2023-04-31"],
        "without an end": ["infinity", "-infinity", "epoch", "NaN", "now", "today"],
        "far off": ["0999-05", "0001-01-01", "9999-12-31", "99999-05-01", "5000000-01-01"],
        "before Christ": ["2023-05-17 (BC)", "2023-05-17 BC", "-2023-05-17"],
        "with more behind": ["2023-05-17 or so", "2023-05-17;2023-06-17", "2023-05-1x"],
        "of spreadsheets": ["45063", "5", "=TODAY()", "2023-Q2", "", "２０２３-０５"],
        "that are ambiguous": ["05/06/2023", "05-06-2023", "5/6/23", "05.06.23"],
    }.items():
        yield month_case(what, values, values)
    for at in range(0, len(READABLE_MONTHS), 7):
        spelled = list(READABLE_MONTHS)[at : at + 7]
        meant = [READABLE_MONTHS[text] for text in spelled]
        yield month_case(f"in readable spellings, {at // 7 + 1}", spelled, meant, exact=False)


def instants() -> Iterator[Case]:
    """Parquet with time stamps that have a time zone, which a file does not keep."""
    month = "strptime(month || ' 2023', '%B %Y')"

    def case(what: str, content: bytes, meant=None, **variables) -> Case:
        def make(folder: Path) -> dict:
            (folder / "spends.parquet").write_bytes(content)
            return {"inputs": {"spends": f"{folder}/spends.parquet"}, **variables}

        meant = meant or of_sample("spends")
        return Case(f"Parquet of months {what}", "spends", make, "loaded", (), meant)

    def written(value: str) -> bytes:
        return copied(select=f"* replace ({value} as month)", input_name="spends")

    for zone in ZONES:
        yield case(f"at midnight of {zone}", written(f"timezone('{zone}', {month})"))
        within = f"{month} + to_hours(rn % 600)".replace(
            "rn", "length(category) * 37 + length(spend)"
        )
        yield case(f"within {zone}", written(f"timezone('{zone}', {within})"), time_zone=zone)
        yield case(
            f"at midnight of {zone}, which is named",
            written(f"timezone('{zone}', {month})"),
            time_zone=zone,
        )
    yield case("without a zone", written(month))
    yield case("that are dates", written(f"{month}::date"))
    yield case("without a zone, one is named", written(month), time_zone="America/New_York")
    old = (PROJECT / "tests" / "data" / "months_as_int96.parquet").read_bytes()
    spends = read_sample("spends")
    yield case("as INT96", old, lambda: spends.records(spends.rows[:24]))


def month_case(what: str, spelled: list[str], meant: list[str], exact: bool = True) -> Case:
    spends = read_sample("spends")
    category = spends.header.index("category")

    def rows(values: list[str]) -> list[list[str]]:
        # a category of its own for each row, or two months that are read as one would share a key
        changed = spends.with_values("month", values)
        return [
            [*row[:category], f"Category {index}", *row[category + 1 :]]
            for index, row in enumerate(changed)
        ]

    return file(
        f"months {what}",
        spends.text(rows(spelled)),
        input_name="spends",
        meant=lambda: spends.records(rows(meant)),
        exact=exact,
    )


def sizes() -> Iterator[Case]:
    def long_line(fill: str, times: int = 1):
        return lambda: line_changed(lambda line: fill * (times * TEN_MEGABYTES) + line)

    yield cells("a city of 10 MB", ["x" * (TEN_MEGABYTES // FEW)], ending="either", exact=False)
    yield file("a line of 10 MB", long_line("x"), "either", exact=False)
    yield riddle("a line of 10 MB of commas", long_line(","))
    yield riddle("a line of 10 MB of quotes", long_line('"'))
    yield riddle("a line of 30 MB", long_line("y", 3))
    yield refused("a header of 10 MB", lambda: with_header(",".join(HEADER) + "z" * TEN_MEGABYTES))
    yield refused("10 MB without a line end", lambda: "x" * TEN_MEGABYTES)
    yield refused("a whole file in one line", TEXT.replace("\n", ","))


def nul_bytes() -> Iterator[Case]:
    for name in INPUTS:
        content = line_changed(lambda line: "\0" + line, input_name=name)
        yield file(f"{name} with a NUL byte", content, "either", input_name=name, exact=False)
    yield refused("a header with a NUL byte", TEXT.replace("city", "ci\0ty", 1))
    yield file("NUL bytes at the end", TEXT + "\0" * 512, "either", exact=False)
    yield file("NUL bytes between all letters", "\0".join(TEXT), "either", meant="the sample")


GROUPS = (
    truncated,
    encodings,
    quotes,
    line_ends,
    delimiters,
    header,
    shifted,
    empty,
    binary,
    compressed,
    parquet,
    file_system,
    several_files,
    numbers,
    spreadsheets,
    texts,
    identifiers,
    months,
    instants,
    sizes,
    nul_bytes,
)


def all_cases() -> list[Case]:
    """Every case, by group; names are unique."""
    cases = [
        replace(case, group=group.__name__.replace("_", " "))
        for group in GROUPS
        for case in group()
    ]
    repeated = [name for name, count in Counter(one.name for one in cases).items() if count > 1]
    assert not repeated, repeated
    return cases


def as_parquet(case: Case) -> Case | None:
    """The rows of a case as Parquet of texts, read in place; None where they are not clear."""
    if case.ending != "loaded" or case.meant is None or not case.exact:
        return None
    records = [record for record in case.meant() if isinstance(record, dict)]

    def make(folder: Path) -> dict:
        # the columns are those of the contract, under their own names
        variables = {
            key: value
            for key, value in case.make(folder).items()
            if key not in ("column_names", "pass_through")
        }
        path = folder / "as_parquet.parquet"
        rows = pd.DataFrame(records, dtype="object")
        with duckdb.connect() as connection:
            connection.register("given", rows)
            texts = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in rows.columns)
            connection.execute(f"copy (select {texts} from given) to '{path}' (format parquet)")
        variables["inputs"] = {**variables.get("inputs", {}), case.input_name: str(path)}
        return variables

    return replace(case, name=f"{case.name}, as Parquet", make=make, meant=lambda: records)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("words", nargs="*", help="only cases whose name holds one of these words")
    parser.add_argument("--problems", action="store_true", help="print only what went wrong")
    parser.add_argument("--parquet", action="store_true", help="the same rows as Parquet of texts")
    arguments = parser.parse_args()
    endings = Counter()
    print("case | outcome | read | loaded | rejected | repaired | sentence")
    with tempfile.TemporaryDirectory() as folder:
        loader = Loader(Path(folder))
        for case in all_cases():
            if arguments.words and not any(word in case.name for word in arguments.words):
                continue
            if arguments.parquet and not (case := as_parquet(case)):
                continue
            outcome = loader.load(case)
            wrong = problems(case, outcome)
            endings["wrong" if wrong else outcome.ending] += 1
            if arguments.problems and not wrong:
                continue
            figures = ["", "", "", ""]
            if outcome.ending == "loaded":
                figures = [
                    outcome.read,
                    len(outcome.rows),
                    outcome.rejects.total(),
                    outcome.repairs.total(),
                ]
            sentence = outcome.sentence.replace(folder, "…")[:300]
            print(*(case.name, outcome.ending, *figures, sentence), sep=" | ", flush=True)
            for problem in wrong:
                print(f"    WRONG: {problem}", flush=True)
    print(", ".join(f"{count} {ending}" for ending, count in endings.items()))
    return 1 if endings["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
