"""What else can stand in a publication's way, each a function: it arranges, yields, and lifts.

What it yields are further settings of the publisher's process. `expected` says whether the
publication has to succeed in spite of it, to be refused, or may do either.
"""

import fcntl
import json
import os
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import duckdb
from places import (
    BUILDS,
    FILES,
    IS_ROOT,
    Place,
    Skipped,
    finish,
    judge,
    judge_next,
    same,
    show,
    unclear,
)

NOBODY = 65534
FUTURE = time.time() + 400 * 24 * 3600
OBSTACLES = []


@dataclass(frozen=True)
class Obstacle:
    """One fault: what it is, how it is arranged, and what has to come of it."""

    group: str
    name: str
    arrange: object
    expected: str
    start: str


def obstacle(group, expected="either", start="published", each=()):
    """Enter a function into the table, once for each of some values."""

    def enter(function):
        sentence = function.__doc__.rstrip(".")
        for value in each or [None]:
            name = sentence if value is None else f"{sentence}: {value}"
            arrange = function if value is None else partial(function, value=value)
            OBSTACLES.append(Obstacle(group, name, arrange, expected, start))
        return function

    return enter


def meet(prepared, folder, start, fault):
    """Let a publication meet a fault, lift it, and publish again; return the complaints."""
    page = start == "page"
    with Place(prepared, folder, start) as place:
        arranged = fault.arrange(place)
        settings = next(arranged) or {}
        before = place.seen()
        outcome = place.publish("after", **{"page": page, **settings})
        complaints = judge(place, outcome, before, page, fault.expected)
        if "RLIMIT_AS" in settings.get("limits", {}) and outcome.code == -signal.SIGSEGV:
            # a library that gets no memory at all is ended by the system, and can say nothing
            complaints = [one for one in complaints if one != "unclear: nothing is said"]
        with suppress(StopIteration):
            arranged.send(outcome)
        return complaints + judge_next(place, page)


def fill(disk, left):
    """Fill a disk but for some bytes; return the file that does it."""
    filler, state = disk / "filler", os.statvfs(disk)
    with filler.open("wb") as file:
        file.write(bytes(max(int(state.f_bavail * state.f_frsize - left), 0)))
    return filler


def use_inodes(disk, left):
    """Use up the inodes of a disk but for some; return the folder that does it."""
    filler = disk / "filler"
    filler.mkdir()
    for number in range(os.statvfs(disk).f_ffree - left):
        (filler / str(number)).touch()
    return filler


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# Disks


@obstacle("disk", each=[0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95])
def little_room(place, value):
    """The disk of the published folder has room for this part of a publication."""
    disk = place.on_a_disk()
    place.begin()
    filler = fill(disk, value * size_of(place.prepared.folder / "wanted" / "after_False"))
    yield
    filler.unlink()


@obstacle("disk", each=[0, 1, 2, 3, 4, 6, 8, 12])
def few_inodes(place, value):
    """The disk of the published folder can take so many more files."""
    disk = place.on_a_disk()
    place.begin()
    filler = use_inodes(disk, value)
    yield
    shutil.rmtree(filler)


@obstacle("disk", start="page", each=[0.5, 0.9, 0.99])
def little_room_with_page(place, value):
    """The disk has room for this part of a publication with the page."""
    disk = place.on_a_disk()
    place.begin()
    filler = fill(disk, value * size_of(place.prepared.folder / "wanted" / "after_True"))
    yield
    filler.unlink()


@obstacle("disk", start="nothing", each=[0, 0.5])
def little_room_for_the_first(place, value):
    """The disk has room for this part of the first publication."""
    disk = place.on_a_disk()
    filler = fill(disk, value * size_of(place.prepared.folder / "wanted" / "after_False"))
    yield
    filler.unlink()


@obstacle("disk", expected="published")
def full_temporary_folder(place):
    """The temporary folder is full."""
    temporary = place.disk("temporary")
    place.begin()
    fill(temporary, 0)
    yield {"temporary": str(temporary)}


