"""Meet every promise of the publication with faults, and write what came of it.

Usage: make test-faults, or with PYTHONPATH=tests/python: python tests/faults [--only WORD] [--bounded] [--write]
"""

import argparse
import collections
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import kills
import obstacles
from places import Prepared

WORKERS = 2


def kill_faults(prepared, folder, bounded):
    """The publisher killed, and calls of the system that fail."""
    starts = [("published", False)] if bounded else [
        ("nothing", False), ("published", False), ("page", True), ("older", True)
    ]
    for start, page in starts:
        counts = kills.count_calls(prepared, folder / "counts" / start, start, page)
        most = 2 if bounded else kills.MOST_OF_A_CALL
        for call, number in kills.moments(counts, most):
            name = f"{start}: before {call} {number} of {counts[call]}"
            yield "kill", "publisher, before a call", name, start, partial(
                kills.kill_at, page=page, call=call, number=number
            )
        for seconds in kills.random_moments(5 if bounded else 40, 2.0, start):
            yield "kill", "publisher, at random", f"{start}: after {seconds} s", start, partial(
                kills.kill_after, page=page, seconds=seconds
            )
        if start == "published":
            for call, number in kills.moments(counts, 2 if bounded else 6):
                for error in ("EIO", "ENOSPC"):
                    name = f"{call} {number} of {counts[call]} fails with {error}"
                    yield "other", "failing call", name, start, partial(
                        kills.fail_at, page=page, call=call, number=number, error=error
                    )


def obstacle_faults(bounded):
    chosen = obstacles.OBSTACLES[::8] if bounded else obstacles.OBSTACLES
    for one in chosen:
        yield "other", one.group, one.name, one.start, partial(obstacles.meet, fault=one)


def run_faults(prepared, folder, faults):
    """Meet the faults, two at a time; yield what came of each."""

    def meet(number, fault):
        kind, group, name, start, act = fault
        began = time.monotonic()
        try:
            complaints = act(prepared, folder / f"{number}", start)
        except Exception as error:
            complaints = [f"harness: {type(error).__name__}: {error}"]
        return {
            "kind": kind,
            "group": group,
            "name": name,
            "complaints": complaints,
            "seconds": round(time.monotonic() - began, 2),
        }

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(meet, range(len(faults)), faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="a word of the group or name")
    parser.add_argument("--bounded", action="store_true", help="a part, in under three minutes")
    parser.add_argument("--results", type=Path, default=Path("target/faults/results.json"))
    options = parser.parse_args()
    # mounts are seen by nobody else and gone with this process
    if os.geteuid() == 0 and "CARD_SEGMENTS_UNSHARED" not in os.environ:
        os.environ["CARD_SEGMENTS_UNSHARED"] = "yes"
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    if os.geteuid() == 0:
        # in memory: what kills and full disks show does not depend on the disk below
        mount = ("mount", "-t", "tmpfs", "-o", "size=4g,mode=755", "tmpfs", str(folder))
        subprocess.run(mount, check=True)
    try:
        prepared = Prepared(folder / "prepared").make()
        faults = [*kill_faults(prepared, folder, options.bounded), *obstacle_faults(options.bounded)]
        faults = [one for one in faults if options.only in f"{one[1]} {one[2]}"]
        results = []
        for result in run_faults(prepared, folder, faults):
            results.append(result)
            if result["complaints"]:
                print(result["group"], "|", result["name"], "|", *result["complaints"], flush=True)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
    count = collections.Counter()
    for one in results:
        count[one["group"], "met"] += 1
        for complaint in {text.split(":")[0] for text in one["complaints"]}:
            count[one["group"], complaint] += 1
    for (group, what), number in sorted(count.items()):
        print(group, what, number)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
