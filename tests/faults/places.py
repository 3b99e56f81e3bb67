"""Where a fault happens: a published folder, the publisher, and what readers see after."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from workspaces import PROJECT, Workspace

HERE = Path(__file__).parent
# The smallest complete build: no segmentation is fitted.
SMALL = {"enabled_inputs": ["customers"]}
FILES = ("cards.duckdb", "shared.duckdb", "manifest.json", "report.html")
STABLE = {*FILES, "parquet"}
# Whatever else lies in the published folder is litter, but for what a fault puts there.
KNOWN = {*STABLE, "builds", "current", ".lock"}
# What a database of some bytes holds, for it is asked again and again.
CONTENTS = {}
# Publications: two before the fault, the one that it meets, two at the same time, the next one.
BUILDS = {
    name: (f"{number}0000000-0000-4000-8000-000000000000", f"2026-01-0{number} 05:00:00", "0.2.0")
    for number, name in enumerate(("oldest", "before", "after", "second", "third", "next"), start=1)
}


# Whether this process may mount disks that nobody else sees, and act as another user.
IS_ROOT = os.geteuid() == 0 and os.environ.get("FAULTS_IN_NAMESPACE") == "yes"


class Skipped(Exception):
    """A fault that cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """How a process ended: its exit code (negative: the signal that killed it) and its words."""

    code: int
    said: str

    @property
    def was_killed(self):
        return self.code in (-signal.SIGKILL, -signal.SIGXFSZ)


@dataclass
class Prepared:
    """What is made once: a warehouse for each publication, and what each looks like."""

    folder: Path
    tables: dict = field(default_factory=dict)
    schema: str = ""
    # of a whole build: how many nodes it runs, and how long it takes
    nodes: int = 0
    seconds: float = 0
    # what a publication without a page and one with it shows
    wanted: dict = field(default_factory=dict)

    def make(self):
        """Build the smallest warehouse and publish each of its copies."""
        workspace = Workspace(self.folder / "build")
        workspace.folder.mkdir(parents=True)
        run = workspace.dbt("build", write_report=False, **SMALL)
        assert run.succeeded, run.output
        results = json.loads((workspace.folder / "target" / "run_results.json").read_text())
        kinds = [one["unique_id"].split(".")[0] for one in results["results"]]
        # the builds that are killed leave unit tests out; a hook is no node
        self.nodes = sum(kind not in ("unit_test", "operation") for kind in kinds)
        with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
            self.schema = connection.sql(
                "select schema_name from duckdb_tables() where table_name = 'published_tables'"
            ).fetchone()[0]
            rows = connection.sql(
                f"select table_name, table_kind from {self.schema}.published_tables "
                "where status = 'published' order by all"
            ).fetchall()
        self.tables = {"published_tables": "aggregate", **dict(rows)}
        for build in BUILDS:
            shutil.copy(workspace.warehouse, self.warehouse(build))
            # other users publish as well
            self.warehouse(build).chmod(0o644)
            with duckdb.connect(str(self.warehouse(build))) as connection:
                # so that no table of one publication has the bytes of another's, not even empty
                for table in self.tables:
                    for column in ("published_by", f"of_{build}"):
                        connection.execute(
                            f"alter table {self.schema}.{table} "
                            f"add column {column} varchar default '{build}'"
                        )
        for start in ("nothing", "published", "page"):
            place = Place(self, self.folder / "starts" / start, "nothing")
            for build in () if start == "nothing" else ("oldest", "before"):
                outcome = place.publish(build, page=start == "page")
                assert outcome.code == 0, outcome.said
        place = Place(self, self.folder / "starts" / "older", "published")
        place.begin()
        make_older(place.published)
        for build in ("after", "second", "third", "next"):
            for page in (False, True) if build in ("after", "next") else (False,):
                place = Place(self, self.folder / "wanted" / f"{build}_{page}", "nothing")
                outcome = place.publish(build, page=page)
                assert outcome.code == 0, outcome.said
                self.wanted[build, page] = place.seen()
        # a comparison that finds no difference here would find none anywhere
        one, other = self.wanted["after", True], self.wanted["next", True]
        alike = [path for path in one if is_of(one, other, path)]
        assert not alike and None not in one.values(), alike
        return self

    def warehouse(self, build):
        return self.folder / f"{build}.duckdb"