@obstacle("disk", each=[1, 100_000, 300_000])
def small_files_only(place, value):
    """No file may become larger than so many bytes."""
    place.begin()
    yield {"limits": {"RLIMIT_FSIZE": value}}


# Rights


@obstacle("rights", expected="refused")
def read_only_disk(place):
    """The published folder is on a disk that is mounted read-only."""
    disk = place.on_a_disk()
    place.begin()
    place.run("mount", "-o", "remount,ro", disk)
    yield
    place.run("mount", "-o", "remount,rw", disk)


@obstacle("rights", expected="refused")
def folder_of_somebody_else(place):
    """The published folder belongs to somebody else."""
    place.begin()
    yield {"user": NOBODY}


@obstacle("rights", start="nothing", expected="refused")
def parent_of_somebody_else(place):
    """The published folder is to be made in a folder of somebody else."""
    place.folder.chmod(0o755)
    yield {"user": NOBODY}


@obstacle("rights", expected="refused")
def builds_of_somebody_else(place):
    """The publications in the folder belong to somebody else."""
    place.begin()
    os.chown(place.published, NOBODY, NOBODY)
    yield {"user": NOBODY}


@obstacle("rights")
def links_of_somebody_else(place):
    """The folder is everybody's, with the sticky bit, and what is in it is somebody else's."""
    place.begin()
    for folder in (place.published, place.published / "builds"):
        folder.chmod(0o1777)
    yield {"user": NOBODY}


@obstacle("rights")
def old_build_of_somebody_else(place):
    """Only the publication before the last belongs to somebody else."""
    place.begin()
    for path in (place.published, *place.published.rglob("*")):
        if BUILDS["oldest"][0] not in path.parts:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    yield {"user": NOBODY}


@obstacle("rights", each=[*FILES, "parquet", "builds"], start="page")
def immutable(place, value):
    """Nobody may change this (chattr +i)."""
    if not IS_ROOT:
        raise Skipped("only root makes files immutable")
    place.begin()
    path = (place.published / value).resolve()
    place.run("chattr", "+i", path)
    place.stack.callback(place.run, "chattr", "-i", path)
    yield
    place.stack.close()


@obstacle("rights", expected="published")
def nobody_may_read_the_old(place):
    """The modes of what was published before let nobody read it."""
    place.begin()
    for path in place.published.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0)
    yield


# Memory


@obstacle("memory", each=[250, 300, 350, 400, 500])
def little_address_space(place, value):
    """The process may have so many megabytes."""
    place.begin()
    yield {"limits": {"RLIMIT_AS": value << 20}}


@obstacle("memory", each=["1MB", "4MB", "16MB"])
def little_memory_for_duckdb(place, value):
    """DuckDB may have so much."""
    place.begin()
    yield {"settings": {"memory_limit": value}}


@obstacle("memory", each=[8, 12, 16])
def few_open_files(place, value):
    """The process may have so many files open."""
    place.begin()
    yield {"limits": {"RLIMIT_NOFILE": value}}


# Damage to what was published before


