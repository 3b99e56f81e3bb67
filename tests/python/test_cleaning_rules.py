"""Properties of the cleaning rules, over values that Hypothesis makes up.

The SQL of `check_input_sql` and `usable_rows_sql` is compiled once by dbt, then runs over tables of
made-up texts in a DuckDB of the test's own: thousands of values cost a moment.
"""

import itertools
import json
import math
import random
import re
from collections import Counter
from datetime import date

import duckdb
import pandas as pd
import pytest
from case_loading import STAGED, in_terms_of_the_contract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from independent_reader import BLANKS, contract_of, judge, read_sample, records_of, typed_number
from workspaces import INPUTS, REAL_FILES, Workspace

# One example is a whole table of values, so few are many; derandomised, so that CI repeats itself.
tables_of_values = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ROWS = 15
CLEAN_ROWS = 3
WITHOUT_PARENTS = [name for name in INPUTS if not contract_of(name).references]


class Cleaning:
    """The cleaning of each input, as a function of texts."""

    def __init__(self, statements: dict[str, tuple[str, str]], database: str) -> None:
        self.statements = statements
        self.connection = duckdb.connect()
        # Planning takes longer than running over so few rows.
        self.connection.execute("pragma disable_optimizer")
        self.connection.execute(f"attach ':memory:' as {database}")
        self.connection.execute(f"use {database}")
        self.connection.execute("create schema inputs")
        self.connection.execute("create schema staging")
        for name in statements:
            columns = ", ".join(f"{column} varchar" for column in contract_of(name).columns)
            self.connection.execute(
                f"create table inputs.{name} ({columns}, source_file varchar, source_row bigint, "
                "source_fault varchar)"
            )

    def clean(self, input_name: str, rows: list[dict], numbers=None, files=1) -> list[dict]:
        """The checked rows of a file of these rows, in the order of their row numbers.

        With several files the rows are dealt out to them in turn.
        """
        table = f"inputs.{input_name}"
        numbers = numbers or range(2, len(rows) + 2)
        self.connection.execute(f"delete from {table}")
        names = list(contract_of(input_name).columns)
        frame = pd.DataFrame(rows, columns=names, dtype="object")  # noqa: F841 (read by DuckDB)
        numbered = pd.DataFrame({"source_row": list(numbers)})  # noqa: F841
        self.connection.execute(
            f"insert into {table} select frame.*, 'made_up_' || source_row % {files} || '.csv', "
            "source_row, null from frame positional join numbered"
        )
        examined, usable = self.statements[input_name]
        self.connection.execute(
            f"create or replace table staging.base_{input_name}__examined as {examined}"
        )
        checked = self.connection.execute(
            f"""
            from staging.base_{input_name}__examined
            union all by name
            select usable.* from ({usable}) as usable
            anti join staging.base_{input_name}__examined using (source_file, source_row)
            order by source_row
            """
        )
        columns = [column[0] for column in checked.description]
        return [dict(zip(columns, row, strict=True)) for row in checked.fetchall()]


@pytest.fixture(scope="module")
def cleaning(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("compiled"))
    models = {name: (f"base_{name}__examined", STAGED[name]) for name in WITHOUT_PARENTS}
    run = workspace.dbt("compile", "--select", *itertools.chain(*models.values()))
    assert run.succeeded, run.output
    nodes = json.loads((workspace.folder / "target" / "manifest.json").read_text())["nodes"]

    def compiled(model):
        return nodes[f"model.card_segments.{model}"]["compiled_code"]

    statements = {
        name: (compiled(examined), in_terms_of_the_contract(compiled(staged)))
        for name, (examined, staged) in models.items()
    }
    return Cleaning(statements, workspace.warehouse.stem)


# -- made-up values --------------------------------------------------------------------------------

