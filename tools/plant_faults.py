"""Plant small faults in a copy of the project, one at a time, and say which the tests notice.

The faults are the rows of tests/data/mutants.csv. They were chosen before anybody knew whether they
would be noticed: two of staging, one of each folder of intermediate (`inputs`, which only counts,
left out) and of marts, three of the macros and four of the Python.

Usage: ``python -m tools.plant_faults [number ...]``, without numbers all of them.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MUTANTS = PROJECT / "tests" / "data" / "mutants.csv"
COPY = PROJECT / "target" / "mutants"
WAREHOUSE = COPY / "warehouse" / "dev.duckdb"
MOST_SURVIVORS = 3
BUILD = ["build", "--exclude-resource-type", "unit_test", "--vars", "{write_report: false}"]


@dataclass(frozen=True)
class Mutant:
    """A fault: the text of a file that is replaced, and what has to notice it.

    Attributes
    ----------
    file, text, mutant : str
        The text occurs once in the file.
    fault : str
        The kind of mistake.
    judges : str
        What pytest runs, or a selection of dbt. Empty for a model: its unit tests and those of its
        children, then a build of everything downstream with its data tests.
    """

    file: str
    text: str
    mutant: str
    fault: str
    judges: str

    def commands(self) -> list[list[str]]:
        """Return the commands that judge it, the cheapest first."""
        if not self.judges:
            model = Path(self.file).stem
            return [
                dbt("test", "-s", f"{model}+2,test_type:unit"),
                # all other tables are there, so every test of what is built can run
                dbt(*BUILD, "-s", f"{model}+", "--indirect-selection", "eager"),
            ]
        if self.judges.startswith("test_type:"):
            return [dbt("test", "-s", self.judges)]
        return [
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:xdist", *self.judges.split()]
        ]


def read_mutants() -> list[Mutant]:
    """Return the mutants in their order."""
    with MUTANTS.open(encoding="utf-8", newline="") as file:
        return [Mutant(**row) for row in csv.DictReader(file)]


def dbt(*arguments: str) -> list[str]:
    """Return the command that runs dbt."""
    return [str(Path(sys.executable).parent / "dbt"), "--quiet", *arguments]


def passes(command: list[str]) -> bool:
    """Run a command in the copy; its output goes to a log there."""
    names = ("DBT_TARGET", "CARD_SEGMENTS_WAREHOUSE", "DBT_PROFILES_DIR")
    environment = {name: text for name, text in os.environ.items() if name not in names}
    with (COPY / "mutants.log").open("a", encoding="utf-8") as log:
        print("$", *command, file=log, flush=True)
        return not subprocess.run(
            command, cwd=COPY, env=environment, stdout=log, stderr=log
        ).returncode


def copy_project() -> None:
    """Copy what git tracks, as it stands now."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, COPY / name)


def first_failure(mutant: Mutant) -> str | None:
    """Plant a fault, and return the command that notices it."""
    path, backup = COPY / mutant.file, COPY / "warehouse" / "backup.duckdb"
    original = path.read_text(encoding="utf-8")
    shutil.copy(WAREHOUSE, backup)
    path.write_text(original.replace(mutant.text, mutant.mutant), encoding="utf-8")
    try:
        return next((" ".join(one[1:]) for one in mutant.commands() if not passes(one)), None)
    finally:
        path.write_text(original, encoding="utf-8")
        shutil.move(backup, WAREHOUSE)


def main(numbers: list[str]) -> int:
    """Judge the mutants and print what became of each."""
    mutants = dict(enumerate(read_mutants(), start=1))
    chosen = [int(number) for number in numbers] or list(mutants)
    copy_project()
    checks = [dbt(*BUILD), dbt("test", "-s", "test_type:unit")]
    checks += [mutants[number].commands()[0] for number in chosen if mutants[number].judges]
    for check in checks:
        if not passes(check):
            print(f"Fails without any fault: {' '.join(check)} (see {COPY / 'mutants.log'})")
            return 2
    # A fault is judged by a first build, in which nothing is reused.
    shutil.rmtree(COPY / "published")
    survivors = 0
    for number in chosen:
        mutant = mutants[number]
        noticed = first_failure(mutant)
        survivors += noticed is None
        print(f"{number:2} {mutant.fault} in {mutant.file}: {noticed or 'SURVIVES'}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} noticed")
    return int(survivors > MOST_SURVIVORS)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
