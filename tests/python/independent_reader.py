"""The input contract read a second time, in plain Python, to compare the loader with.

Nothing here comes from the project's macros: records are read by Python's csv module, and values
are cleaned by the rules as `seeds/inputs/_inputs.yml` states them. Where the two differ, one of
them is wrong.
"""

import csv
import io
import itertools
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import yaml
from workspaces import PROJECT

SAMPLE_ROWS = 200
YEAR_OF_NAMES = 2023
MISSING = (
    *("na", "n/a", "#n/a", "#na", "<na>", "null", "nan", "nat", "none"),
    *("\\n", "-", "--", "\u2013", "\u2014", ".", "?"),
)
SUMMARIES = (
    *("total", "totals", "grand total", "grand totals", "sub total", "sub-total", "subtotal"),
    *(
        "overall total",
        "total result",
        "sum",
        "average",
        "averages",
        "grand average",
        "avg",
        "mean",
        "median",
    ),
    *("gesamt", "gesamtergebnis", "gesamtsumme", "summe", "durchschnitt", "mittelwert", "somme"),
    *("moyenne", "total g\u00e9n\u00e9ral", "total general", "suma", "promedio", "totale", "media"),
    *("totaal", "gemiddelde"),
)
BLANKS = " \t\r\n\u00a0\u2007\u202f\u3000\u200b\ufeff"
MAXIMUM_TEXT_LENGTH = 1000
LARGEST_INTEGER = 2**63 - 1
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_NAMES = {
    spelling: number for number, name in enumerate(MONTHS, start=1) for spelling in (name, name[:3])
}
# Between thousands; the pattern with pairs of digits is that of lakhs and crores.
GROUPED = (
    "[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?",
    "[+-]?[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}([.][0-9]*)?",
    "[+-]?[0-9]{1,3}([ '\u2019\u00a0\u202f][0-9]{3})+([.][0-9]*)?",
)
PLAIN = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?0?[0-9]{1,2})?", re.ASCII)
DATES = (
    "(?P<year>[0-9]{4})[-/]?(?P<month>[0-9]{2})",
    "(?P<month>[0-9]{2})[-/.](?P<year>[0-9]{4})",
    "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    "(?P<day>[0-9]{1,2})[.](?P<month>[0-9]{1,2})[.](?P<year>[0-9]{4})",
    "(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"
    "([ T][0-9:.]+( ?(Z|z|UTC|GMT|[+-][0-9:]+))?(\\[[A-Za-z_/+-]+\\])?)?",
)
DURATION = re.compile(r"([0-9]+) Years? and ([0-9]+) Months?", re.ASCII)

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Contract:
    """An input's rules, as its YAML states them."""

    name: str
    columns: dict[str, dict]
    unique_key: tuple[str, ...]
    references: dict[str, str]

    def positions(self, header: list[str]) -> dict[str, int]:
        """Where each column of the contract stands in a header."""
        found = {header_key(name): index for index, name in enumerate(header)}
        return {name: found[header_key(name)] for name in self.columns if header_key(name) in found}

    def records(self, header: list[str], rows: list[list[str]]) -> list[dict | str]:
        """Raw texts by column; `row_shape` for a row with another number of fields."""
        positions = self.positions(header)
        return [
            {name: row[index] for name, index in positions.items()}
            if len(row) == len(header)
            else "row_shape"
            for row in rows
            if row  # a blank line is no row
        ]


@dataclass(frozen=True)
class Sample:
    """The first rows of a bundled input."""

    contract: Contract
    header: list[str]
    rows: list[list[str]]

    def text(self, rows=None, header=None, **dialect) -> str:
        """The rows as CSV text, those given or all."""
        written = io.StringIO()
        writer = csv.writer(written, **{"lineterminator": "\n", **dialect})
        writer.writerow(self.header if header is None else header)
        writer.writerows(self.rows if rows is None else rows)
        return written.getvalue()

    def records(self, rows=None) -> list[dict | str]:
        return self.contract.records(self.header, self.rows if rows is None else rows)

    def with_values(self, column: str, values: list[str]) -> list[list[str]]:
        """The rows with values of a column replaced, in rows spread over the file."""
        rows = [list(row) for row in self.rows]
        step = len(rows) // len(values)
        for index, value in enumerate(values):
            rows[index * step][self.contract.positions(self.header)[column]] = value
        return rows


