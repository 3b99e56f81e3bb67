"""Tell whether anything changed since the last publication, so that a build can be left out."""

from __future__ import annotations

import argparse
import glob
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from card_segments.publishing.folder import MANIFEST_NAME

RECORD = Path("target/last_publication.json")
SOURCES = (
    "dbt_project.yml",
    "profiles.yml",
    "requirements/runtime.lock",
    "seeds",
    "models",
    "python_models",
    "macros",
    "snapshots",
    "tests/data_tests",
    "tests/generic",
    "card_segments",
)
TARGET_VARIABLE = "DBT_TARGET"
WAREHOUSE_VARIABLE = "CARD_SEGMENTS_WAREHOUSE"


def dbt_variables(text: str) -> dict[str, Any]:
    """Return the variables of dbt_project.yml with those of `--vars` laid over them."""
    project = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))
    return {**project.get("vars", {}), **(yaml.safe_load(text) or {})}


def source_files(variables: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the project's files and the input files that the variables point at."""
    for source in SOURCES:
        yield from _files_in(Path(source))
    if variables.get("input_dir"):
        yield from _files_in(Path(variables["input_dir"]))
    for named in (variables.get("inputs") or {}).values():
        for pattern in [named] if isinstance(named, str) else named:
            yield from map(Path, glob.glob(pattern, recursive=True))


def _files_in(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def fingerprint(variables: Mapping[str, Any]) -> str:
    """Return a SHA-256 over the variables and the size and time of every source file."""
    digest = hashlib.sha256()
    digest.update(json.dumps(variables, sort_keys=True, default=str).encode())
    for name in (TARGET_VARIABLE, WAREHOUSE_VARIABLE):
        digest.update(f"\n{name}={os.environ.get(name, '')}".encode())
    for path in sorted(set(source_files(variables))):
        status = path.stat()
        digest.update(f"\n{path} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()


def published_build(variables: Mapping[str, Any]) -> str | None:
    """Return the id of the build that is published now, or None."""
    manifest = Path(variables.get("published_dir", "published")) / MANIFEST_NAME
    if not manifest.is_file():
        return None
    return json.loads(manifest.read_text(encoding="utf-8"))["build_id"]


def main(arguments: list[str] | None = None) -> int:
    """Check (exit code 0: nothing changed) or record the state of the last publication."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.freshness", description=__doc__
    )
    parser.add_argument("action", choices=["check", "record"])
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    options = parser.parse_args(arguments)
    try:
        variables = dbt_variables(options.vars)
    except (yaml.YAMLError, TypeError):
        print(f"VARS is not a YAML mapping: {options.vars}", file=sys.stderr)
        return 1
    state = {"fingerprint": fingerprint(variables), "build_id": published_build(variables)}
    if options.action == "record":
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(json.dumps(state), encoding="utf-8")
        return 0
    is_fresh = (
        state["build_id"] is not None
        and RECORD.is_file()
        and json.loads(RECORD.read_text(encoding="utf-8")) == state
    )
    if is_fresh:
        print(
            "Nothing changed since the last publication (make rebuild builds all the same).",
            # what dbt prints stays whole where its log is JSON
            file=sys.stderr,
        )
    return 0 if is_fresh else 1


if __name__ == "__main__":
    sys.exit(main())
