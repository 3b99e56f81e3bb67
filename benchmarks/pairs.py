"""Run commands in turn, several times, and measure what they take.

Only the standard library is imported here: a process inherits the peak memory of the one that
starts it, so that one has to be small.
"""

from __future__ import annotations

import json
import math
import os
import re
import resource
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GB = 10**9


class Failed(Exception):
    """A command ended before it was done; the message says how."""


class OutOfBounds(Failed):
    """It did so because it needed more memory or time than it was given."""


@dataclass(frozen=True)
class Command:
    """A process to measure.

    Attributes
    ----------
    arguments : sequence of str
    environment : dict of str
        Over that of the runner.
    memory : int or None
        Bytes of data that each of its processes may hold.
    seconds : callable or None
        Reads from the output what the work took, where starting up is not to count.
    prepare : callable or None
        Runs before it and does not count.
    """

    arguments: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    memory: int | None = None
    timeout: float = 4 * 3600
    seconds: Callable[[str], float] | None = None
    prepare: Callable[[], None] | None = None

    def output(self) -> str:
        """Run it without measuring; return what it printed."""
        finished = subprocess.run(
            self.arguments,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if finished.returncode:
            raise Failed(finished.stdout[-2000:])
        return finished.stdout


@dataclass(frozen=True)
class Measure:
    """Wall-clock and CPU seconds of a command, and the peak bytes of its largest process."""

    seconds: float
    cpu: float
    peak: int


def printed_seconds(output: str) -> float:
    """Return the `seconds` of the last line, which is JSON."""
    return float(json.loads(output.splitlines()[-1])["seconds"])


def run(command: Command) -> Measure:
    """Run a command to its end; raise Failed if it does not succeed."""
    if command.prepare:
        command.prepare()

    def limit() -> None:
        if command.memory:
            resource.setrlimit(resource.RLIMIT_DATA, (command.memory, command.memory))

    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            env={**os.environ, **command.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=limit,
            start_new_session=True,
        )
        timer = threading.Timer(command.timeout, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        # of the process and of all that it waited for
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if seconds >= command.timeout:
        raise OutOfBounds(f"stopped after {command.timeout / 60:.0f} minutes")
    if process.returncode:
        # libraries end with an exception or with a signal
        if command.memory and (process.returncode < 0 or re.search("memory|alloc", text.lower())):
            raise OutOfBounds(f"out of memory at {command.memory / GB:.0f} GB")
        raise Failed(f"exit code {process.returncode}: {text[-2000:]}")
    return Measure(
        command.seconds(text) if command.seconds else seconds,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
    )


def in_turn(
    commands: Mapping[str, Command], runs: int
) -> tuple[dict[str, list[Measure]], dict[str, str]]:
    """Run each command once a round, another one first in each round.

    Returns
    -------
    measures : dict
        Of each command, one a round.
    died : dict
        What became of those that did not fit into the memory or time that they were given, which
        is a finding; they are not run again.
    """
    measures: dict[str, list[Measure]] = {name: [] for name in commands}
    died: dict[str, str] = {}
    for number in range(runs):
        first = number % len(commands)
        for name in [*commands, *commands][first : first + len(commands)]:
            try:
                if name not in died:
                    measures[name].append(run(commands[name]))
            except OutOfBounds as failure:
                died[name] = str(failure)
                measures[name].clear()
    return measures, died


def median(measures: Sequence[Measure]) -> Measure:
    """Return the median of each figure.

    Examples
    --------
    >>> median([Measure(1.0, 2.0, 3), Measure(2.0, 9.0, 4), Measure(9.0, 1.0, 5)])
    Measure(seconds=2.0, cpu=2.0, peak=4)
    """
    return Measure(
        statistics.median(one.seconds for one in measures),
        statistics.median(one.cpu for one in measures),
        int(statistics.median(one.peak for one in measures)),
    )


def exponent(sizes: Sequence[float], figures: Sequence[float]) -> float | None:
    """Return the slope of a straight line through the logarithms; None for fewer than two sizes.

    Examples
    --------
    >>> exponent([10, 100, 1000], [3, 30, 300])
    1.0
    >>> exponent([10, 1000], [5, 50])
    0.5
    """
    if len(sizes) < 2:
        return None
    slope = statistics.linear_regression(
        [math.log10(one) for one in sizes], [math.log10(one) for one in figures]
    ).slope
    return round(slope, 3)


def machine() -> str:
    """Return the processor, the cores that may be used and the memory."""
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GB"


def versions(python: Path, packages: Sequence[str]) -> str:
    """Return the version of a Python and of packages that are installed for it."""
    code = (
        "import sys, platform; from importlib.metadata import version; "
        "print('Python', platform.python_version(), end=''); "
        "[print(',', name, version(name), end='') for name in sys.argv[1:]]"
    )
    return Command([str(python), "-c", code, *packages]).output()
