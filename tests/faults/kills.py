"""The publisher killed: at random moments, and before every write, flush and change of a name."""

import collections
import random
import re

from places import Place, check_killed, judge, judge_next

# System calls that change what is on the disk, of DuckDB as well as of Python.
CHANGES = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "fchownat",
    "lchown",
)
STRACE = ("strace", "-f", "-qq")
# Calls that come by the hundred and do the same: so many of them, evenly spread.
MOST_OF_A_CALL = 12


def count_calls(prepared, folder, start, page):
    """How often a publication makes each system call that changes something: the least of two."""
    once, again = (count_calls_once(prepared, folder / one, start, page) for one in ("1", "2"))
    return once & again


def count_calls_once(prepared, folder, start, page):
    """How often one publication makes each of them."""
    place, log = Place(prepared, folder, start), folder / "strace.log"
    place.begin()
    trace = (*STRACE, "-o", str(log), "-e", f"trace={','.join(CHANGES)}")
    outcome = place.publish("after", trace, page=page)
    assert outcome.code == 0, outcome.said
    calls = re.findall(r"^(\d+) +(\w+)\(", log.read_text(), re.MULTILINE)
    # a thread has a count of its own; all but DuckDB's helpers is done by the first
    first = calls[0][0]
    return collections.Counter(call for thread, call in calls if thread == first)


def moments(counts, most=MOST_OF_A_CALL):
    """Which occurrence of which call to strike at: all, or evenly spread where there are many."""
    for call, count in sorted(counts.items()):
        chosen = {1 + round(step * (count - 1) / max(most - 1, 1)) for step in range(most)}
        for number in sorted(chosen if count > most else range(1, count + 1)):
            yield call, number


def traced(call, number, effect):
    """The command that strikes at the n-th occurrence of a system call."""
    inject = f"inject={call}:{effect}:when={number}"
    return (*STRACE, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)


def strike(prepared, folder, start, page, is_kill=True, is_sure=False, **how):
    """Publish under a fault, and once more without it; return the complaints."""
    with Place(prepared, folder, start) as place:
        place.begin()
        before = place.seen()
        outcome = place.publish("after", page=page, **how)
        complaints = judge(place, outcome, before, page) + judge_next(place, page)
        return complaints or (check_killed(outcome, is_sure) if is_kill else [])


def kill_at(prepared, folder, start, page, call, number, count):
    """Kill the publisher as it begins a system call."""
    how = traced(call, number, "signal=KILL")
    return strike(prepared, folder, start, page, is_sure=is_made(number, count), traced=how)


def is_made(number, count):
    """Whether a publication makes so many calls for certain, where others made `count`.

    Of calls by the hundred DuckDB's helpers may take some of the last.
    """
    return count <= MOST_OF_A_CALL or number <= 0.9 * count


def fail_at(prepared, folder, start, page, call, number, error):
    """Let a system call of the publisher fail."""
    how = traced(call, number, f"error={error}")
    return strike(prepared, folder, start, page, is_kill=False, traced=how)


def kill_after(prepared, folder, start, page, seconds):
    """Kill the publisher after some time."""
    return strike(prepared, folder, start, page, seconds=seconds)


def random_moments(count, longest, seed):
    """Moments from the start of the process to its end."""
    generator = random.Random(seed)
    return [round(generator.uniform(0, longest), 3) for _ in range(count)]
