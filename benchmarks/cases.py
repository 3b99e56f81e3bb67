"""What is measured, and beside what."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from benchmarks import floor
from benchmarks.pairs import Command, Failed, printed_seconds

PROJECT = Path(__file__).resolve().parents[1]
SPEND_MARTS = (
    "customer_income_utilisation",
    "income_utilisation_by_demographic",
    "monthly_income_utilisation",
    "customer_demographics",
    "key_customer_segments",
    "spend_by_demographic",
    "monthly_spend",
)
# dbt reads a seed row by row in Python, and needs minutes for a million rows.
LARGEST_SEED = 4_000
LARGEST_CSV = 100_000


class Skipped(Exception):
    """A case that cannot be run here; the message says why."""


@dataclass(frozen=True)
class Place:
    """Where the inputs of one size are, and with what they are read.

    Attributes
    ----------
    customers : int
    folder : Path
        Inputs are in `inputs`, and the last whole build in `build`.
    python, other_python : Path
        That of the project, and the one that has what it is compared with.
    memory : int
        Bytes that whatever is compared may hold where that is limited.
    """

    customers: int
    folder: Path
    python: Path
    other_python: Path
    memory: int

    @property
    def inputs(self) -> Path:
        """The folder of the Parquet files."""
        return self.folder / "inputs"

    @property
    def warehouse(self) -> Path:
        """The warehouse of the last whole build."""
        return self.folder / "build" / "build.duckdb"

    def tidy(self) -> None:
        """Remove the databases that no later case reads."""
        for database in {*self.folder.glob("*/build.duckdb"), self.folder / "raw.duckdb"}:
            if database != self.warehouse:
                database.unlink(missing_ok=True)

    def disk(self) -> int:
        """Return the bytes of the last whole build: its warehouse and what it published."""
        published = (self.warehouse.parent / "published").rglob("*")
        files = [self.warehouse, *(path for path in published if not path.is_symlink())]
        return sum(path.stat().st_size for path in files if path.is_file())

    def dbt(self, name: str, *arguments: str, **variables: object) -> Command:
        """Run dbt on the project in a folder of its own, with an empty warehouse."""
        folder = self.folder / name
        variables.setdefault("input_dir", str(self.inputs))
        variables["published_dir"] = str(folder / "published")
        environment = {"CARD_SEGMENTS_WAREHOUSE": str(folder / "build.duckdb")}
        options = ["--vars", json.dumps(variables)]
        return self._dbt(PROJECT, folder, [*arguments, *options], ["parse", *options], environment)

    def dbt_project(self, folder: Path, *arguments: str) -> Command:
        """Run dbt on one of the small projects, with an empty warehouse."""
        environment = {"BENCH_WAREHOUSE": str(folder / "build.duckdb")}
        return self._dbt(folder, folder, [*arguments], ["parse"], environment)

    def _dbt(
        self,
        project: Path,
        folder: Path,
        arguments: list[str],
        parsing: list[str],
        environment: dict[str, str],
    ) -> Command:
        common = [
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder)),
        ]
        dbt = [str(self.python.with_name("dbt")), "--quiet"]

        def prepare() -> None:
            """Parse where that was not done before: a user does it once, not at each build."""
            (folder / "build.duckdb").unlink(missing_ok=True)
            shutil.rmtree(folder / "published", ignore_errors=True)
            if not (folder / "target" / "partial_parse.msgpack").exists():
                folder.mkdir(parents=True, exist_ok=True)
                Command([*dbt, *parsing, *common], environment).output()

        return Command([*dbt, *arguments, *common], environment, prepare=prepare)

    def module(self, name: str, *arguments: object, other: bool = False, **options) -> Command:
        """Run a module of this folder."""
        python = self.other_python if other else self.python
        command = [str(python), "-m", f"benchmarks.{name}", *map(str, arguments)]
        return Command(command, {"PYTHONPATH": str(PROJECT)}, **options)


@dataclass(frozen=True)
class Contest:
    """A command of the project and what is run beside it.

    Attributes
    ----------
    name : str
    ours : Command
    others : dict of str to Command
    check : callable or None
        Takes the name of one of the others that has run; raises Failed if its result is different.
    """

    name: str
    ours: Command
    others: dict[str, Command]
    check: Callable[[str], None] | None = None


def build(place: Place) -> Iterable[Contest]:
    """Compare the whole build with as many nodes that do nothing."""
    whole = place.dbt("build", "build", "--exclude-resource-type", "unit_test")
    folder = place.folder / "floor"
    trivial = place.dbt_project(folder, "build")

    def prepare() -> None:
        if not folder.exists():
            floor.write_floor(folder, place.folder / "build" / "target" / "run_results.json")
        trivial.prepare()

    shutil.rmtree(folder, ignore_errors=True)
    empty = replace(trivial, prepare=prepare)
    yield Contest("whole build", whole, {"as many trivial nodes": empty})


def spends(place: Place) -> Iterable[Contest]:
    """Compare the spend marts, from files to tested tables, with other ways to the same figures."""
    ours = place.dbt(
        *("spends", "build", "--exclude-resource-type", "unit_test"),
        *("--select", *(f"+{table}" for table in SPEND_MARTS)),
        enabled_inputs=["customers", "spends"],
    )
    ways = {
        "hand-written DuckDB script": "duckdb",
        "Polars": "polars",
        "pandas, as in a notebook": "pandas",
    }
    others = {
        name: place.module(
            *("spend_marts", way, place.inputs, place.folder / way),
            other=way != "duckdb",
            memory=place.memory if way != "duckdb" else None,
            timeout=3600,
            prepare=lambda way=way: _empty(place.folder / way),
        )
        for name, way in ways.items()
    }

    def check(name: str) -> None:
        warehouse = place.folder / "spends" / "build.duckdb"
        place.module("spend_marts", "compare", warehouse, place.folder / ways[name]).output()

    yield Contest("spend marts", ours, others, check)


def loading(place: Place) -> Iterable[Contest]:
    """Compare loading spends, each row accounted for, with reading the file on trust."""
    parquet = place.inputs / "spends.parquet"
    ours = {name: _load(place, name, file) for name, file in _csv(place).items()}
    yield Contest(
        "loading Parquet", _load(place, "parquet", parquet), {"typed pass": _raw(place, parquet)}
    )
    if place.customers <= LARGEST_CSV:
        raw = _raw(place, _csv(place)["clean"])
        yield Contest("loading CSV", ours["clean"], {"raw read_csv": raw})
        dirty = "loading CSV with 1 % dirty rows"
        yield Contest(dirty, ours["dirty"], {"loading clean CSV": ours["clean"]})


def seed(place: Place) -> Iterable[Contest]:
    """Compare loading spends with the seeds of dbt as it comes."""
    if place.customers > LARGEST_SEED:
        raise Skipped(f"dbt reads seeds row by row; compared up to {LARGEST_SEED:,} customers")
    clean = _csv(place)["clean"]
    folder = floor.write_seed(place.folder / "seed", clean)
    stock = _timed_by_nodes(place.dbt_project(folder, "seed"), folder)
    yield Contest("loading CSV", _load(place, "clean", clean), {"stock dbt seed": stock})


def scoring(place: Place) -> Iterable[Contest]:
    """Compare scoring a million cardholders in SQL with KMeans.predict."""
    folder = place.folder / "scoring"
    _empty(folder)
    compiling = place.dbt("scoring", "compile", "--select", "score_new_customers")
    compiling.environment["CARD_SEGMENTS_WAREHOUSE"] = str(place.warehouse)
    compiling.output()
    sql = folder / "target/compiled/card_segments/analyses/score_new_customers.sql"
    results = {way: folder / f"{way}.csv" for way in ("sql", "predict")}
    ours, beside = (
        place.module("scoring", place.warehouse, sql, result, way, seconds=printed_seconds)
        for way, result in results.items()
    )

    def check(_: str) -> None:
        if results["sql"].read_bytes() != results["predict"].read_bytes():
            raise Failed("the two ways give customers different segments")

    yield Contest("scoring 1,000,000 cardholders", ours, {"KMeans.predict": beside}, check)


def fits(place: Place) -> Iterable[Contest]:
    """Compare the CPU time of the four fits with that of a bare k-means sweep."""
    ours, sweep = (
        place.module("fits", place.warehouse, place.customers, what, seconds=printed_seconds)
        for what in ("fits", "sweep")
    )
    yield Contest("CPU of the four fits", ours, {"bare k-means sweep": sweep})


def publication(place: Place) -> Iterable[Contest]:
    """Compare the report page with reading its tables, and a publication with an unflushed one."""
    published = place.folder / "build" / "published"
    page, tables = (
        place.module("report_page", published / "cards.duckdb", what, seconds=printed_seconds)
        for what in ("page", "tables")
    )
    yield Contest("report page", page, {"reading all published tables": tables})
    flushed, unflushed = (
        place.module("flushes", place.warehouse, published, how, seconds=printed_seconds)
        for how in ("flushed", "unflushed")
    )
    yield Contest("publishing", flushed, {"without waiting for the disk": unflushed})


def stability(place: Place) -> Iterable[Contest]:
    """Compare a hundred bootstrap resamples with those of R's fpc."""
    if (
        not shutil.which("Rscript")
        or subprocess.run(["Rscript", "-e", "library(fpc)"], capture_output=True).returncode
    ):
        raise Skipped(
            "R with fpc is not installed here (Debian: apt-get install r-base-core r-cran-fpc)"
        )
    matrix = place.folder / "matrix.csv"
    place.module("stability", place.warehouse, matrix, "write").output()
    ours = place.module("stability", place.warehouse, matrix, "measure", seconds=printed_seconds)
    script = str(PROJECT / "benchmarks" / "clusterboot.R")
    beside = Command(["Rscript", script, str(matrix), "100"], seconds=printed_seconds)
    yield Contest("100 bootstraps of a k-means", ours, {"R's fpc::clusterboot": beside})


