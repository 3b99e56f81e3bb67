"""Measure the project beside what could be used instead, and write RESULTS.md: make bench.

Results of sizes that are not measured again stay as they are.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.cases import CASES, LARGEST_CSV, WATCHED, Place, Skipped
from benchmarks.pairs import GB, Failed, Measure, in_turn, machine, median, versions
from benchmarks.results import OTHERS, read_record, write_results

PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "scikit-learn", "pandas")
OTHER_PACKAGES = ("polars", "pandas", "pyarrow")
OURS = "project"
# CI fails from here on.
LARGEST_CHANGE = 2.0


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=[4_000], help="customers")
    parser.add_argument("--runs", type=int, default=3, help="rounds of each case")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--like", help="folder of files to draw customers from, not the sample")
    parser.add_argument("--folder", type=Path, default=Path("target/bench"))
    parser.add_argument("--memory", type=float, default=6, help="GB that other ways may hold")
    parser.add_argument("--other-python", type=Path, default=Path(sys.executable))
    parser.add_argument("--check", action="store_true", help="compare with what is recorded")
    options = parser.parse_args()
    if options.check:
        options.cases = [name for name in options.cases if name in WATCHED]
    slower = []
    for size in options.sizes:
        place = prepared(size, options)
        for name in options.cases:
            rows = list(measured(name, place, 1 if options.check else options.runs))
            if options.check and list(slower_than_recorded(rows, read_record()["rows"])):
                # one round may have met something else on the machine
                rows = list(measured(name, place, options.runs))
            place.tidy()
            if options.check:
                slower += slower_than_recorded(rows, read_record()["rows"])
            else:
                # at once: what takes hours is not to be lost by what comes after it
                write_results(rows)
    raise SystemExit("\n".join(slower) or None)


def prepared(customers: int, options: argparse.Namespace) -> Place:
    """Write the inputs of a size, unless they are there."""
    folder = options.folder.resolve() / str(customers)
    place = Place(
        customers,
        folder,
        Path(sys.executable),
        options.other_python.absolute(),
        int(options.memory * GB),
    )
    done = folder / "inputs" / "done"
    asked = json.dumps([options.like])
    if not done.exists() or done.read_text(encoding="utf-8") != asked:
        print(f"Writing the inputs of {customers:,} customers", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        further = ["--like", options.like] if options.like else []
        further += ["--csv"] if customers <= LARGEST_CSV else []
        place.module("inputs", customers, place.inputs, *further).output()
        done.write_text(asked, encoding="utf-8")
    return place


def measured(name: str, place: Place, runs: int) -> Iterator[dict]:
    """Yield a row of the record for each pair of a case."""
    row = {"case": name, "customers": place.customers, "machine": machine_of(place)}
    try:
        for contest in CASES[name](place):
            print(f"{place.customers:,} customers: {contest.name}", flush=True)
            measures, died = in_turn({OURS: contest.ours, **contest.others}, runs)
            for other in contest.others:
                if contest.check and other not in died:
                    contest.check(other)
                sides = {"ours": measures[OURS], "beside": measures[other]}
                yield {
                    **row,
                    "pair": f"{contest.name} ÷ {other}",
                    **figures(**sides),
                    "died": died.get(other),
                    "disk": place.disk() if name == "build" else None,
                }
    except Skipped as reason:
        print(f"{name} is skipped: {reason}", flush=True)


def figures(ours: list[Measure], beside: list[Measure]) -> dict:
    """Return what the record keeps of two commands that ran in turn."""
    ratios = [one.seconds / other.seconds for one, other in zip(ours, beside, strict=False)]
    return {
        "runs": len(ours),
        "ratio": [statistics.median(ratios), min(ratios), max(ratios)] if ratios else None,
        "ours": asdict(median(ours)),
        "beside": asdict(median(beside)) if beside else None,
    }


def slower_than_recorded(rows: list[dict], recorded: list[dict]) -> Iterator[str]:
    """Yield a sentence for each pair whose ratio has doubled in every round since then."""
    before = {(row["pair"], row["customers"]): row["ratio"] for row in recorded}
    for row in rows:
        old = before.get((row["pair"], row["customers"]))
        if old and row["ratio"] and row["ratio"][1] > LARGEST_CHANGE * old[0]:
            yield (
                f"{row['pair']}, {row['customers']:,} customers: the ratio was {old[0]:.2f} "
                f"and is at least {row['ratio'][1]:.2f}"
            )


@functools.cache
def machine_of(place: Place) -> str:
    """Return the machine and all versions, in one line."""
    ours = versions(place.python, PACKAGES)
    others = versions(place.other_python, OTHER_PACKAGES)
    return f"{machine()}; {ours}{OTHERS}{others}"


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        raise SystemExit(str(failure)) from None