blanks = st.text(alphabet=" ", max_size=2)
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
number_like = st.text(alphabet="0123456789.,+-eE_ x'", max_size=10)
month_like = st.one_of(
    st.text(alphabet="0123456789-/:. TZBC()", max_size=12),
    st.from_regex(r"[0-9]{4,7}-[0-9]{1,2}(-[0-9]{1,2})?.{0,3}", fullmatch=True),
    st.sampled_from(["infinity", "-infinity", "epoch", "May", "mAY", "may ", "Mayor", "today"]),
)


def clean_number(rules: dict, whole: bool):
    low, high = rules["minimum"], rules["maximum"]
    integers = st.integers(min_value=math.ceil(low), max_value=math.floor(high)).map(str)
    if whole:
        return integers
    hundredths = st.integers(min_value=math.ceil(low * 100), max_value=math.floor(high * 100))
    return integers | hundredths.map(lambda value: f"{value / 100:.2f}")


def clean_text(column: str, rules: dict):
    """Texts that are fine as they are."""
    kind = rules["type"]
    if kind in ("number", "integer"):
        return clean_number(rules, kind == "integer")
    if kind == "month":
        return st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(lambda day: f"{day:%Y-%m}")
    if kind == "duration_months":
        return st.tuples(st.integers(0, 99), st.integers(0, 11)).map(
            lambda pair: f"{pair[0]} Years and {pair[1]} Months"
        )
    if "accepted" in rules:
        return st.sampled_from(rules["accepted"])
    if rules.get("unify"):
        return st.sampled_from(["Bengaluru", "Delhi NCR", "21-24", "München"])
    return st.text(alphabet="abcXYZ012:", min_size=1, max_size=8)


def dirty_text(column: str, rules: dict):
    """Texts of all kinds, among them those that the rules of the column are about."""
    clean = clean_text(column, rules)
    kinds = [
        clean,
        st.just(""),
        blanks,
        any_text,
        st.builds("{}{}{}".format, blanks, clean, blanks),
    ]
    if rules.get("placeholders"):
        kinds.append(st.sampled_from(rules["placeholders"]))
    if rules.get("strip"):
        kinds.append(clean.map(lambda text: f"{text}{rules['strip']}"))
    if rules["type"] in ("number", "integer", "duration_months"):
        kinds += [number_like, st.sampled_from(["NaN", "inf", "1e999", "0x1F", "9" * 30])]
    if rules["type"] == "month":
        kinds.append(month_like)
    if rules.get("unify") or "accepted" in rules:
        kinds += [clean.map(str.upper), clean.map(lambda text: text.replace(" ", "_"))]
    return st.one_of(kinds)


@st.composite
def table(draw, input_name: str, dirty: bool = True):
    """Clean rows, some of them with a few values that are not: most rows stay usable."""
    columns = contract_of(input_name).columns
    clean = {name: clean_text(name, rules) for name, rules in columns.items()}
    drawn = [{name: draw(values) for name, values in clean.items()} for _ in range(CLEAN_ROWS)]
    rows = [dict(drawn[index % CLEAN_ROWS]) for index in range(ROWS)]
    for row in rows if dirty else []:
        for name in draw(st.lists(st.sampled_from(list(columns)), max_size=3)):
            row[name] = draw(dirty_text(name, columns[name]))
    return rows


def with_keys(input_name: str, rows: list[dict]) -> list[dict]:
    """The rows with keys of their own."""
    key = contract_of(input_name).unique_key[0]
    return [{**row, key: f"K{index}"} for index, row in enumerate(rows)]


def placeholders_of(input_name: str) -> dict[str, list[str]]:
    columns = contract_of(input_name).columns
    return {name: one["placeholders"] for name, one in columns.items() if one.get("placeholders")}


inputs_without_parents = pytest.mark.parametrize("input_name", WITHOUT_PARENTS)


def cells(input_name: str, rows: list[dict], checked: list[dict]):
    """(rules, raw text, value, repairs) of every value of the usable rows."""
    for row, result in zip(rows, checked, strict=True):
        if result["reject_rule"] is None:
            for name, rules in contract_of(input_name).columns.items():
                repairs = (result[f"{name}__repairs"] or "").split(",")
                yield rules, row[name], result[name], [rule for rule in repairs if rule]


