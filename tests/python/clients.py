"""Libraries that readers have, installed apart from the project's own."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workspaces import PROJECT, skip_or_fail

CACHE = PROJECT / "target" / "clients"


def installed(name: str) -> Path:
    """Return a folder with what `requirements/<name>.lock` pins, installing it the first time.

    Without a registry the test is skipped with a reason; in CI it fails.
    """
    lock = PROJECT / "requirements" / f"{name}.lock"
    version = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = CACHE / f"{name}-{version}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.is_dir():
            _install(lock, folder)
    return folder


def _install(lock: Path, folder: Path) -> None:
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    options = "--quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:"
    finished = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options.split(), "-r", str(lock)]
        + ["--target", str(unfinished)],
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        skip_or_fail(f"{lock.name} could not be installed: {finished.stderr[-1000:]}")
    unfinished.rename(folder)


def run_python(code: str, libraries: Path, *arguments: str, folder: Path) -> str:
    """Run a program with these libraries and no others, and return what it prints."""
    finished = subprocess.run(
        # -S leaves out the packages of the environment that the tests run in
        [sys.executable, "-S", "-W", "ignore", "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(libraries)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
