"""Running dbt as a user would, in folders of a test's own."""

import contextlib
import csv
import fcntl
import functools
import gc
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import duckdb
import joblib
import pandas as pd
import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
# The raw inputs that take the place of some of them.
RAW_INPUTS = ("card_accounts", "card_transactions", "card_statements", "service_contacts")
INPUTS = ("customers", "spends", "card_relationships", "card_usage", "credit_profiles")
BANK_EVENTS = PROJECT / "samples" / "bank_events"
REAL_FILES = {
    "customers": "mitron/dim_customers.csv",
    "spends": "mitron/fact_spends.csv.gz",
    "card_relationships": "alllife/Credit Card Customer Data.csv",
    "card_usage": "card_usage/CC GENERAL.csv",
    "credit_profiles": "credit_profile/train_august.csv",
}


# Variables that only running reads; test_workspaces.py checks that parsing does not.
RUNTIME_VARIABLES = {
    "accept_changes",
    "column_names",
    "contact_period_months",
    "decimal_mark",
    "input_dir",
    "input_relations",
    "inputs",
    "maximum_recommendations",
    "maximum_reject_share",
    "minimum_recommendations",
    "published_dir",
    "same_customers",
    "spends_year",
    "staffing_customers",
    "time_zone",
    "trusted_columns",
}
# Commands and options with which dbt is to parse by itself.
PARSING = {"parse", "--no-partial-parse", "--target", "--profiles-dir", "--project-dir"}
WAREHOUSE = "CARD_SEGMENTS_WAREHOUSE"

# The config in a model's SQL, and the macros that say which inputs are enabled.
CONFIG = re.compile(r"\{\{\s*config\(.*?\)\s*\}\}", re.DOTALL)
QUESTIONS = {
    f"macro.card_segments.{name}"
    for name in ("has_inputs", "given_inputs", "missing_inputs", "active_segmentations")
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


def fit_once(fit_all, tasks, labels_of=None, progress=None):
    """Fit what no build of this run of the tests has fitted, and return all as `fit_all` does.

    Half of the time of a build goes into its fits, and many builds are of the same customers.
    """
    folder = Workspace.kept_fits
    folder.mkdir(exist_ok=True)
    kept = [folder / joblib.hash((frame, one, labels_of)) for frame, one in tasks]
    missing = [place for place, path in enumerate(kept) if not path.exists()]
    fitted = fit_all([tasks[place] for place in missing], labels_of, progress)
    for place, result in zip(missing, fitted, strict=True):
        # whole, or not there
        written = kept[place].with_suffix(f".{os.getpid()}")
        joblib.dump(result, written)
        written.rename(kept[place])
    return [joblib.load(path) for path in kept]


def invoke(arguments: list[str], project: Path, warehouse: Path, manifest=None):
    """Run dbt in this process, in the folder of a project; what it did, and what it printed."""
    # imported here, as it takes seconds and many tests need no dbt
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from card_segments.segmentation import batch

    output = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        warnings.simplefilter("ignore")
        patch.chdir(project)
        patch.setenv(WAREHOUSE, str(warehouse))
        if Workspace.kept_fits:
            patch.setattr(batch, "fit_all", functools.partial(fit_once, batch.fit_all))
        run = dbtRunner(manifest=manifest).invoke(arguments)
        # the warehouse, and whatever else dbt leaves open to the end of its process
        DuckDBConnectionManager.close_all_connections()
        failure = run.exception
        while failure:
            # its frames hold the threads that dbt leaves running
            failure.__traceback__ = None
            failure = failure.__context__
        gc.collect()
    return run, output.getvalue()


@dataclass(frozen=True)
class Parsing:
    """What parsing depends on, and where it is done."""

    files: str
    variables: str
    database: str
    project: Path = field(compare=False)
    folder: Path = field(compare=False)


@functools.lru_cache(maxsize=4)
def parsed(parsing: Parsing):
    """What came of parsing a project."""
    folder = parsing.folder
    quiet = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")
    paths = ("--target-path", str(folder), "--log-path", str(folder))
    # garbage is not worth looking for among millions of objects that stay
    gc.disable()
    run, _ = invoke(
        [*quiet, "parse", *paths, "--vars", parsing.variables],
        parsing.project,
        folder / parsing.database,
    )
    gc.freeze()
    gc.enable()
    if run.success:
        # dbt's own copying of a manifest fails on these, and only parsing needs them
        run.result.disabled.clear()
    return run


def files_of(project: Path) -> str:
    """Whatever the manifest depends on in a project's files: all but the rows of seeds."""
    left_out = {"target", "logs", "published", "warehouse", "tests/python"}
    found = []
    for folder, folders, files in os.walk(project):
        inside = Path(folder).relative_to(project)
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "__")) and (inside / name).as_posix() not in left_out
        ]
        for name in files:
            state = (Path(folder) / name).stat()
            state = "" if name.endswith(".csv") else (state.st_size, state.st_mtime_ns)
            found.append(f"{inside / name} {state}")
    return "\n".join(sorted(found))


