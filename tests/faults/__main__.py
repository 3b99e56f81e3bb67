"""Let publications and builds meet faults, and write what came of it into docs/guarantees.md.

Usage: make test-faults, which is PYTHONPATH=tests/python python tests/faults [options]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import builds
import guarantees
import kills
import obstacles
import readers
from places import IS_ROOT, Prepared, Skipped
from workspaces import PROJECT

# Two at a time; more would only wait for one another.
WORKERS = 2
RESULTS = PROJECT / "target" / "faults" / "results.json"


@dataclass(frozen=True)
class Case:
    """A fault to meet: whether it kills, the kind it belongs to, what it is, and what to do."""

    kills: bool
    group: str
    name: str
    act: object
    start: str = "published"

    @property
    def words(self):
        return f"{self.group}: {self.name}"


def publisher_cases(prepared, folder, bounded):
    """The publisher killed, and calls of the system that fail."""
    starts = {"published": 25, "nothing": 25, "older": 25, "page": 10}
    for start, moments in [*starts.items()][: 1 if bounded else None]:
        page, most = start == "page", 2 if bounded else kills.MOST_OF_A_CALL
        counts = kills.count_calls(prepared, folder / "counts" / start, start, page)
        # the page takes far longer than all else and is one file more
        for call, number in kills.moments(counts, 3 if page else most):
            name = f"{start}, before {call} {number} of {counts[call]}"
            act = partial(kills.kill_at, page=page, call=call, number=number, count=counts[call])
            yield Case(True, "publisher before a call", name, act, start)
        for seconds in kills.random_moments(4 if bounded else moments, 4.0 if page else 1.5, start):
            act = partial(kills.kill_after, page=page, seconds=seconds)
            yield Case(True, "publisher at random", f"{start}, after {seconds} s", act, start)
        if start != "published":
            continue
        for call, number in kills.moments(counts, 1 if bounded else 3):
            for error in ("EIO", "ENOSPC"):
                name = f"{call} {number} of {counts[call]}: {error}"
                act = partial(kills.fail_at, page=page, call=call, number=number, error=error)
                yield Case(False, "failing call", name, act, start)


def obstacle_cases(bounded):
    for one in obstacles.OBSTACLES[:: 10 if bounded else 1]:
        yield Case(False, one.group, one.name, partial(obstacles.meet, fault=one), one.start)
    for number in range(1 if bounded else 6):
        for names in (("after", "second"), ("after", "second", "third")):
            act = partial(obstacles.race, builds=names, delay=number / 20)
            yield Case(False, "several publishers", f"{len(names)}, {number / 20} s apart", act)


def build_cases(prepared, bounded):
    for group, name, how in builds.kills(prepared.nodes, bounded):
        yield Case(True, group, name, partial(builds.kill, **how))
    for one in builds.FAULTS[:: 20 if bounded else 1]:
        yield Case(False, one.group, one.name, partial(builds.meet, fault=one))


def lonely_cases(bounded):
    """Those that need the machine for themselves."""
    if not bounded:
        for count in (2, 3):
            act = partial(builds.together, count=count)
            yield Case(False, "several builds", f"{count}, a warehouse each", act)
        act = partial(builds.together, count=2, one_warehouse=True)
        yield Case(False, "several builds", "2 with one warehouse", act)


def meet(folder, prepared, case):
    """Let one case happen; return what came of it."""
    began = time.monotonic()
    place = Path(tempfile.mkdtemp(dir=folder))
    place.chmod(0o755)
    complaints, skipped = [], ""
    try:
        complaints = case.act(prepared, place, case.start)
    except Skipped as reason:
        skipped = str(reason)
        print(f"{case.words}: skipped, for {skipped}", flush=True)
    except Exception as error:
        complaints = [f"harness: {type(error).__name__}: {error}"]
    print(".", end="", file=sys.stderr, flush=True)
    for complaint in complaints:
        print(f"{case.words}: {complaint}", flush=True)
    return {
        "kills": case.kills,
        "group": case.group,
        "name": case.name,
        "complaints": complaints,
        "skipped": skipped,
        "seconds": round(time.monotonic() - began, 1),
    }


def meet_all(folder, prepared, cases, only, workers=WORKERS):
    """Let cases happen, some at a time; return what came of them."""
    chosen = [case for case in cases if re.search(only, case.words)]
    with ThreadPoolExecutor(workers) as pool:
        return [*pool.map(partial(meet, folder, prepared), chosen)]


@contextmanager
def scratch():
    """A folder for all this; root's is in memory, for no fault depends on the disk below it."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    if IS_ROOT:
        mount = ("mount", "-t", "tmpfs", "-o", "size=4g,mode=755", "tmpfs", str(folder))
        subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        if IS_ROOT:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def run(bounded=False, only=""):
    """Meet all faults, or a part of them; return what came of each and what was read."""
    began = time.monotonic()
    # other users read what is prepared
    os.umask(0o022)
    with scratch() as folder:
        prepared = Prepared(folder / "prepared").make()
        cases = [*publisher_cases(prepared, folder, bounded), *obstacle_cases(bounded)]
        results = meet_all(folder, prepared, cases, only)
        cases, lonely = [*build_cases(prepared, bounded)], [*lonely_cases(bounded)]
        if any(re.search(only, case.words) for case in cases + lonely):
            with builds.started(prepared, folder, 1 if bounded else 3):
                results += meet_all(folder, prepared, cases, only)
                results += meet_all(folder, prepared, lonely, only, workers=1)
        read = None
        # they take longer than all else of the bounded part
        if not bounded and re.search(only, "readers"):
            complaints, read = readers.read_while_publishing(prepared, folder / "readers")
            print(*(f"readers | {complaint}" for complaint in complaints), sep="\n", flush=True)
            read["complaints"] = complaints
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "cases": results,
        "readers": read,
    }


def can_run(*command):
    """Whether a program is there and does what it is to do."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="a regular expression for their kinds and names")
    parser.add_argument("--bounded", action="store_true", help="a part, in under three minutes")
    parser.add_argument("--write", action="store_true", help="write docs/guarantees.md")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    if not can_run(*kills.STRACE, "-o", "/dev/null", "true"):
        parser.error("strace is needed, and allowed to trace (apt-get install strace)")
    # mounts are seen by nobody else, and gone with this process
    if "FAULTS_IN_NAMESPACE" not in os.environ:
        is_root = os.geteuid() == 0 and can_run("unshare", "-m", "true")
        os.environ["FAULTS_IN_NAMESPACE"] = "yes" if is_root else "no"
        command = ["unshare", "-m"] * is_root + [sys.executable, *sys.argv]
        os.execvp(command[0], command)
    found = run(options.bounded, options.only)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(found, indent=1))
    print("\n".join(guarantees.summary(found)))
    if options.write:
        guarantees.write(found)
    is_clean = not any(case["complaints"] for case in found["cases"])
    return 0 if is_clean and not (found["readers"] or {}).get("complaints") else 1


if __name__ == "__main__":
    sys.exit(main())
