"""The published folder: one link that is switched, the builds behind it, and who may change it."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import re
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TextIO

# Everything, for those who may see customers; and the aggregates alone, for everyone else.
DATABASE_NAME = "cards.duckdb"
SHARED_NAME = "shared.duckdb"
PARQUET_NAME = "parquet"
MANIFEST_NAME = "manifest.json"
REPORT_NAME = "report.html"
# What readers open: links that are made once and lead through the link of the current build.
STABLE_NAMES = (DATABASE_NAME, SHARED_NAME, PARQUET_NAME, MANIFEST_NAME, REPORT_NAME)

CURRENT_NAME = "current"
BUILDS_NAME = "builds"
LOCK_NAME = ".lock"
# A link on its way to its name, which a rename gives it.
NEXT_NAME = ".next"
# What a publication, whole or killed, leaves in the folder of its build; nothing else is deleted.
WRITTEN = (
    *(f"{name}*" for name in STABLE_NAMES),
    "*.parquet",
    "duckdb_temp*",
    NEXT_NAME,
    f".{REPORT_NAME}.*",
)


class PublishingError(RuntimeError):
    """The publication could not be written; the message is one sentence that says what to do."""


def reason(error: Exception) -> str:
    """Return what an error says in one line that can stand inside a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} ({error.filename})" if error.filename else error.strerror
    return (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".:!")


def lock_holder(error: Exception) -> tuple[str, str] | None:
    """Return the program and the process that keep DuckDB from opening a file, if they do."""
    match = re.search(r"Conflicting lock is held in (\S+) \(PID (\d+)\)", str(error))
    return (Path(match[1]).name, match[2]) if match else None


def hide_from_others() -> int:
    """Let this process make nothing that somebody outside its files' group can read.

    Returns
    -------
    int
        The mask that is in force now.
    """
    mask = os.umask(0o077) | 0o007
    os.umask(mask)
    return mask


def current_build(directory: Path) -> str | None:
    """Return the id of the build that is published, or None where nothing is.

    Raises
    ------
    PublishingError
        When something is published that does not say of which build it is.
    """
    link = directory / CURRENT_NAME
    if link.is_symlink():
        return Path(os.readlink(link)).name
    return _build_of_files(directory) if _is_earlier_layout(directory) else None


def _is_earlier_layout(directory: Path) -> bool:
    """Return whether the stable names are files, as in the first release, and not links."""
    path = directory / DATABASE_NAME
    return path.is_file() and not path.is_symlink()