@obstacle(
    "damage",
    each=[f"{name} {how}" for name in FILES for how in ("cut", "empty", "garbage")],
    start="page",
    expected="published",
)
def damaged_file(place, value):
    """A published file is damaged."""
    place.begin()
    name, how = value.split()
    path = (place.published / name).resolve()
    content = path.read_bytes()
    damaged = {"cut": content[: len(content) // 2], "empty": b"", "garbage": os.urandom(5000)}
    path.write_bytes(damaged[how])
    yield


@obstacle("damage", each=["cut", "empty", "deleted"], expected="published")
def damaged_parquet(place, value):
    """A published Parquet file is damaged."""
    place.begin()
    path = next((place.published / "parquet").resolve().glob("*.parquet"))
    if value == "deleted":
        path.unlink()
    else:
        os.truncate(path, 0 if value == "empty" else path.stat().st_size // 2)
    yield


@obstacle("damage", each=[*FILES, "parquet"], start="page", expected="published")
def deleted(place, value):
    """Somebody deleted this."""
    place.begin()
    (place.published / value).unlink()
    yield


@obstacle("damage", expected="published", each=["before", "oldest"])
def deleted_build(place, value):
    """Somebody deleted the folder of this publication."""
    place.begin()
    shutil.rmtree(place.published / "builds" / BUILDS[value][0])
    yield


# Locks


@obstacle("locks", expected="published")
def database_in_use(place):
    """A program holds the published database open for writing."""
    place.begin()
    holder = duckdb.connect(str(place.published / "cards.duckdb"))
    yield
    holder.close()


@obstacle("locks", expected="refused")
def lock_held(place):
    """Another process holds the lock of the published folder."""
    place.begin()
    with (place.published / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@obstacle("locks", expected="published", each=["", "somebody@host, process 1", "\0" * 5000])
def lock_left(place, value):
    """A dead process left its lock with this text."""
    place.begin()
    (place.published / ".lock").write_text(value)
    yield


@obstacle("locks")
def lock_is_a_folder(place):
    """The name of the lock is that of a folder."""
    place.begin()
    lock = place.published / ".lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    yield
    lock.rmdir()


# Links and folders in odd places


@obstacle(
    "odd places",
    expected="published",
    each=[
        "region=EU/dt=2026-11-26",
        "a?b",
        "it's",
        'a "b"',
        "two  blanks ",
        "Zürich 東京 ñ",
        "100%",
        "a*b[1]",
        "-rf",
        "~",
        "a,b;c",
        "#1",
        "a\\b",
        "line\nbreak",
        "{braces}",
        "$HOME",
        "x" * 200,
        "parquet",
        "builds",
    ],
)
def odd_name(place, value):
    """The published folder has an odd name."""
    place.published = place.folder / value
    place.begin()
    yield


@obstacle("odd places", expected="published")
def folder_is_a_link(place):
    """The published folder is a link to another disk."""
    disk = place.disk("disk")
    (disk / "real").mkdir()
    place.published.symlink_to(disk / "real")
    for source in sorted(place.source.iterdir()):
        place.run("cp", "-a", source, disk / "real")
    yield


@obstacle("odd places", start="nothing")
def folder_is_a_dangling_link(place):
    """The published folder is a link to nothing."""
    place.published.symlink_to(place.folder / "gone")
    yield
    place.published.unlink()


@obstacle("odd places", start="nothing", expected="refused")
def folder_is_a_file(place):
    """The published folder is a file."""
    place.published.write_text("a file")
    yield
    place.published.unlink()


@obstacle("odd places", start="page", each=[*FILES, "parquet"])
def folder_in_the_way(place, value):
    """A folder with files of somebody else has this name."""
    place.begin()
    (place.published / value).unlink()
    path = place.published / value / "notes.txt"
    place.put(path)
    yield
    assert place.is_there(path)
    shutil.rmtree(place.published / value)
    place.foreign.clear()


@obstacle("odd places", each=["folder", "file", "loop"])
def current_is_something_else(place, value):
    """`current` is something else than a link to a publication."""
    place.begin()
    current = place.published / "current"
    current.unlink(missing_ok=True)
    if value == "loop":
        current.symlink_to("current")
    elif value == "file":
        current.write_text("somebody else's")
    else:
        (current / "inside").mkdir(parents=True)
    yield
    if current.is_dir() and not current.is_symlink():
        shutil.rmtree(current)
    elif not current.is_symlink():
        current.unlink()


@obstacle("odd places", expected="published")
def builds_is_a_link(place):
    """`builds` is a link to a folder on another disk."""
    place.begin()
    disk = place.disk("disk")
    place.run("cp", "-a", place.published / "builds", disk / "builds")
    shutil.rmtree(place.published / "builds")
    (place.published / "builds").symlink_to(disk / "builds")
    yield


@obstacle("odd places", start="nothing", expected="refused")
def builds_is_a_file(place):
    """`builds` is a file of somebody else."""
    place.put(place.published / "builds")
    yield
    (place.published / "builds").unlink()
    place.foreign.clear()


@obstacle(
    "odd places",
    expected="published",
    each=[
        "builds/notes.txt",
        "builds/mine/cards.duckdb",
        f"builds/{BUILDS['oldest'][0]}/notes.txt",
        "notes.txt",
        "archive/cards.duckdb",
        "builds/.hidden",
        "builds/2026-01-01/parquet/segments.parquet",
    ],
)
def files_of_somebody_else(place, value):
    """Files of somebody else lie in the published folder."""
    place.begin()
    place.put(place.published / value)
    yield


# Clocks


@obstacle("clocks", expected="published")
def times_in_the_future(place):
    """Everything that was published is from the future."""
    place.begin()
    for path in (place.published, *place.published.rglob("*")):
        os.utime(path, (FUTURE, FUTURE), follow_symlinks=False)
    yield


@obstacle("clocks", expected="published")
def oldest_is_newest(place):
    """The publication before the last has the newest time, as after a copy."""
    place.begin()
    oldest = place.published / "builds" / BUILDS["oldest"][0]
    for path in (oldest, *oldest.rglob("*")):
        os.utime(path, (FUTURE, FUTURE))
    yield


@obstacle("clocks", expected="published")
def started_before_the_last(place):
    """The clock went back: the build began before the last one was published."""
    place.begin()
    later = ("0fffffff-0000-4000-8000-000000000000", "2031-01-01 05:00:00", "0.2.0")
    assert place.publish("before", build=later).code == 0
    yield


# Releases


@obstacle("releases", start="older", expected="published")
def folder_of_the_release_before(place):
    """The published folder is of the release before."""
    place.begin()
    yield


@obstacle("releases", start="older", each=[*FILES, "parquet", "builds"])
def incomplete_folder_of_the_release_before(place, value):
    """The published folder is of the release before, without this."""
    place.begin()
    path = place.published / value
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    outcome = yield
    if outcome.code != 0:
        # as it says: move away what is no publication any more
        place.published.rename(place.folder / "moved away")


@obstacle("releases", start="older", each=["little room", "few inodes", "another disk"])
def older_folder_and_disk(place, value):
    """The published folder is of the release before, and the disk makes trouble."""
    disk = place.on_a_disk()
    place.begin()
    filler = None
    if value == "little room":
        filler = fill(disk, 100_000)
    elif value == "few inodes":
        filler = use_inodes(disk, 3)
    else:
        # no hard links from one to the other
        other = place.disk("other")
        place.run("cp", "-a", place.published / "builds", other / "builds")
        shutil.rmtree(place.published / "builds")
        (place.published / "builds").symlink_to(other / "builds")
    yield
    if filler:
        shutil.rmtree(filler) if filler.is_dir() else filler.unlink()


@obstacle("releases", each=["manifest", "tables"])
def folder_of_a_newer_release(place, value):
    """The published folder is of a newer release, whose manifest or tables say more."""
    place.begin()
    if value == "manifest":
        path = (place.published / "manifest.json").resolve()
        content = {**json.loads(path.read_text()), "project_version": "9.0.0", "layout": 9}
        path.write_text(json.dumps(content))
    else:
        with duckdb.connect(str((place.published / "cards.duckdb").resolve())) as connection:
            connection.execute("create table of_the_future as select 1 as one")
    yield


# Several publishers


def race(prepared, folder, start, builds, delay=0.0):
    """Several publishers begin at once, or shortly after one another."""
    with Place(prepared, folder, start) as place:
        place.begin()
        begin, complaints = time.time() + 1.5, []
        processes = {
            build: place.start_publishing(build, begin=begin + number * delay)
            for number, build in enumerate(builds)
        }
        outcomes = {build: finish(process) for build, process in processes.items()}
        published = [build for build, outcome in outcomes.items() if outcome.code == 0]
        seen = place.seen()
        if not any(same(seen, prepared.wanted[build, False]) for build in published):
            parts = [(build, prepared.wanted[build, False]) for build in builds]
            complaints.append(f"mixed: {len(published)} published: {show(seen, *parts)}")
        for outcome in outcomes.values():
            complaints += unclear(outcome) if outcome.code else []
        return complaints + judge_next(place)
