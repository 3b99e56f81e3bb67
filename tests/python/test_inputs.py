"""Own files: broken rows are quarantined, and bad input ends in one readable sentence."""

import csv
import gzip
import os
import re
import shutil

import duckdb
import pytest
from workspaces import INPUTS, PROJECT

from card_segments.inputs import plugin

SAMPLE = PROJECT / "seeds" / "inputs"
ACCOUNTING = (
    "build",
    *("--select", "+int_input_rejects", "+int_input_rows", "+int_input_repairs"),
    *("--exclude-resource-type", "test", "unit_test"),
)


@pytest.fixture
def input_folder(tmp_path):
    """A copy of the bundled sample, with the first 200 rows of each input."""
    folder = tmp_path / "own_files"
    folder.mkdir()
    for name in INPUTS:
        lines = (SAMPLE / f"{name}.csv").read_bytes().splitlines(keepends=True)[:201]
        (folder / f"{name}.csv").write_bytes(b"".join(lines))
    return folder


def shape(text):
    """What is shown of a rejected text."""
    return re.sub("[A-Z]", "X", re.sub("[a-z]", "x", re.sub("[0-9]", "9", text)))


def edit(path, edit_rows):
    """Change the rows of a CSV file (header first) and write it back."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    edit_rows(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


BROKEN = {
    "customers": ("avg_income", "a lot", "unreadable", "is not a number"),
    "spends": ("month", "Smarch", "unreadable", "is not a month name"),
    "card_relationships": ("Total_calls_made", "-4", "out_of_range", "is outside 0 to"),
    "card_usage": ("TENURE", "", "missing", "is empty, but every row needs it"),
    "credit_profiles": ("Credit_Score", "Splendid", "unreadable", "is not one of Good, Standard"),
}


def test_a_broken_value_in_each_input_is_quarantined(workspace, input_folder):
    for name, (column, value, _, _) in BROKEN.items():

        def break_row(rows, column=column, value=value):
            rows[150][rows[0].index(column)] = value

        edit(input_folder / f"{name}.csv", break_row)
    run = workspace.dbt(*ACCOUNTING, input_dir=str(input_folder))
    assert run.succeeded, run.output

    rejects = workspace.query("select * from intermediate.int_input_rejects where source_row = 151")
    rejects = rejects.set_index("input_name")
    for name, (column, value, rule, reason) in BROKEN.items():
        reject = rejects.loc[name]
        assert reject["column_name"] == column.lower().replace(" ", "_")
        assert (reject["rejected_value"] or "") == shape(value)
        assert reject["reject_rule"] == rule
        assert reason in reject["reject_reason"]
        assert reject["source_file"].endswith(f"{name}.csv")
    rows = workspace.query("select * from intermediate.int_input_rows")
    assert (rows["read_rows"] == 200).all()
    assert (rows["loaded_rows"] + rows["rejected_rows"] == 200).all()


def test_rows_of_another_shape_are_quarantined_and_the_rest_keep_their_numbers(
    workspace, input_folder
):
    def break_rows(rows):
        rows[10] = rows[10][:3]
        rows[20] = [*rows[20], "one too many"]
        rows[30] = [*rows[30], "and", "several", "too", "many"]
        rows[40][1] = "not a number"

    edit(input_folder / "card_relationships.csv", break_rows)
    run = workspace.dbt(*ACCOUNTING, input_dir=str(input_folder))
    assert run.succeeded, run.output
    rejects = workspace.query(
        """
        select source_row, reject_reason from intermediate.int_input_rejects
        where input_name = 'card_relationships' and source_row <> 92 order by source_row
        """
    )
    assert rejects["source_row"].tolist() == [11, 21, 31]
    assert rejects["reject_reason"].tolist() == [
        "has fewer fields than the header",
        "has more fields than the header",
        "has more fields than the header",
    ]


@pytest.mark.parametrize("broken", ["", '10,"a ""quoted"" word and a "stray" one\n'])
def test_a_file_that_was_cut_off_is_named(workspace, input_folder, broken):
    """Whether DuckDB splits its lines or card_segments/inputs/rows.py."""
    path = input_folder / "card_relationships.csv"
    path.write_text(path.read_text(encoding="utf-8") + broken + "901,902,100", encoding="utf-8")
    run = workspace.dbt(*ACCOUNTING, input_dir=str(input_folder))
    assert run.succeeded, run.output
    rejects = workspace.query(
        "select reject_reason from intermediate.int_input_rejects "
        "where input_name = 'card_relationships' order by source_row desc limit 1"
    )
    assert rejects["reject_reason"].tolist() == [
        "has fewer fields than the header and no line end: the file may have been cut off"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("masked", [pytest.param(0, marks=pytest.mark.exhaustive), 1_000])
def test_rows_of_large_files_keep_their_numbers(workspace, input_folder, masked):
    """They are read by several threads, and numbered by where they come to lie; so where one in
    ten needs a mark instead of what identifies a person."""
    folder, rows = input_folder / "spends", {"a": 400_000, "b": 1, "c": 500_000, "d": 130_000}
    folder.mkdir()
    (input_folder / "spends.csv").unlink()
    for name, count in rows.items():
        # the spend of a row is its number
        duckdb.sql(
            "copy (select repeat('C', (1 + hash(range) % 40)::bigint) || range "
            f"|| case when range % 10000 < {masked} then '@bank.com' else '' end as customer_id, "
            "'May' as month, 'Food' as category, 'UPI' as payment_type, range + 2 as spend "
            f"from range({count})) to '{folder / name}.csv' (header)"
        )
    loaded = ("seed", "--select", "spends")
    assert workspace.dbt(*loaded, input_dir=str(input_folder)).succeeded
    found = workspace.query(
        "select parse_filename(source_file, true) as name, count(*) as rows, "
        "count(*) filter (spend = source_row) as right from inputs.spends group by all"
    )
    assert dict(zip(found["name"], found["rows"], strict=True)) == rows
    assert dict(zip(found["name"], found["right"], strict=True)) == rows
    tables = "select table_name from duckdb_tables() where schema_name = 'inputs'"
    assert list(workspace.query(tables)["table_name"]) == ["spends__rows"]

    # one row of another width has all files read with care, and nothing is left of the other way
    with (folder / "b.csv").open("a", encoding="utf-8") as file:
        file.write("C1,May,Food\n")
    assert workspace.dbt(*loaded, input_dir=str(input_folder)).succeeded
    found = workspace.query(
        "select count(*) as rows, count(source_fault) as faults, "
        "count(*) filter (spend::bigint = source_row) as right from inputs.spends"
    ).iloc[0]
    assert tuple(found) == (1_030_002, 1, 1_030_001)
    assert list(workspace.query(tables)["table_name"]) == ["spends"]


def test_keys_that_tell_nobody_apart_are_quarantined(workspace, input_folder):
    edit(
        input_folder / "customers.csv",
        lambda rows: rows.extend(
            [
                rows[1],
                [*rows[1][:-1], "12345"],
                ["2.70319E+15", *rows[1][1:]],
                ["1E10", *rows[1][1:]],
            ]
        ),
    )
    edit(
        input_folder / "spends.csv",
        lambda rows: rows.extend([rows[1], ["NOBODY", *rows[1][1:]]]),
    )
    run = workspace.dbt(*ACCOUNTING, input_dir=str(input_folder))
    assert run.succeeded, run.output
    rejects = workspace.query(
        "select input_name, reject_rule, source_row from intermediate.int_input_rejects"
    )
    found = set(rejects.itertuples(index=False, name=None))
    assert {
        ("customers", "repeated_key", 202),
        ("customers", "contradictory_key", 203),
        ("customers", "rounded_number", 204),
        ("spends", "repeated_key", 202),
        ("spends", "orphan", 203),
    } <= found
    # an identifier of a bank's own that only looks a little like it
    assert ("customers", 205) not in {(name, row) for name, _, row in found}


def test_copies_of_many_kinds_read_the_same(workspace, input_folder):
    """Delimiters, line ends, byte-order mark, header, order of columns, compression, parts."""
    path = input_folder / "customers.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    header = [name.upper().replace("_", " ") for name in header]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        permuted = [list(reversed(row)) for row in [header, *rows]]
        csv.writer(file, delimiter=";", lineterminator="\r").writerows(permuted)
    lines = (input_folder / "card_usage.csv").read_bytes()
    (input_folder / "card_usage.csv").unlink()
    with gzip.open(input_folder / "card_usage.csv.gz", "wb") as file:
        file.write(lines.replace(b",", b"\t"))
    header, *rows = (input_folder / "spends.csv").read_text().splitlines()
    (input_folder / "spends.csv").unlink()
    (input_folder / "spends").mkdir()
    for part in range(2):
        text = "\n".join([header, *rows[part * 100 : part * 100 + 100]]) + "\n"
        (input_folder / "spends" / f"part_{part}.csv").write_text(text)
    path = input_folder / "card_relationships"
    duckdb.sql(f"copy (from read_csv('{path}.csv')) to '{path}.parquet' (format parquet)")
    path.with_suffix(".csv").unlink()

    run = workspace.dbt(*ACCOUNTING, input_dir=str(input_folder))
    assert run.succeeded, run.output
    rows = workspace.query(
        """
        select input_name, sum(read_rows) as read_rows, sum(rejected_rows) as rejected_rows
        from intermediate.int_input_rows group by input_name
        """
    ).set_index("input_name")
    assert (rows["read_rows"] == 200).all()
    # the one dirty row of the sample among these
    assert rows["rejected_rows"].to_dict() == {**dict.fromkeys(INPUTS, 0), "card_relationships": 1}
    files = workspace.query(
        "select source_file, read_rows from intermediate.int_input_rows where input_name = 'spends'"
    )
    assert files["read_rows"].tolist() == [100, 100]


def test_files_whose_names_differ_in_case_are_all_read(workspace, input_folder):
    header, *rows = (input_folder / "spends.csv").read_text().splitlines()
    (input_folder / "spends.csv").unlink()
    (input_folder / "spends").mkdir()
    for name, part in (("B.csv", rows[:50]), ("a.csv", rows[50:120]), ("b.csv", rows[120:])):
        (input_folder / "spends" / name).write_text("\n".join([header, *part]) + "\n")
    run = workspace.dbt("seed", "--select", "spends", input_dir=str(input_folder))
    assert run.succeeded, run.output
    files = workspace.query("select source_file, count(*) as rows from inputs.spends group by all")
    assert dict(zip(files["source_file"].str[-5:], files["rows"], strict=True)) == {
        "B.csv": 50,
        "a.csv": 70,
        "b.csv": 80,
    }


def remove_file(folder):
    (folder / "customers.csv").unlink()


def empty_file(folder):
    (folder / "customers.csv").write_bytes(b"")


def header_only(folder):
    edit(folder / "customers.csv", lambda rows: rows.__delitem__(slice(1, None)))


def missing_column(folder):
    edit(folder / "customers.csv", lambda rows: rows[0].__setitem__(6, "average_income"))


def missing_columns(folder):
    edit(folder / "customers.csv", lambda rows: [row.__delitem__(slice(3, None)) for row in rows])


def repeated_column(folder):
    edit(folder / "customers.csv", lambda rows: rows[0].__setitem__(1, "city"))


def wrong_delimiter(folder):
    text = (folder / "customers.csv").read_text().replace(",", ":")
    (folder / "customers.csv").write_text(text)


def two_files(folder):
    shutil.copy(folder / "customers.csv", folder / "customers.csv.gz")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (remove_file, r"There is no file for the input 'customers' in the folder \S+own_files\."),
        (empty_file, r"customers\.csv for the input 'customers' is empty\. It needs a header"),
        (header_only, r"customers\.csv for the input 'customers' has a header but no rows\."),
        (
            missing_column,
            r"has no column 'avg_income'; the nearest name in its header is 'average_income'\.",
        ),
        (
            missing_columns,
            r"lacks 4 columns: occupation, gender, marital_status, avg_income\. Add or rename",
        ),
        (repeated_column, r"has the column 'city' twice \(header fields 2 and 3\)\."),
        (wrong_delimiter, r"customers\.csv for the input 'customers' does not begin with a header"),
        (two_files, r"The input 'customers' stands more than once in \S+own_files: "),
    ],
)
def test_a_bad_file_ends_in_one_sentence(workspace, input_folder, spoil, sentence):
    spoil(input_folder)
    run = workspace.dbt("seed", "--select", "customers", input_dir=str(input_folder))
    assert_one_sentence(run, sentence)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"input_dir": "no/such/folder"},
            "The folder no/such/folder, which the variable input_dir",
        ),
        # what inputs there are decides what is parsed
        pytest.param(
            {"enabled_inputs": ["customers", "card_usge"]},
            "enabled_inputs names 'card_usge', which is not an input. Did you mean 'card_usage'?",
            marks=(pytest.mark.slow, pytest.mark.exhaustive),
        ),
        ({"inputs": {"spend": "x.csv"}}, "inputs names 'spend', which is not an input."),
        ({"inputs": {"spends": "gone.csv"}}, "There is no file gone.csv, which the variable"),
        pytest.param(
            {"enabled_inputs": []},
            "The variable enabled_inputs is empty",
            marks=(pytest.mark.slow, pytest.mark.exhaustive),
        ),
        ({"minimum_cell_size": "ten"}, "The variable minimum_cell_size is 'ten', but has to be"),
        (
            {"accept_changes": True},
            "The variable accept_changes is 'True', but has to be a list of the checks whose",
        ),
        (
            {"same_customers": ["card_usge"]},
            "The variable same_customers is '['card_usge']', but has to be a list of",
        ),
        ({"time_zone": "Kolkata"}, "The variable time_zone is 'Kolkata', but has to be the name"),
        ({"spends_year": "May"}, "The variable spends_year is 'May', but has to be a year"),
        (
            {"input_dir": "{{ 7 - 7 }}"},
            "The variable input_dir holds {{, {% or {#, which dbt would",
        ),
        pytest.param(
            {"proxy_cramers_v": "0 or 1=1"},
            "The variable proxy_cramers_v is '0 or 1=1', but has to",
            marks=(pytest.mark.slow, pytest.mark.exhaustive),
        ),
        pytest.param(
            {"payment_type_shares": {"a, 1/0 as b": "UPI"}},
            "The variable payment_type_shares names the column 'a, 1/0 as b', but a name has to be",
            marks=(pytest.mark.slow, pytest.mark.exhaustive),
        ),
    ],
)
def test_a_wrong_variable_ends_in_one_sentence(workspace, variables, sentence):
    run = workspace.dbt("build", "--select", "published_tables", **variables)
    assert_one_sentence(run, re.escape(sentence))


def test_showing_what_is_not_built_ends_in_one_sentence(workspace):
    run = workspace.dbt("show", "-s", "stg_customers__customers")
    assert_one_sentence(run, r"There is no (model|seed) \w+ in the warehouse yet, which this query")
    assert "Catalog Error" not in run.output
    run = workspace.dbt("show", "--inline", "select 7 as seven")
    assert run.succeeded and "seven" in run.output, run.output


def assert_one_sentence(run, sentence):
    assert not run.succeeded, run.output
    assert re.search(sentence, run.text), run.output
    assert "Traceback" not in run.output


def cut(path):
    path.write_bytes(path.read_bytes()[:4000])


def exchange(path):
    """Put a file with its columns in another order in its place, just as long and as old."""
    state = path.stat()
    rows = [line.split(b",") for line in path.read_bytes().split(b"\r\n")]
    other = path.with_suffix(".new")
    other.write_bytes(b"\r\n".join(b",".join([row[0], *row[:0:-1]]) for row in rows))
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    other.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (state.st_size, state.st_mtime_ns)


def overwrite(path):
    """Other bytes in the same file, as a copying tool leaves them that keeps times."""
    state = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Male", b"MALE"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def add_a_part(path):
    shutil.copy(path, path.with_name("third.csv"))


def add_a_part_in_capitals(path):
    shutil.copy(path, path.with_name("FIRST.csv"))


def rewrite_parquet(path):
    duckdb.sql(f"copy (from '{path}' limit 150) to '{path}.new' (format parquet)")
    path.with_name(f"{path.name}.new").replace(path)


def remove(path):
    path.unlink()


@pytest.mark.parametrize(
    ("kind", "change", "moment", "sentence"),
    [
        ("plain", exchange, "describe_file", r"customers\.csv .* changed"),
        ("plain", overwrite, "describe_file", r"customers\.csv .* changed"),
        ("quoted", cut, "describe_file", r"customers\.csv .* changed"),
        ("quoted", cut, "read_rows", r"customers\.csv .* changed"),
        ("parquet", rewrite_parquet, "describe_file", r"customers\.parquet .* changed"),
        ("parts", overwrite, "describe_file", r"first\.csv .* changed"),
        ("parts", remove, "describe_file", r"first\.csv .* was removed"),
        ("parts", add_a_part, "describe_file", r"third\.csv .* was added"),
        ("parts", add_a_part_in_capitals, "describe_file", r"FIRST\.csv .* was added"),
    ],
)
def test_a_file_that_changes_while_it_is_read_ends_in_one_sentence(
    workspace, input_folder, monkeypatch, kind, change, moment, sentence
):
    """Rows would be lost, or columns swapped, without a word."""
    path = input_folder / "customers.csv"
    if kind == "quoted":
        # split in Python, for its line breaks
        edit(path, lambda rows: rows[5].__setitem__(2, "New\nDelhi"))
    elif kind == "parquet":
        path = path.with_suffix(".parquet")
        duckdb.sql(f"copy (from '{path.with_suffix('.csv')}') to '{path}' (format parquet)")
        path.with_suffix(".csv").unlink()
    elif kind == "parts":
        (input_folder / "customers").mkdir()
        shutil.copy(path, input_folder / "customers" / "second.csv")
        path = path.replace(input_folder / "customers" / "first.csv")
    original = getattr(plugin, moment)

    def change_after(*arguments):
        answer = original(*arguments)
        if arguments[0] == str(path):
            change(path)
        return answer

    monkeypatch.setattr(plugin, moment, change_after)
    run = workspace.dbt("seed", "--select", "customers", input_dir=str(input_folder))
    assert_one_sentence(
        run, sentence + r" while the input was read\. Build again when nothing writes to it\."
    )
    tables = "from duckdb_tables() where schema_name = 'inputs'"
    assert workspace.query(tables).empty, "what was read may be half of two files"


def test_a_parquet_file_that_changes_before_the_publication_ends_in_one_sentence(
    workspace, input_folder
):
    """It is read in place by several tables, some of which would be of the rows before."""
    path = input_folder / "customers.parquet"
    duckdb.sql(f"copy (from '{input_folder / 'customers.csv'}') to '{path}' (format parquet)")
    (input_folder / "customers.csv").unlink()
    variables = {"enabled_inputs": ["customers"], "input_dir": str(input_folder)}
    assert workspace.dbt("seed", "--select", "customers", **variables).succeeded
    assert workspace.dbt("run-operation", "raise_changed_in_place", **variables).succeeded
    rewrite_parquet(path)
    run = workspace.dbt("run-operation", "raise_changed_in_place", **variables)
    assert_one_sentence(
        run,
        r"customers\.parquet for the input 'customers' changed while tables were made from it, so "
        r"nothing is published\. Build again when nothing writes to it\.",
    )
