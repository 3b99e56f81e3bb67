"""Running dbt as a user would, in folders of a test's own."""

import atexit
import csv
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
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


# macOS has forks, but its libraries do not allow for them.
CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"

# The config in a model's SQL, and the macros that say which inputs are enabled.
CONFIG = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)
QUESTIONS = {
    f"macro.card_segments.{name}"
    for name in ("has_inputs", "missing_inputs", "active_segmentations")
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


class DbtServer:
    """The process of `dbt_server.py` that runs the dbt commands of this one; ends with it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "dbt_server.py", self.folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)

    def close(self) -> None:
        """End the process, which reads until there is no more."""
        self.process.communicate()
        self.folder.cleanup()

    def run(self, request: dict) -> int:
        """Run a command and return its exit code."""
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, "the dbt server ended; what it said is above"
        return int(answer)


@functools.cache
def dbt_server() -> DbtServer:
    """The server of this process, started when it is first needed."""
    return DbtServer()


class Workspace:
    """A warehouse, a published folder and a target folder of one test's own."""

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder
        self.project = project
        self.warehouse = folder / "build.duckdb"
        self.published = folder / "published"
        # for tests that read dbt's log
        self.keeps_log = False
        # dbt's unit tests are a third of a small build; a further build with the same inputs
        # enabled does without those that have passed
        self.has_unit_tests = True

    def dbt(self, *arguments: str, **variables: object) -> Run:
        """Run a dbt command with variables, without importing dbt and parsing again for each."""
        if not CAN_FORK:
            return self.dbt_command(*arguments, **variables)
        variables.setdefault("published_dir", str(self.published))
        # a sixth of the time of a build would go into a log that nobody reads
        log = () if self.keeps_log else ("--log-level-file", "none")
        with tempfile.NamedTemporaryFile() as output:
            status = dbt_server().run(
                {
                    "arguments": [*log, *arguments, *self._options(variables)],
                    "variables": variables,
                    "project": str(self.project),
                    "unit_tests": self.has_unit_tests,
                    "target": str(self.folder / "target"),
                    "environment": self._environment(),
                    "output": output.name,
                }
            )
            return Run(status == 0, Path(output.name).read_text(encoding="utf-8"))

    def dbt_command(self, *arguments: str, **variables: object) -> Run:
        """Run a dbt command in a process of its own, as a user does; it takes ten seconds more."""
        variables.setdefault("published_dir", str(self.published))
        finished = subprocess.run(
            [Path(sys.executable).parent / "dbt", *arguments, *self._options(variables)],
            cwd=self.project,
            env=self._environment(),
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

    def _options(self, variables: dict) -> list[str]:
        return [
            *("--target-path", str(self.folder / "target")),
            *("--log-path", str(self.folder / "logs")),
            *("--vars", yaml.safe_dump(variables, default_flow_style=True, width=10_000)),
        ]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "CARD_SEGMENTS_WAREHOUSE": str(self.warehouse)}

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


def declared_inputs(code: str) -> frozenset[str]:
    """The inputs without which a model or analysis is switched off, from the config in its SQL."""
    config = CONFIG.search(code)
    declared = re.search(r"enabled=has_inputs\((.*?)\)", config[0]) if config else None
    return frozenset(re.findall(r"'(\w+)'", declared[1]) if declared else [])


def asks_for_inputs(manifest: dict, node: dict) -> bool:
    """Whether a node asks, besides in its config, which inputs are enabled.

    It then refers to whatever they allow, as one that loops over the segmentations does.
    """
    waiting, found = set(node["depends_on"].get("macros", [])), set()
    if "has_inputs(" not in CONFIG.sub("", node.get("raw_code", "")):
        waiting.discard("macro.card_segments.has_inputs")
    while waiting:
        if (macro := waiting.pop()) not in found:
            found.add(macro)
            waiting.update(manifest["macros"][macro]["depends_on"]["macros"])
    return bool(found & QUESTIONS)


def copy_project(target: Path) -> Path:
    """Copy the project without what was built, so that a test can change it."""
    left_out = {"target", "logs", "published"}

    def ignored(folder, names):
        is_top = Path(folder) == PROJECT
        built = [
            one for one in names if one.startswith((".", "__pycache__")) or one.endswith(".duckdb")
        ]
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