@dataclass
class Judgement:
    """What should become of each record: its values, or the rule that it breaks."""

    rows: list[dict | str] = field(default_factory=list)
    repairs: Counter = field(default_factory=Counter)

    @property
    def loaded(self) -> list[dict]:
        return [row for row in self.rows if isinstance(row, dict)]

    @property
    def rejects(self) -> Counter:
        return Counter(row for row in self.rows if isinstance(row, str))


@cache
def contract_of(input_name: str) -> Contract:
    path = PROJECT / "seeds" / "inputs" / "_inputs.yml"
    seeds = {one["name"]: one for one in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]}
    seed = seeds[input_name]
    return Contract(
        name=input_name,
        columns={one["name"]: one["config"]["meta"] for one in seed["columns"]},
        unique_key=tuple(seed["config"]["meta"]["unique_key"]),
        references=seed["config"]["meta"].get("references", {}),
    )


@cache
def read_sample(input_name: str) -> Sample:
    path = PROJECT / "seeds" / "inputs" / f"{input_name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = itertools.islice(csv.reader(file), SAMPLE_ROWS + 1)
    return Sample(contract_of(input_name), header, rows)


def records_of(content: bytes, contract: Contract, encoding="utf-8-sig", delimiter=",") -> list:
    """The records of a CSV file."""
    text = io.StringIO(content.decode(encoding), newline="")
    header, *rows = csv.reader(text, delimiter=delimiter)
    return contract.records(header, rows)


def header_key(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum()).lower()


def judge(records: list, contract: Contract, parents: set[str] | None = None) -> Judgement:
    """Clean records by the contract's rules; keys that repeat or refer to nothing are rejected."""
    known = [one for one in records if isinstance(one, dict)]
    habits = Habits(known, contract)
    judged, keys = Judgement(), {}
    for record in records:
        if isinstance(record, str):
            judged.rows.append(record)
            continue
        values, repairs, fault = clean_record(record, contract, habits)
        key = tuple(values[name] for name in contract.unique_key)
        if fault is None and key in keys:
            fault = "repeated_key" if keys[key] == values else "contradictory_key"
        if fault is None:
            keys[key] = values
            if parents is not None and values[next(iter(contract.references))] not in parents:
                fault = "orphan"
        if fault is None:
            judged.repairs.update(repairs)
        judged.rows.append(fault or values)
    return judged


class Habits:
    """What is decided by whole columns: the usual spelling of a text."""

    def __init__(self, records: list[dict], contract: Contract) -> None:
        self.spellings = {}
        for column, rules in contract.columns.items():
            if rules.get("unify"):
                texts = Counter(trim(one.get(column) or "") for one in records)
                self.spellings[column] = usual_spellings(texts, rules)

    def usual(self, column: str, text: str) -> str:
        return self.spellings[column][spelling_key(text)]


def usual_spellings(texts: Counter, rules: dict) -> dict[str, str]:
    """The most frequent spelling by key; of equally frequent ones the last in order."""
    ranked = sorted(
        (count, text.encode())
        for text, count in texts.items()
        if text and not is_placeholder(text, rules)
    )
    return {spelling_key(text.decode()): text.decode() for _, text in ranked}