def make_older(published):
    """Give a published folder the shape of the release before: files, and a link to Parquet."""
    if not (published / "current").is_symlink():
        return
    newest = (published / "current").resolve().name
    for folder in (published / "builds").iterdir():
        for path in (folder / "parquet").iterdir():
            path.rename(folder / path.name)
        (folder / "parquet").rmdir()
        for path in folder.glob("[!.]*"):
            if path.name in FILES and folder.name == newest:
                (published / path.name).unlink()
                path.rename(published / path.name)
            elif path.name in FILES:
                path.unlink()
    (published / "current").unlink()
    (published / "parquet").unlink()
    (published / "parquet").symlink_to(f"builds/{newest}", target_is_directory=True)
    (published / ".lock").unlink(missing_ok=True)
    manifest = json.loads((published / "manifest.json").read_text())
    for table in manifest["tables"]:
        table["parquet"] = f"builds/{newest}/{table['name']}.parquet"
    (published / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


class Place:
    """A published folder in some state, and the way to publish into it."""

    def __init__(self, prepared, folder, start="published", name="published"):
        self.prepared = prepared
        self.folder = folder
        self.start = start
        self.published = folder / name
        # what a fault puts beside the publication, which has to stay
        self.foreign = {}
        # what is undone at the end
        self.stack = ExitStack()
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def source(self):
        return self.prepared.folder / "starts" / self.start / "published"

    def begin(self):
        """Put the publications before the fault in place."""
        if self.source.exists():
            self.published.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self.source, self.published, symlinks=True)

    def put(self, path, text="somebody else's"):
        """Put a file of somebody else into the published folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.foreign[path] = text

    def is_there(self, path):
        """Whether a file of somebody else is still what it was."""
        return path.is_file() and path.read_text() == self.foreign[path]

    def run(self, *command):
        """Run a program of the system."""
        subprocess.run([str(part) for part in command], check=True, capture_output=True)

    def disk(self, name, size="64m", inodes=2048):
        """Make a small file system, gone at the end."""
        if not IS_ROOT:
            raise Skipped("only root makes small disks")
        folder = self.folder / name
        folder.mkdir()
        options = f"size={size},nr_inodes={inodes},mode=755"
        self.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)
        self.stack.callback(self.run, "umount", "-l", folder)
        return folder

    def on_a_disk(self):
        """Have the published folder on a small file system of its own."""
        disk = self.disk("disk")
        self.published = disk / "published"
        return disk

    def command(self, name, **request):
        """The command that publishes a build."""
        request = {
            "warehouse": str(self.prepared.warehouse(name)),
            "schema": self.prepared.schema,
            "tables": self.prepared.tables,
            "directory": str(self.published),
            "build": BUILDS[name],
            **request,
        }
        return [sys.executable, str(HERE / "publisher.py"), json.dumps(request)]

    def start_publishing(self, name, traced=(), **request):
        """Start the process that publishes a build."""
        if "user" in request and not IS_ROOT:
            raise Skipped("only root acts as another user")
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [*traced, *self.command(name, **request)],
            cwd=self.folder,
            env={**environment, "TMPDIR": request.get("temporary") or "/tmp"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def publish(self, name, traced=(), seconds=None, **request):
        """Publish a build in a process of its own, killed after some seconds."""
        process = self.start_publishing(name, traced, **request)
        if seconds is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            process.kill()
        return finish(process)

    def seen(self):
        """What readers see: a digest of every stable path, by path."""
        found = {name: digest(self.published / name) for name in FILES}
        parquet = self.published / "parquet"
        with suppress(OSError):
            for name in sorted(os.listdir(parquet)):
                if name.endswith(".parquet"):
                    found[f"parquet/{name}"] = digest(parquet / name)
        return found

    def litter(self):
        """What nobody needs any more, and what of somebody else's is gone."""
        complaints = []
        for path in self.foreign:
            if not self.is_there(path):
                complaints.append(f"lost: {path.name} of somebody else is gone")
        foreign = {part for path in self.foreign for part in (path, *path.parents)}
        builds = self.published / "builds"
        ours = [path for path in _entries(builds) if path not in foreign]
        if len(ours) > 2:
            complaints.append(f"litter: {len(ours)} builds are kept")
        strange = [path for path in _entries(self.published) if path.name not in KNOWN]
        strange += [
            path
            for folder in _entries(builds)
            for path in _entries(folder)
            if path.name not in STABLE and not path.name.endswith(".parquet")
        ]
        for path in strange:
            if path not in foreign:
                complaints.append(f"litter: {path.relative_to(self.published)}")
        return complaints


