"""Whole dbt builds that meet faults, with the smallest inputs."""

import fcntl
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from obstacles import fill, use_inodes
from places import HERE, SMALL, Outcome, Place, check_killed, unclear
from workspaces import PROJECT

VARIABLES = {**SMALL, "write_report": False}
FAULTS = []


class Builder:
    """A process that builds on request (builder.py)."""

    def __init__(self, folder):
        folder.mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "builder.py"), str(folder), json.dumps(VARIABLES)],
            env={**os.environ, "PYTHONPATH": f"{PROJECT / 'tests' / 'python'}:{PROJECT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def build(self, request, seconds=None):
        """Build, killed after some seconds."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        timer = threading.Timer(seconds or 600, os.kill, (child, signal.SIGKILL))
        timer.start()
        code = int(self.process.stdout.readline())
        timer.cancel()
        return Outcome(code, Path(request["output"]).read_text())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class BuildPlace(Place):
    """A warehouse and a published folder, after a first build."""

    builders = queue.Queue()

    def __init__(self, prepared, folder, start="built"):
        super().__init__(prepared, folder, start)
        self.warehouse = folder / "build.duckdb"
        self.variables = {}

    def begin(self):
        built = self.prepared.folder / "build"
        self.warehouse.parent.mkdir(parents=True, exist_ok=True)
        self.published.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built / "build.duckdb", self.warehouse)
        shutil.copytree(built / "published", self.published, symlinks=True)

    def build(self, seconds=None, name="run", **request):
        """Build completely; the request may change the variables and name a fault."""
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        variables = {**VARIABLES, "published_dir": str(self.published), **self.variables}
        variables.update(request.pop("variables", {}))
        request = {
            "folder": str(target),
            "output": str(target / "output"),
            "warehouse": str(self.warehouse),
            "variables": variables,
            **request,
        }
        builder = self.builders.get()
        try:
            return builder.build(request, seconds)
        finally:
            self.builders.put(builder)

    def shown(self):
        """The build that each stable path shows; None where it shows nothing."""
        found = {}
        for name in ("cards.duckdb", "shared.duckdb", "parquet/publication.parquet"):
            path = (self.published / name).resolve()
            with duckdb.connect() as connection:
                try:
                    if name.endswith(".parquet"):
                        relation = connection.read_parquet(str(path), hive_partitioning=False)
                    else:
                        quoted = str(path).replace("'", "''")
                        connection.execute(f"attach '{quoted}' as published (read_only)")
                        relation = connection.table("published.publication")
                    found[name] = str(relation.select("build_id").fetchone()[0])
                except duckdb.Error:
                    found[name] = None
        try:
            manifest = json.loads((self.published / "manifest.json").read_text())
            found["manifest.json"] = manifest["build_id"]
            missing = [
                table["parquet"]
                for table in manifest["tables"]
                if not (self.published / table["parquet"]).is_file()
            ]
        except (OSError, ValueError, KeyError):
            found["manifest.json"], missing = None, []
        if missing:
            found["parquet"] = f"without {missing[0]}"
        return found


def judge_build(place, outcome, before, expected="either"):
    """Complaints about what a build left that met a fault."""
    complaints, builds = [], set(place.shown().values())
    seen = place.seen()
    if seen != before:
        if len(builds) != 1:
            complaints.append(f"mixed: {place.shown()}")
        elif None in builds:
            complaints.append("lost: what was published is gone")
        elif outcome.code not in (0, -signal.SIGKILL):
            complaints.append("unclear: published, and said not to be")
    elif outcome.code == 0:
        complaints.append("lost: said to be published, and is not")
    if outcome.code not in (0, -signal.SIGKILL):
        complaints += unclear(outcome)
    if expected == "published" and outcome.code != 0:
        complaints.append(f"stuck: {outcome.said.strip()[-500:]}")
    if expected == "refused" and outcome.code == 0:
        complaints.append("lost: published although it should have been refused")
    return complaints


def judge_next_build(place):
    """Complaints about the build after: it has to succeed and to clear up."""
    outcome = place.build()
    if outcome.code != 0:
        return [f"stuck: {outcome.said.strip()[-500:]}"]
    builds = set(place.shown().values())
    if len(builds) != 1 or None in builds:
        return [f"mixed: the next build: {place.shown()}"]
    strange = [path.name for path in place.warehouse.parent.glob("build.duckdb?*")]
    return place.litter() + [f"litter: {name}" for name in strange]


@contextmanager
def started(prepared, folder, count):
    """Start processes that build, and measure how long a build takes."""
    builders = [Builder(folder / f"builder{number}") for number in range(count)]
    BuildPlace.builders = queue.Queue()
    for builder in builders:
        BuildPlace.builders.put(builder)
    with BuildPlace(prepared, folder / "measured") as place:
        place.begin()
        began = time.monotonic()
        outcome = place.build()
        assert outcome.code == 0, outcome.said
        prepared.seconds = time.monotonic() - began
    try:
        yield
    finally:
        for builder in builders:
            builder.stop()


def kill(prepared, folder, start, share=None, **how):
    """Kill a build, perhaps after a share of the time that one takes, and build again."""
    if share is not None:
        how["delay" if "event" in how else "seconds"] = share * prepared.seconds
    with BuildPlace(prepared, folder) as place:
        place.begin()
        before = place.seen()
        outcome = place.build(**how)
        complaints = judge_build(place, outcome, before) + judge_next_build(place)
        return complaints or check_killed(outcome, share is None)


def kills(nodes, bounded):
    """The moments at which builds are killed: their group, their name and how."""
    for event, count in (("NodeStart", 6), ("NodeFinished", 10)):
        for step in range(1 if bounded else count):
            number = 1 + round((step + bounded) * (nodes - 1) / (count - 1))
            name = f"at {event} {number} of {nodes}"
            yield "build, at a node border", name, {"event": event, "number": number}
    generator = random.Random(1)
    for _ in range(0 if bounded else 9):
        share = round(generator.uniform(0, 1), 2)
        yield "build, at random", f"after {share:.0%} of its time", {"share": share}
    for _ in range(1 if bounded else 9):
        share = round(generator.uniform(0.001, 0.15), 3)
        # the second hook, after the one at the start, publishes
        how = {"event": "LogHookStartLine", "number": 2, "share": share}
        yield "build, while it publishes", f"{share:.1%} of its time after its last node", how


@dataclass(frozen=True)
class Fault:
    """One fault of a build: what it is, how it is arranged, and what has to come of it."""

    group: str
    name: str
    arrange: object
    expected: str


def fault(group, expected="either", each=()):
    """Enter a function into the table, once for each of some values."""

    def enter(function):
        sentence = function.__doc__.rstrip(".")
        for value in each or [None]:
            name = sentence if value is None else f"{sentence}: {value}"
            arrange = function if value is None else partial(function, value=value)
            FAULTS.append(Fault(group, name, arrange, expected))
        return function

    return enter


def meet(prepared, folder, start, fault):
    """Let a build meet a fault, lift it, and build again; return the complaints."""
    with BuildPlace(prepared, folder) as place:
        arranged = fault.arrange(place)
        how = next(arranged) or {}
        before = place.seen()
        outcome = place.build(**how)
        complaints = judge_build(place, outcome, before, fault.expected)
        try:
            arranged.send(outcome)
        except StopIteration as end:
            complaints += end.value or []
        return complaints + judge_next_build(place)


# Warehouse


@fault("warehouse", each=[0, 1_000_000, 5_000_000])
def full_disk(place, value):
    """The disk of the warehouse has room for so many bytes."""
    disk = place.disk("disk")
    place.warehouse = disk / "build.duckdb"
    place.begin()
    filler = fill(disk, value)
    yield
    filler.unlink()


@fault("warehouse", each=[0, 1])
def no_inodes(place, value):
    """The disk of the warehouse can take so many more files."""
    disk = place.disk("disk")
    place.warehouse = disk / "build.duckdb"
    place.begin()
    filler = use_inodes(disk, value)
    yield
    shutil.rmtree(filler)


@fault(
    "warehouse", expected="refused", each=["cut", "empty", "garbage", "a later format", "a folder"]
)
def damaged_warehouse(place, value):
    """The warehouse is not one."""
    place.begin()
    content = place.warehouse.read_bytes()
    if value == "a folder":
        place.warehouse.unlink()
        place.warehouse.mkdir()
    else:
        place.warehouse.write_bytes(
            {
                "cut": content[: len(content) // 2],
                "empty": b"",
                "garbage": random.Random(1).randbytes(100_000),
                # the version of the format stands behind its name
                "a later format": content[:12] + (999).to_bytes(8, "little") + content[20:],
            }[value]
        )
    yield
    shutil.rmtree(place.warehouse) if value == "a folder" else place.warehouse.unlink()


@fault("warehouse", expected="published")
def no_warehouse(place):
    """Somebody deleted the warehouse."""
    place.begin()
    place.warehouse.unlink()
    yield


@fault("warehouse", expected="refused")
def locked_warehouse(place):
    """Another process has the warehouse open."""
    place.begin()
    code = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(place.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        holder.stdout.readline()
        yield
        holder.communicate(b"\n")


# Publications of before, which a build reads


@fault(
    "published",
    each=[
        "cards.duckdb cut",
        "cards.duckdb garbage",
        "cards.duckdb deleted",
        "manifest.json cut",
        "manifest.json deleted",
        "shared.duckdb cut",
        "parquet cut",
        "parquet deleted",
    ],
)
def damaged_publication(place, value):
    """What was published before is damaged."""
    place.begin()
    name, how = value.split()
    path = (place.published / name).resolve()
    if name == "parquet":
        path = path / "segment_registry.parquet"
    if how == "deleted":
        path.unlink()
    elif how == "garbage":
        path.write_bytes(random.Random(1).randbytes(100_000))
    else:
        os.truncate(path, path.stat().st_size // 2)
    outcome = yield
    if outcome.code != 0:
        shutil.rmtree(place.published)


@fault("published", expected="published")
def from_the_future(place):
    """What was published before was published in the future, by its files and by its tables."""
    place.begin()
    later = time.time() + 400 * 24 * 3600
    with duckdb.connect(str((place.published / "cards.duckdb").resolve())) as connection:
        connection.execute("update publication set published_at = published_at + interval 2 years")
    for path in (place.published, *place.published.rglob("*")):
        os.utime(path, (later, later), follow_symlinks=False)
    yield


@fault(
    "published",
    expected="published",
    each=["region=EU/dt=2026-11-26", "a?b", "it's", "two  blanks ", "Zürich 東京", "a*b[1]"],
)
def odd_name(place, value):
    """The published folder has an odd name."""
    place.published = place.folder / value
    place.begin()
    yield


@fault("published", expected="refused")
def lock_held(place):
    """Another process holds the lock of the published folder."""
    place.begin()
    with (place.published / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# Inputs that change while they are read


@fault("inputs", each=["grows", "is cut", "is replaced", "is deleted"])
def changing_input(place, value):
    """The file of an input changes while it is read."""
    place.begin()
    source = place.folder / "inputs" / "customers.csv"
    source.parent.mkdir()
    text = (PROJECT / "seeds" / "inputs" / "customers.csv").read_text()
    source.write_text(text)
    other = source.with_name("other")
    rows = text.splitlines(keepends=True)
    other.write_text("".join([rows[0], *rows[:0:-1]][: len(rows) // 2]))
    command = {
        "grows": f"tail -n 100 {other} | sed s/^A/Z/ >> {source}",
        "is cut": f"truncate -s 20000 {source}",
        "is replaced": f"mv {other} {source}",
        "is deleted": f"rm {source}",
    }[value]
    place.variables = {"inputs": {"customers": str(source)}}
    outcome = yield {"event": "NodeStart", "node": "base_customers__examined", "command": command}
    there = source.read_text().count("\n") if source.exists() else 0
    source.write_text(text)
    if outcome.code == 0:
        with duckdb.connect(str(place.published / "cards.duckdb"), read_only=True) as connection:
            read = connection.sql(
                "select sum(measured) from input_quality where measure = 'read_rows'"
            ).fetchone()[0]
        if read not in (len(rows) - 1, there - 1, there):
            return [f"lost: {read} rows of a file that had {len(rows) - 1} and then {there}"]
    return []


# Several at once


def together(prepared, folder, start, count, one_warehouse=False):
    """Several builds begin at once with one published folder, and perhaps with one warehouse."""
    with BuildPlace(prepared, folder) as place:
        place.begin()
        outcomes = {}

        def build(number):
            request = {}
            if not one_warehouse and number:
                request["warehouse"] = str(place.folder / f"other{number}.duckdb")
                shutil.copy(place.warehouse, request["warehouse"])
            outcomes[number] = place.build(name=f"run{number}", **request)

        threads = [threading.Thread(target=build, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        complaints = []
        codes = [outcome.code for outcome in outcomes.values()]
        builds = set(place.shown().values())
        if len(builds) != 1 or None in builds:
            complaints.append(f"mixed: {place.shown()}")
        if codes.count(0) != 1:
            complaints.append(f"lost: {codes.count(0)} of {count} said that they published")
        for outcome in outcomes.values():
            complaints += unclear(outcome) if outcome.code else []
        return complaints + judge_next_build(place)
