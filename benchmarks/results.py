"""The record of what was measured, and the tables that are written from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.pairs import GB, exponent

RECORD = Path(__file__).with_name("results.json")
SCALE_PAGE = Path(__file__).resolve().parents[1] / "docs" / "scale.md"
SPENDS_A_CUSTOMER = 216
OTHERS = "; in the other environment "
# Below, dbt's own start outweighs the work, and nothing grows.
SMALLEST_GROWING = 40_000
INTRODUCTION = """\
Written by `make bench`; [README.md](README.md) says what is compared and how. A ratio is the time
of the project ÷ the time of the other: median (least to largest) of the rounds. Seconds and peak
memory are medians; memory is that of the largest process."""
GROWTH = f"""\
The exponent of a power of the number of customers, over the sizes from {SMALLEST_GROWING:,} on: 1
is proportional, 0 does not grow."""
GROWING = re.compile("whole build|spend marts|loading Parquet")


def read_record(path: Path = RECORD) -> dict:
    """Return the recorded rows."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"rows": []}


def write_results(rows: Sequence[dict]) -> None:
    """Put rows in place of earlier ones of the same pair and size, and write all tables."""
    merged = {(row["pair"], row["customers"]): row for row in [*read_record()["rows"], *rows]}
    # pairs in the order in which they were measured, sizes ascending
    order = list(dict.fromkeys(pair for pair, _ in merged))
    ordered = sorted(merged.values(), key=lambda row: (order.index(row["pair"]), row["customers"]))
    RECORD.write_text(json.dumps({"rows": ordered}, indent=1) + "\n", encoding="utf-8")
    RECORD.with_name("RESULTS.md").write_text(results_page(ordered), encoding="utf-8")
    SCALE_PAGE.write_text(
        with_figures(SCALE_PAGE.read_text(encoding="utf-8"), ordered), encoding="utf-8"
    )


def results_page(rows: Sequence[dict]) -> str:
    """Return RESULTS.md."""
    pairs = dict.fromkeys(row["pair"] for row in rows)
    growth = [line for line in (_growth(rows, pair) for pair in pairs) if line]
    sections = [
        "# Results",
        INTRODUCTION,
        *_machines(rows),
        table(
            (
                *("pair", "customers", "rounds", "ratio", "project", "other"),
                *("memory", "other's memory"),
            ),
            map(_result, rows),
        ),
    ]
    if growth:
        head = ("measured", "customers", "time", "memory", "other's time", "other's memory")
        sections += ["## Growth", GROWTH, table(head, growth)]
    return "\n\n".join(sections) + "\n"


def with_figures(page: str, rows: Sequence[dict]) -> str:
    """Return docs/scale.md with the table of whole builds between its two marks."""
    builds = [row for row in rows if row["case"] == "build"]
    figures = table(
        ("customers", "rows of spends", "time", "CPU", "peak memory", "disk"),
        (
            (
                f"{row['customers']:,}",
                f"{row['customers'] * SPENDS_A_CUSTOMER / 1e6:,.1f} million",
                _seconds(row["ours"]["seconds"]),
                _seconds(row["ours"]["cpu"]),
                _gigabytes(row["ours"]["peak"]),
                _gigabytes(row["disk"]) if row["disk"] else "not measured",
            )
            for row in builds
        ),
    )
    measured_on = "\n\n".join(
        line.partition(OTHERS)[0].rstrip(".") + "." for line in _machines(builds)
    )
    return re.sub(
        "(<!-- figures -->\n).*(\n<!-- end -->)",
        lambda match: f"{match[1]}{figures}\n\n{measured_on}{match[2]}",
        page,
        flags=re.DOTALL,
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown.

    Examples
    --------
    >>> print(table(("a", "b"), [("1", "2")]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines).replace(" --- ", "---")


def _machines(rows: Sequence[dict]) -> Iterable[str]:
    """Say which sizes were measured on which machine, one line each."""
    sizes: dict[str, list[int]] = {}
    for row in rows:
        sizes.setdefault(row["machine"], []).append(row["customers"])
    for name, customers in sizes.items():
        yield f"{', '.join(f'{one:,}' for one in sorted(set(customers)))} customers: {name}."


def _result(row: dict) -> tuple[str, ...]:
    ours, beside = row["ours"], row["beside"]
    return (
        row["pair"],
        f"{row['customers']:,}",
        str(row["runs"]),
        _ratio(row),
        _seconds(ours["seconds"]),
        _seconds(beside["seconds"]) if beside else row["died"],
        _gigabytes(ours["peak"]),
        _gigabytes(beside["peak"]) if beside else "",
    )


def _ratio(row: dict) -> str:
    if not row["ratio"]:
        return ""
    median, least, largest = row["ratio"]
    return f"{median:.2f}" + (f" ({least:.2f} to {largest:.2f})" if row["runs"] > 1 else "")


def _growth(rows: Sequence[dict], pair: str) -> tuple[str, ...] | None:
    """Return the exponents of a pair, where it was measured at two sizes at least."""
    rows = [row for row in rows if row["pair"] == pair and row["customers"] >= SMALLEST_GROWING]
    if len(rows) < 2 or not GROWING.match(pair):
        return None
    sizes = [row["customers"] for row in rows]
    exponents = [
        exponent(*zip(*points, strict=True)) if len(points) > 1 else None
        for side in ("ours", "beside")
        for figure in ("seconds", "peak")
        for points in [[(row["customers"], row[side][figure]) for row in rows if row[side]]]
    ]
    shown = ["" if one is None else f"{one:.2f}" for one in exponents]
    return (pair, f"{min(sizes):,} to {max(sizes):,}", *shown)


def _seconds(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds >= 100 else f"{seconds:.3g} s"


def _gigabytes(size: int) -> str:
    return f"{size / GB:.2f} GB"