def _entries(folder):
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def digest(path):
    """A digest of a file's bytes, or None where there is nothing to read."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError:
        return None
    if path.suffix == ".duckdb" and found not in CONTENTS:
        CONTENTS[found] = content(path) or found
    return found


def content(database):
    """What a database holds, as a digest, or None of one that does not open."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            held = connection.sql(
                "select table_name, sql, comment from duckdb_tables() order by all"
            ).fetchall()
            names = [name for name, *_ in held]
            held += connection.sql(
                "select table_name, column_name, comment from duckdb_columns() "
                "where not internal order by all"
            ).fetchall()
            for name in names:
                held += [(name,), *connection.sql(f"from {name} order by all").fetchall()]
    except duckdb.Error:
        return None
    return hashlib.sha256("\n".join(map(repr, held)).encode()).hexdigest()[:16]


def same(seen, wanted):
    """Whether two publications are the same, their databases by what they hold.

    DuckDB leaves three bytes between a dictionary and its codes as they were in memory.
    """
    return {path: CONTENTS.get(value, value) for path, value in seen.items()} == {
        path: CONTENTS.get(value, value) for path, value in wanted.items()
    }


def finish(process, timeout=300):
    """Wait for a process and say how it ended."""
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[0] + "\nStill running after five minutes"
    # strace ends as its child did
    code = process.returncode
    return Outcome(code if code < 128 else 128 - code, said)


def check_killed(outcome, is_sure):
    """Complain about a kill that had to happen and did not; leave out one that came too late."""
    if outcome.was_killed:
        return []
    if is_sure:
        return ["harness: it was not killed"]
    raise Skipped("it had ended before")


def unclear(outcome):
    """Complaints about the words of a run that was refused: one sentence is wanted."""
    said = outcome.said.strip()
    if "Traceback" in said or not said:
        return [f"unclear: {said.splitlines()[-1] if said else 'nothing is said'}"]
    return []


def is_of(seen, wanted, path):
    """Whether a path shows what it should show in a publication."""
    return same({path: seen[path]}, {path: wanted.get(path)})


def show(seen, *wanted):
    """Where the stable paths lead, for a complaint."""
    names = {}
    for path in seen:
        name = next((name for name, one in wanted if is_of(seen, one, path)), "something else")
        names.setdefault(name, []).append(path)
    return "; ".join(f"{name}: {', '.join(paths[:3])}" for name, paths in names.items())


def judge(place, outcome, before, page=False, expected="either"):
    """Complaints about what a fault left: one build before or after, whole, and clear words."""
    after = place.prepared.wanted["after", page]
    seen = place.seen()
    complaints = []
    if seen != before and not same(seen, after):
        parts = ("before", before), ("after", after)
        is_mixture = all(any(is_of(seen, one, path) for _, one in parts) for path in seen)
        complaints.append(f"{'mixed' if is_mixture else 'lost'}: {show(seen, *parts)}")
    elif outcome.code == 0 and not same(seen, after):
        complaints.append("lost: said to be published, and is not")
    if not outcome.was_killed and outcome.code != 0:
        complaints += unclear(outcome)
        if same(seen, after) and not same(before, after):
            complaints.append("unclear: published, and said not to be")
    if expected == "published" and outcome.code != 0 and not outcome.was_killed:
        complaints.append(f"stuck: not published: {outcome.said.strip()[-300:]}")
    if expected == "refused" and outcome.code == 0:
        complaints.append("lost: published although it should have been refused")
    return complaints


def judge_next(place, page=False):
    """Complaints about the publication after: it has to succeed and to clear up."""
    outcome = place.publish("next", page=page)
    if outcome.code != 0:
        return [f"stuck: {outcome.said.strip()[-300:]}"]
    wanted = place.prepared.wanted["next", page]
    if not same(place.seen(), wanted):
        return [f"mixed: the next publication: {show(place.seen(), ('next', wanted))}"]
    return place.litter()
