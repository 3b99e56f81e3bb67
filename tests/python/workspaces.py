"""Running dbt as a user would, in folders of a test's own."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb
import pandas as pd
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
INPUTS = ("customers", "spends", "card_relationships", "card_usage", "credit_profiles")
REAL_FILES = {
    "customers": "mitron/dim_customers.csv",
    "spends": "mitron/fact_spends.csv.gz",
    "card_relationships": "alllife/Credit Card Customer Data.csv",
    "card_usage": "card_usage/CC GENERAL.csv",
    "credit_profiles": "credit_profile/train_august.csv",
}


@dataclass
class Run:
    """What a dbt command did."""

    succeeded: bool
    output: str

    @property
    def text(self) -> str:
        """The output without colours and line breaks, for looking for sentences."""
        return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", self.output).split())


class Workspace:
    """A warehouse, a published folder and a target folder of one test's own."""

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder
        self.project = project
        self.warehouse = folder / "build.duckdb"
        self.published = folder / "published"

    def dbt(self, *arguments: str, **variables: object) -> Run:
        """Run a dbt command with variables."""
        variables.setdefault("published_dir", str(self.published))
        command = [
            str(Path(sys.executable).parent / "dbt"),
            *arguments,
            "--target-path",
            str(self.folder / "target"),
            "--log-path",
            str(self.folder / "logs"),
            "--vars",
            yaml.safe_dump(variables, default_flow_style=True, width=10_000),
        ]
        finished = subprocess.run(
            command,
            cwd=self.project,
            env={**os.environ, "CARD_SEGMENTS_WAREHOUSE": str(self.warehouse)},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        return Run(finished.returncode == 0, finished.stdout + finished.stderr)

    def parse_strictly(self, **variables: object) -> Run:
        """Parse the project anew, warnings being errors."""
        strict = ["--warn-error-options", '{"error": "all"}']
        return self.dbt(*strict, "parse", "--no-partial-parse", **variables)

    def query(self, statement: str) -> pd.DataFrame:
        """Query the warehouse."""
        return query(self.warehouse, statement)

    def query_published(self, statement: str) -> pd.DataFrame:
        """Query the published database, as a reader would."""
        return query(self.published / "cards.duckdb", statement)

    def published_files(self) -> dict[str, bytes]:
        """The bytes of everything that readers can reach, by relative path."""
        return {
            str(path.relative_to(self.published)): path.read_bytes()
            for path in sorted(self.published.rglob("*"))
            if path.is_file()
        }


def skip_or_fail(what_is_missing: str) -> NoReturn:
    """Skip the test for want of a tool; in CI, which is set up to have them all, fail."""
    if os.environ.get("CI"):
        pytest.fail(what_is_missing)
    pytest.skip(what_is_missing)


def environment_for_make(folder: Path) -> Path:
    """This Python's environment under another path, as one that make has set up completely."""
    folder.mkdir(exist_ok=True)
    for entry in Path(sys.prefix).iterdir():
        if not entry.name.startswith(".") and not (folder / entry.name).exists():
            (folder / entry.name).symlink_to(entry)
    for marker in (".runtime-installed", ".testing-installed"):
        (folder / marker).touch()
    return folder


def query(database: Path, statement: str) -> pd.DataFrame:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(statement).df()


def published_tables() -> dict[str, list[str]]:
    """The published tables as their macro lists them: name and the inputs it needs."""
    listing = (PROJECT / "macros" / "publication" / "published_tables.sql").read_text()
    mapping = re.search(r"return\((\{.*?\})\)", listing, re.DOTALL)[1]
    return json.loads(mapping.replace("'", '"'))


def copy_project(target: Path) -> Path:
    """Copy the project without what was built, so that a test can change it."""
    left_out = {"target", "logs", "published"}

    def ignored(folder, names):
        is_top = Path(folder) == PROJECT
        built = [one for one in names if one.startswith(".") or one.endswith(".duckdb")]
        return built + [one for one in names if is_top and one in left_out]

    shutil.copytree(PROJECT, target, ignore=ignored)
    return target


def rewrite(path: Path, change) -> None:
    """Change the rows of a CSV file, without its header, and write it back."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    rows = change(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