# -- the properties --------------------------------------------------------------------------------


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_every_row_is_loaded_or_rejected_with_a_reason(cleaning, input_name, data):
    rows = data.draw(table(input_name))
    checked = cleaning.clean(input_name, rows)
    assert [row["source_row"] for row in checked] == list(range(2, len(rows) + 2))
    for row in checked:
        told = [row["reject_column"], row["reject_rule"], row["reject_reason"]]
        assert all(part is None for part in told) or all(told)


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_clean_values_stay_as_they_are(cleaning, input_name, data):
    rows = with_keys(input_name, data.draw(table(input_name, dirty=False)))
    checked = cleaning.clean(input_name, rows)
    assert [row["reject_rule"] for row in checked] == [None] * len(rows)
    for rules, raw, value, repairs in cells(input_name, rows, checked):
        assert repairs == []
        if rules["type"] in ("number", "integer"):
            assert value == float(raw)
        elif rules["type"] in ("text", "id"):
            assert value == raw


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_a_repair_is_counted_just_when_a_value_changes(cleaning, input_name, data):
    rows = with_keys(input_name, data.draw(table(input_name)))
    for rules, raw, value, repairs in cells(input_name, rows, cleaning.clean(input_name, rows)):
        if value is None:
            # nothing was there, or a rule says why nothing is left
            assert (raw == "") == (repairs == [])
        elif rules["type"] in ("text", "id"):
            assert (value != raw) == (repairs != [])
        elif rules["type"] in ("number", "integer"):
            # in no other spelling than the usual one of numbers
            assert bool(repairs) != (typed_number(raw, whole=False)[1] == [] and is_plain(raw))


def is_plain(text: str) -> bool:
    return typed_number(text, whole=False)[0] is not None and "," not in text


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_a_number_keeps_its_magnitude(cleaning, input_name, data):
    rows = with_keys(input_name, data.draw(table(input_name)))
    for rules, raw, value, _ in cells(input_name, rows, cleaning.clean(input_name, rows)):
        if rules["type"] in ("number", "integer") and value is not None:
            assert float(value) in readings(raw.strip(BLANKS + rules.get("strip", "")))


def readings(text: str) -> set[float]:
    """What a number can be read as: with a decimal point, or with a decimal comma."""
    found = set()
    for separators, mark in ((", '", "."), (". '", ",")):
        bare = text.translate({ord(one): None for one in separators}).replace(mark, ".")
        if (value := typed_number(bare, whole=False)[0]) is not None:
            found.add(value)
    return found


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_cleaning_what_is_clean_changes_nothing(cleaning, input_name, data):
    """The values loaded, written out and loaded again, are the same, and nothing is repaired."""
    rows = with_keys(input_name, data.draw(table(input_name)))
    first = [row for row in cleaning.clean(input_name, rows) if row["reject_rule"] is None]
    columns = contract_of(input_name).columns
    again = cleaning.clean(
        input_name,
        [{name: as_text(row[name], rules) for name, rules in columns.items()} for row in first],
    )
    for before, after in zip(first, again, strict=True):
        assert after["reject_rule"] is None
        assert {name: after[name] for name in columns} == {name: before[name] for name in columns}
        assert all(after[f"{name}__repairs"] is None for name in columns)


def as_text(value: object, rules: dict) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d}" if rules["type"] == "month" else str(value)


@inputs_without_parents
@tables_of_values
@given(data=st.data(), seed=st.integers(0, 1000))
def test_the_order_in_which_rows_are_read_does_not_matter(cleaning, input_name, data, seed):
    rows = data.draw(table(input_name))
    numbered = list(zip(rows, range(2, len(rows) + 2), strict=True))
    random.Random(seed).shuffle(numbered)
    shuffled = cleaning.clean(input_name, *map(list, zip(*numbered, strict=True)))
    assert shuffled == cleaning.clean(input_name, rows)


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_the_order_of_rows_in_a_file_decides_no_value(cleaning, input_name, data):
    rows = with_keys(input_name, data.draw(table(input_name)))
    forward = cleaning.clean(input_name, rows)
    backward = cleaning.clean(input_name, rows[::-1])[::-1]
    for one, other in zip(forward, backward, strict=True):
        assert {**one, "source_row": 0} == {**other, "source_row": 0}