class Workspace:
    """A warehouse, a published folder and a target folder of one test's own."""

    # what dbt_command runs dbt with
    wrapper = ()
    # where the builds of this run keep their fits, but for those of dbt_command
    kept_fits: Path | None = None

    def __init__(self, folder: Path, project: Path = PROJECT) -> None:
        self.folder = folder
        self.project = project
        self.warehouse = folder / "build.duckdb"
        self.published = folder / "published"
        # for tests that read dbt's log
        self.keeps_log = False

    def dbt(self, *arguments: str, **variables: object) -> Run:
        """Run a dbt command in this process, without parsing again what was parsed before.

        dbt's unit tests are left out: they are a third of a small build, no data changes them, and
        they run where the sample is built by `dbt_command`.
        """
        variables.setdefault("published_dir", str(self.published))
        # a sixth of the time of a build would go into a log that nobody reads
        log = () if self.keeps_log else ("--log-level-file", "none")
        try:
            manifest = None if PARSING & set(arguments) else self.manifest(variables)
        except Exception as error:
            return Run(False, str(error))
        if manifest:
            manifest.unit_tests.clear()
        run, output = invoke(
            [*log, *arguments, *self._options(variables)], self.project, self.warehouse, manifest
        )
        return Run(run.success, f"{output}{run.exception or ''}")

    def manifest(self, variables: dict):
        """A copy of what parsing gives, for running changes it; raises what stops parsing."""
        read = {name: value for name, value in variables.items() if name not in RUNTIME_VARIABLES}
        run = parsed(
            Parsing(
                files_of(self.project),
                yaml.safe_dump(read, default_flow_style=True, width=10_000),
                # the name of the database is that of its file
                self.warehouse.name,
                self.project,
                self.folder / "parsed",
            )
        )
        if not run.success:
            raise run.exception
        manifest = run.result.deepcopy()
        for node in manifest.nodes.values():
            # the same project in another folder, with seeds of its own
            if hasattr(node, "root_path"):
                node.root_path = str(self.project)
        return manifest

    def dbt_command(self, *arguments: str, **variables: object) -> Run:
        """Run a dbt command in a process of its own, as a user does; it takes ten seconds more."""
        variables.setdefault("published_dir", str(self.published))
        finished = subprocess.run(
            [
                *self.wrapper,
                *(Path(sys.executable).parent / "dbt", *arguments, *self._options(variables)),
            ],
            cwd=self.project,
            env=self.environment(),
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

    def environment(self) -> dict[str, str]:
        return {**os.environ, WAREHOUSE: str(self.warehouse)}

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


def build_once(folder, dbt=Workspace.dbt, **variables):
    """Build completely in the first worker that asks; the others wait and read the same."""
    folder.mkdir(exist_ok=True)
    workspace, done = Workspace(folder), folder / "run.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            run = dbt(workspace, "build", **variables)
            done.write_text(json.dumps([run.succeeded, run.output]))
    workspace.run = Run(*json.loads(done.read_text()))
    assert workspace.run.succeeded, workspace.run.output
    return workspace


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


def open_to_read(database: Path) -> duckdb.DuckDBPyConnection:
    """Open a database, once no dbt of another worker has it open any more."""
    for _ in range(599):
        try:
            return duckdb.connect(str(database), read_only=True)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            time.sleep(0.1)
    return duckdb.connect(str(database), read_only=True)


def copy_without_keys(database: Path, copy: Path) -> None:
    """Copy the tables of a published database without keys, so that tests can change them."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"attach '{database}' as published (read_only)")
        tables = connection.sql(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
        for (name,) in tables:
            connection.execute(f'create table "{name}" as from published."{name}"')


def query(database: Path, statement: str) -> pd.DataFrame:
    """Query a database."""
    with open_to_read(database) as connection:
        return connection.sql(statement).df()


def published_tables() -> dict[str, list[str]]:
    """The published tables as their macro lists them: name and the inputs it needs."""
    listing = (PROJECT / "macros" / "publication" / "published_tables.sql").read_text()
    mapping = re.search(r"return\((\{.*?\})\)", listing, re.DOTALL)[1]
    return json.loads(mapping.replace("'", '"'))


def tables_of_events() -> dict[str, list[str]]:
    """The tables that are made of a bank's events, each with the raw inputs that it takes."""
    listing = (PROJECT / "macros" / "inputs" / "locate_input.sql").read_text()
    mapping = re.search(r"macro tables_of_events.*?return\((\{.*?\})\)", listing, re.DOTALL)[1]
    return yaml.safe_load(mapping)


def declared_inputs(code: str) -> frozenset[str]:
    """The inputs without which a model or analysis is switched off, from the config in its SQL."""
    config = CONFIG.search(code)
    asked = r"enabled=(?:has_inputs\((.*?)\)|('\w+') in given_inputs\(\))"
    declared = re.search(asked, config[0]) if config else None
    return frozenset(re.findall(r"'(\w+)'", declared[1] or declared[2]) if declared else [])


def asks_for_inputs(manifest: dict, node: dict) -> bool:
    """Whether a node asks, besides in its config, which inputs are enabled.

    It then refers to whatever they allow, as one that loops over the segmentations does.
    """
    waiting, found = set(node["depends_on"].get("macros", [])), set()
    for question in ("has_inputs", "given_inputs"):
        if f"{question}(" not in CONFIG.sub("", node.get("raw_code", "")):
            waiting.discard(f"macro.card_segments.{question}")
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
            one
            for one in names
            if one.startswith((".", "__pycache__", "dbt_packages")) or one.endswith(".duckdb")
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