def spelling_key(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    kinds = [(sign, unicodedata.category(sign)) for sign in text]
    plain = "".join(
        "-" if kind == "Pd" or sign == "\u2212" else " " if kind == "Zs" else sign
        for sign, kind in kinds
        if kind != "Cf"
    )
    return re.sub("[ _]+", " ", plain).lower()


def trim(text: str) -> str:
    text = text.strip(BLANKS)
    # how a spreadsheet is told that a value is a text
    as_formula = re.fullmatch('="([^"]*)"', text)
    return as_formula[1].strip(BLANKS) if as_formula else text


def clean_record(record: dict, contract: Contract, habits: Habits):
    """The values of a record, the (column, rule) of its repairs, and the first fault of the row."""
    values, repairs, fault = {}, [], None
    for column, rules in contract.columns.items():
        value, found, broken = clean_value(record.get(column) or "", column, rules, habits)
        if broken and rules.get("invalid") == "clear":
            found, broken = [*found, f"{broken}_cleared"], None
        values[column] = value
        repairs.extend((column, rule) for rule in found)
        fault = fault or broken
    return values, repairs, fault


def clean_value(raw: str, column: str, rules: dict, habits: Habits):
    """A typed value (None if there is none or it is unfit), its repairs, and the rule it breaks."""
    text = trim(raw)
    repairs = ["blanks_trimmed"] if text != raw else []
    if repairs and '="' in raw and '="' not in text:
        repairs = ["mark_removed"]
    if is_placeholder(text, rules):
        repairs.append("placeholder_cleared")
        text = ""
    if text and rules.get("unify"):
        usual = habits.usual(column, text)
        repairs += ["spelling_unified"] if usual != text else []
        text = usual
    if rules.get("strip") and text.strip(rules["strip"]) != text:
        repairs.append("mark_removed")
        text = text.strip(rules["strip"])
    if not text:
        return None, repairs, "missing" if rules.get("required") else None
    if rules["type"] == "id" and text.rstrip(" :").lower() in SUMMARIES:
        return None, repairs, "summary_row"
    if rules["type"] == "id" and re.fullmatch(r"\d([.,]\d+)?[eE]\+\d{2,3}", text, re.ASCII):
        return None, repairs, "rounded_number"
    if rules["type"] in ("text", "id") and len(text) > MAXIMUM_TEXT_LENGTH:
        return None, repairs, "too_long"
    value, found = typed(text, rules)
    if value is None:
        return None, repairs, "unreadable"
    if "minimum" in rules:
        low, high = rules["minimum"], rules["maximum"]
        if rules["type"] == "month":
            high = str(date.today() if high == "today" else high)
            low, high = date.fromisoformat(str(low)), date.fromisoformat(high)
        if not low <= value <= high:
            return None, repairs + found, "out_of_range"
    return value, repairs + found, None


def is_placeholder(text: str, rules: dict) -> bool:
    """Whether a text stands for a missing value: a word for it, or underscores if unified."""
    is_blank = bool(rules.get("unify") and text and not text.strip(" _"))
    is_word = text.lower() in MISSING and text.lower() not in map(
        str.lower, rules.get("accepted", [])
    )
    return is_blank or is_word or text in rules.get("placeholders", [])


def typed(text: str, rules: dict):
    """A text as the type of its column, with the repairs that this took; None if it is not one."""
    kind = rules["type"]
    if kind in ("number", "integer"):
        return typed_number(text, whole=kind == "integer")
    if kind == "month":
        return typed_month(text), []
    if kind == "duration_months":
        return typed_duration(text), []
    if "accepted" in rules:
        known = {accepted.lower(): accepted for accepted in rules["accepted"]}
        value = known.get(text.lower())
        return value, ["spelling_unified"] if value != text else []
    return text, []


def typed_number(text: str, whole: bool):
    """A number with a decimal point, and with commas, blanks or apostrophes between thousands."""
    grouped = any(re.fullmatch(pattern, text, re.ASCII) for pattern in GROUPED)
    plain = re.sub("[, '\u2019\u00a0\u202f]", "", text) if grouped else text
    if not PLAIN.fullmatch(plain) or math.isinf(float(plain)):
        return None, []
    value = float(plain)
    if whole and (value != math.floor(value) or abs(value) > LARGEST_INTEGER):
        return None, []
    return int(value) if whole else value, ["thousands_separator_removed"] if grouped else []


def typed_month(text: str) -> date | None:
    """A name, perhaps with a year, a year and a month, or a date that can be read in one way."""
    name, year = re.fullmatch("(.*?)([ -/.,]+[0-9]{4})?", text.lower(), re.DOTALL).groups()
    if name in MONTH_NAMES:
        return date(int(year[-4:]) if year else YEAR_OF_NAMES, MONTH_NAMES[name], 1)
    for pattern in DATES:
        if found := re.fullmatch(pattern, text, re.ASCII):
            parts = {"day": "1", **found.groupdict()}
            try:
                day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
            except ValueError:
                return None
            return day.replace(day=1)
    return None


def typed_duration(text: str) -> int | None:
    if re.fullmatch("[0-9]{1,5}", text, re.ASCII):
        return int(text)
    found = DURATION.fullmatch(text)
    return int(found[1]) * 12 + int(found[2]) if found else None