@inputs_without_parents
@tables_of_values
@given(data=st.data(), files=st.integers(2, ROWS), mark=st.sampled_from(".,"))
def test_the_number_of_files_decides_no_value(cleaning, input_name, data, files, mark):
    """1.234 is read as its column is, also where no other number of its own file tells how."""
    rows = with_keys(input_name, data.draw(table(input_name, dirty=False)))
    places = data.draw(st.lists(st.sampled_from([2, 3]), min_size=len(rows), max_size=len(rows)))
    for name, rules in contract_of(input_name).columns.items():
        if rules["type"] == "number":
            for row, decimals in zip(rows, places, strict=True):
                row[name] = f"{float(row[name]):.{decimals}f}".replace(".", mark)
    whole = cleaning.clean(input_name, rows)
    parts = cleaning.clean(input_name, rows, files=files)
    if len(set(places)) > 1:
        for one, other in zip(whole, parts, strict=True):
            assert one["reject_rule"] is None
            assert {**one, "source_file": ""} == {**other, "source_file": ""}


@pytest.mark.parametrize("input_name", [name for name in WITHOUT_PARENTS if placeholders_of(name)])
@tables_of_values
@given(data=st.data())
def test_placeholders_become_null(cleaning, input_name, data):
    marked = placeholders_of(input_name)
    rows = with_keys(input_name, data.draw(table(input_name, dirty=False)))
    for row in rows:
        name = data.draw(st.sampled_from(list(marked)))
        row[name] = f"{data.draw(blanks)}{data.draw(st.sampled_from(marked[name]))}"
    for rules, raw, value, repairs in cells(input_name, rows, cleaning.clean(input_name, rows)):
        if raw.strip() in rules.get("placeholders", []):
            assert value is None
            assert "placeholder_cleared" in repairs


@inputs_without_parents
@tables_of_values
@given(data=st.data())
def test_an_independent_reader_agrees(cleaning, input_name, data):
    """Values, rejects and repairs of a dirty table are those that plain Python finds."""
    rows = data.draw(table(input_name))
    # Commas in numbers are decided by whole columns; hostile_files.py has files of them.
    numbers = [
        name
        for name, rules in contract_of(input_name).columns.items()
        if rules["type"] in ("number", "integer")
    ]
    rows = [{**row, **{name: row[name].replace(",", "") for name in numbers}} for row in rows]
    checked = cleaning.clean(input_name, rows)
    judged = judge(rows, contract_of(input_name))
    for found, expected in zip(checked, judged.rows, strict=True):
        if isinstance(expected, str):
            assert found["reject_rule"] == expected
        else:
            assert found["reject_rule"] is None
            assert {name: found[name] for name in expected} == expected
    assert counted_repairs(checked, input_name) == judged.repairs


@inputs_without_parents
def test_an_independent_reader_agrees_on_the_sample(cleaning, input_name):
    records = read_sample(input_name).records()
    columns = contract_of(input_name).columns
    rows = [{name: record.get(name, "") for name in columns} for record in records]
    checked = cleaning.clean(input_name, rows)
    judged = judge(rows, contract_of(input_name))
    assert [row["reject_rule"] for row in checked] == [
        row if isinstance(row, str) else None for row in judged.rows
    ]


# -- the dirt of the public credit profiles --------------------------------------------------------