def _build_of_files(directory: Path) -> str:
    """Return the build of a publication in the earlier layout."""
    manifest = directory / MANIFEST_NAME
    try:
        return str(uuid.UUID(json.loads(manifest.read_text(encoding="utf-8"))["build_id"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishingError(
            f"Nothing was published into {directory}: it holds {DATABASE_NAME} but no "
            f"{MANIFEST_NAME} that says of which build it is. Move both away, or publish into "
            "another folder (published_dir)."
        ) from error


@contextmanager
def locked(directory: Path, purpose: str) -> Iterator[None]:
    """Keep every other publisher out of a folder; the system frees the lock of a dead process.

    Parameters
    ----------
    directory : Path
        The published folder, which exists.
    purpose : str
        What for, in words that stand behind "is".

    Raises
    ------
    PublishingError
        When another process has the lock; it says which.
    """
    with _open_lock(directory / LOCK_NAME) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = file.read().strip() or "another process"
            raise PublishingError(
                f"{directory} is in use, so nothing was done: {holder}. Wait until it has ended, "
                "then try again. What is published is unchanged."
            ) from error
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        who = f"{user_name()} on {socket.gethostname()} (process {os.getpid()})"
        _note(file, f"{who} is {purpose} there since {since}\n")
        try:
            yield
        finally:
            _note(file, "")


@contextmanager
def as_published(database: Path, purpose: str) -> Iterator[None]:
    """Keep publishers out while what is published is read or added to.

    A database that lies by itself, in no published folder, needs no lock.

    Raises
    ------
    PublishingError
        When another process has the lock.
    """
    hide_from_others()
    if (database.parent / CURRENT_NAME).is_symlink():
        with locked(database.parent, purpose):
            yield
    else:
        yield


def _open_lock(path: Path) -> TextIO:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+")
    except OSError:
        # Somebody who may only read, and copies what is published to another place.
        return path.open()


def _note(file: TextIO, text: str) -> None:
    # the lock counts, not what is written on it: the disk may be full
    with suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()


def user_name() -> str:
    """Return who runs this process, for records and messages."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def check_names(directory: Path) -> None:
    """Make sure that the names which a publication needs are free, its own, or of a first release.

    Raises
    ------
    PublishingError
        Naming what is in the way.
    """
    is_earlier = _is_earlier_layout(directory)
    for name in (CURRENT_NAME, *STABLE_NAMES):
        path = directory / name
        if not os.path.lexists(path):
            continue
        if path.is_symlink():
            is_ours = name == CURRENT_NAME or is_earlier or leads_to_current(path)
        else:
            is_ours = is_earlier and path.is_file() and not _is_another_file(directory, name)
        if not is_ours:
            raise PublishingError(
                f"Nothing was published into {directory}: {path} is in the way, for it is not the "
                "link that a publication makes (a copy made without links has files and folders "
                "in their place). Move it away, or publish into another folder (published_dir)."
            )
    if is_earlier:
        _build_of_files(directory)


def _behind(name: str) -> str:
    """Return where a stable name leads."""
    return f"{CURRENT_NAME}/{name}"


def leads_to_current(path: Path) -> bool:
    """Return whether a stable name is the link that a publication makes, dangling or not."""
    return path.is_symlink() and os.readlink(path) == _behind(path.name)


def _is_another_file(directory: Path, name: str) -> bool:
    """Return whether a file stands where a link to the current build was."""
    behind = directory / CURRENT_NAME / name
    return behind.exists() and not behind.samefile(directory / name)


def make_build_folder(folder: Path) -> None:
    """Make the folder of a build, which its owner alone sees until it is complete."""
    if not folder.parent.exists():
        folder.parent.mkdir()
        take_group(folder.parent)
    folder.mkdir(mode=0o700)
    (folder / PARQUET_NAME).mkdir()


def take_group(path: Path) -> None:
    """Give what was made the group of the published folder, where the user is in that group."""
    group = path.parent.stat().st_gid
    if path.stat().st_gid != group:
        with suppress(PermissionError):
            os.chown(path, -1, group)


def complete(folder: Path) -> None:
    """Flush what a build's folder holds, and open it to whom the mask and the group let in."""
    mask = hide_from_others()
    for path in [folder, *sorted(folder.rglob("*"))]:
        take_group(path)
        if path.is_dir():
            # the bit that hands the group on is kept
            path.chmod((path.stat().st_mode & 0o2000) | (0o777 & ~mask))
        else:
            path.chmod(0o666 & ~mask)
        flush(path)
    flush(folder.parent)


def flush(path: Path) -> None:
    """Make sure that a file, or what a folder lists, is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def switch(directory: Path, folder: Path) -> None:
    """Make a build's folder the published one, by one rename."""
    if _is_earlier_layout(directory):
        _adopt_earlier_layout(directory)
    for name in STABLE_NAMES:
        if not (directory / name).is_symlink():
            (directory / name).symlink_to(_behind(name))
    flush(directory)
    _place_link(directory / CURRENT_NAME, f"{BUILDS_NAME}/{folder.name}")
    # it is published, whatever comes of this
    with suppress(OSError):
        flush(directory)


def _adopt_earlier_layout(directory: Path) -> None:
    """Bring a publication whose stable names are files behind the link, and change nothing else.

    At each step all stable names show this publication. The database, which tells the layout, is
    last, so that what a kill left half done is done the next time.
    """
    folder = directory / BUILDS_NAME / _build_of_files(directory)
    (folder / PARQUET_NAME).mkdir(parents=True, exist_ok=True)
    for file in (directory / PARQUET_NAME).glob("*.parquet"):
        _share_file(file, folder / PARQUET_NAME / file.name)
    names = [name for name in reversed(STABLE_NAMES) if (directory / name).exists()]
    for name in names:
        if name != PARQUET_NAME:
            _share_file(directory / name, folder / name)
    _place_link(directory / CURRENT_NAME, f"{BUILDS_NAME}/{folder.name}")
    for name in names:
        _place_link(directory / name, _behind(name))


def _share_file(file: Path, name: Path) -> None:
    """Give a file a second name, or a copy where it cannot have one; it may have it already."""
    if name.exists():
        return
    try:
        os.link(file, name)
    except OSError:
        # `builds` is on another disk, or the file is somebody else's
        fresh = name.with_name(NEXT_NAME)
        shutil.copyfile(file, fresh)
        flush(fresh)
        os.replace(fresh, name)


def _place_link(path: Path, target: str) -> None:
    """Make a link, or replace one or a file, in one step."""
    fresh = path.with_name(NEXT_NAME)
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, path)


def remove_other_builds(directory: Path, kept: str | None) -> None:
    """Delete what publications wrote, but for one build: those before it, and what a kill left.

    What somebody else put there stays, and so does the folder that it is in.
    """
    builds = directory / BUILDS_NAME
    for folder in builds.iterdir() if builds.is_dir() else ():
        if folder.name != kept and _is_build_id(folder.name) and not folder.is_symlink():
            remove_build(folder)


def remove_build(folder: Path) -> None:
    """Delete what a publication wrote into the folder of its build, and then the folder."""
    for root, _, files in os.walk(folder, topdown=False):
        for name in files:
            if any(fnmatch(name, pattern) for pattern in WRITTEN):
                with suppress(OSError):
                    os.unlink(os.path.join(root, name))
        with suppress(OSError):
            os.rmdir(root)


def _is_build_id(name: str) -> bool:
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False


@contextmanager
def writable(database: Path) -> Iterator[Path]:
    """Yield where DuckDB can write a database that is to lie here: it takes no `?` in a path."""
    if "?" not in str(database.resolve()):
        yield database
        return
    with tempfile.TemporaryDirectory() as elsewhere:
        path = Path(elsewhere) / database.name
        yield path
        shutil.copyfile(path, database)