# In this order, because later ones use the build of the first.
CASES = {
    "build": build,
    "spends": spends,
    "loading": loading,
    "seed": seed,
    "scoring": scoring,
    "fits": fits,
    "publication": publication,
    "stability": stability,
}
# What CI measures: short, and steady enough to be compared with what was recorded.
WATCHED = ("build", "spends", "loading", "scoring")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _csv(place: Place) -> dict[str, Path]:
    return {name: place.inputs / name / "spends.csv" for name in ("clean", "dirty")}


def _load(place: Place, name: str, file: Path) -> Command:
    """Load spends into a warehouse of its own, and read what came of them."""
    command = place.dbt(
        *(f"load_{name}", "build", "--select", "+stg_spends__spends"),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        enabled_inputs=["customers", "spends"],
        inputs={"spends": str(file)},
    )
    folder = place.folder / f"load_{name}"
    nodes = _timed_by_nodes(command, folder)

    def seconds(output: str) -> float:
        reading = place.module("loading", folder / "build.duckdb", file.suffix.strip("."))
        return nodes.seconds(output) + printed_seconds(reading.output())

    return replace(nodes, seconds=seconds)


def _raw(place: Place, file: Path) -> Command:
    return place.module("loading", place.folder / "raw.duckdb", file, seconds=printed_seconds)


def _timed_by_nodes(command: Command, folder: Path) -> Command:
    """Time from the start of the first node to the end of the last; dbt's start does not count."""

    def seconds(_: str) -> float:
        results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
        times = [
            datetime.fromisoformat(step[end])
            for one in results["results"]
            for step in one["timing"]
            for end in ("started_at", "completed_at")
        ]
        return (max(times) - min(times)).total_seconds()

    return replace(command, seconds=seconds)