# Each kind of dirt, how often it stands in the public file, and the rule that has to find it.
DIRT = {
    ("age", "mark_removed", r".*_"): 637,
    ("annual_income", "mark_removed", r".*_"): 859,
    ("num_of_loan", "mark_removed", r".*_"): 623,
    ("num_of_delayed_payment", "mark_removed", r".*_"): 374,
    ("outstanding_debt", "mark_removed", r".*_"): 139,
    ("age", "out_of_range_cleared", r"-500_?|1[1-9][0-9]_?|[2-9][0-9]{2}_?|[0-9]{4,}_?"): 319,
    ("changed_credit_limit", "placeholder_cleared", r"_"): 254,
    ("amount_invested_monthly", "placeholder_cleared", r"__10000__"): 558,
    ("occupation", "placeholder_cleared", r"_______"): 880,
    ("credit_mix", "placeholder_cleared", r"_"): 2_611,
    ("payment_behaviour", "placeholder_cleared", r"!@9#%8"): 998,
    ("monthly_balance", "placeholder_cleared", r"__-3{27}__"): None,
    ("num_of_loan", "out_of_range_cleared", r"-100_?|[1-9][0-9]{2,}_?|5[1-9]_?|[6-9][0-9]_?"): None,
    ("num_bank_accounts", "out_of_range_cleared", r"-1|5[1-9]|[6-9][0-9]|[0-9]{3,}"): None,
    ("num_credit_card", "out_of_range_cleared", r"5[1-9]|[6-9][0-9]|[0-9]{3,}"): None,
    ("interest_rate", "out_of_range_cleared", r"10[1-9]|1[1-9][0-9]|[2-9][0-9]{2}|[0-9]{4,}"): None,
    ("total_emi_per_month", "out_of_range_cleared", r"[1-9][0-9]{4,}([.].*)?"): None,
}


@pytest.fixture(scope="module")
def public_profiles(real_data):
    content = (real_data / REAL_FILES["credit_profiles"]).read_bytes()
    return records_of(content, contract_of("credit_profiles"))


@pytest.fixture(scope="module")
def checked_profiles(cleaning, public_profiles):
    return cleaning.clean("credit_profiles", public_profiles)


def counted_repairs(checked: list[dict], input_name: str) -> Counter:
    """How often each rule repaired a value of a usable row, by column and rule."""
    return Counter(
        (name, rule)
        for row in checked
        if row["reject_rule"] is None
        for name in contract_of(input_name).columns
        for rule in (row[f"{name}__repairs"] or "").split(",")
        if rule
    )


@pytest.mark.real_data
@pytest.mark.parametrize(("column", "rule", "pattern"), DIRT)
def test_each_kind_of_dirt_is_counted(public_profiles, checked_profiles, column, rule, pattern):
    """The count agrees with the texts in the file, and with the count published for it."""
    in_file = sum(bool(re.fullmatch(pattern, row[column].strip())) for row in public_profiles)
    published = DIRT[column, rule, pattern]
    assert in_file == (in_file if published is None else published)
    assert in_file > 0
    assert counted_repairs(checked_profiles, "credit_profiles")[column, rule] == in_file


@pytest.mark.real_data
def test_an_independent_reader_agrees_on_the_public_profiles(public_profiles, checked_profiles):
    """All repairs of all columns, and all 12,500 rows, value by value."""
    judged = judge(public_profiles, contract_of("credit_profiles"))
    assert not judged.rejects
    assert counted_repairs(checked_profiles, "credit_profiles") == judged.repairs
    for found, expected in zip(checked_profiles, judged.loaded, strict=True):
        assert {name: found[name] for name in expected} == expected


@pytest.mark.real_data
def test_what_is_no_dirt_stays(public_profiles, checked_profiles):
    """Not mentioned is an answer; lists of loans keep their words; keys are never numbers."""
    assert sum(row["payment_of_min_amount"] == "NM" for row in checked_profiles) == 1_438
    for raw, row in zip(public_profiles, checked_profiles, strict=True):
        assert row["type_of_loan"] == (raw["type_of_loan"] or None)
        assert row["id"] == raw["id"].strip()
