"""Tell whether anything changed since the last publication, so that a build can be left out."""

from __future__ import annotations

import argparse
import glob
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from card_segments.inputs.find import files_of_input
from card_segments.publishing.folder import (
    DATABASE_NAME,
    MANIFEST_NAME,
    PARQUET_NAME,
    REPORT_NAME,
    SHARED_NAME,
)

RECORD = Path("target/last_publication.json")
PROJECT_FILE = "dbt_project.yml"
PROJECT_NAME = "card_segments"
# Besides the folders that dbt_project.yml names.
SOURCES = (PROJECT_FILE, "profiles.yml", ".dbtignore", "requirements/runtime.lock", "card_segments")
TARGET_VARIABLE = "DBT_TARGET"
WAREHOUSE_VARIABLE = "CARD_SEGMENTS_WAREHOUSE"
# What else a build depends on; make puts its DBT_OPTIONS there too.
ENVIRONMENT = (TARGET_VARIABLE, WAREHOUSE_VARIABLE, "DBT_OPTIONS")


def dbt_variables(text: str) -> dict[str, Any]:
    """Return the variables of dbt_project.yml with those of `--vars` laid over them.

    In the folder of a project that installs this one as a package, its variables for the package
    are laid over those of the package.
    """
    variables = _project().get("vars") or {}
    if (package := package_folder()) != Path():
        variables = {
            **_project(package)["vars"],
            **variables,
            **(variables.get(PROJECT_NAME) or {}),
        }
    return {**variables, **(yaml.safe_load(text) or {})}


def package_folder() -> Path:
    """Return the folder of this project: the present one, or where dbt has it as a package."""
    project = _project()
    if project.get("name", PROJECT_NAME) == PROJECT_NAME:
        return Path()
    return Path(project.get("packages-install-path") or "dbt_packages") / PROJECT_NAME


def _project(folder: Path = Path()) -> dict[str, Any]:
    return yaml.safe_load((folder / PROJECT_FILE).read_text(encoding="utf-8"))


def warehouse_file() -> Path:
    """Return the file that dbt builds in, as profiles.yml has it."""
    target = os.environ.get(TARGET_VARIABLE) or "dev"
    return Path(os.environ.get(WAREHOUSE_VARIABLE) or f"warehouse/{target}.duckdb")


def source_files(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the project's files and the input files that the variables point at."""
    folders = [
        folder for key, named in _project().items() if key.endswith("-paths") for folder in named
    ]
    for source in (*SOURCES, *folders):
        if os.path.isfile(source):
            yield source
        for path in glob.iglob(os.path.join(glob.escape(source), "**"), recursive=True):
            # dbt reads no Python among the tests
            is_left_out = source == "tests" and path.endswith(".py")
            if os.path.isfile(path) and "__pycache__" not in path and not is_left_out:
                yield path
    for name in {*variables.get("enabled_inputs", ()), *(variables.get("inputs") or {})}:
        yield from files_of_input(variables, name)


def fingerprint(variables: Mapping[str, Any]) -> str | None:
    """Return a SHA-256 over the variables and the size and time of every source file.

    None where a file went away meanwhile, a variable is none that a build would accept, or an input
    is a table, whose changes are not seen from here.
    """
    if variables.get("input_relations") or variables.get("input_models"):
        return None
    digest = hashlib.sha256()
    try:
        digest.update(json.dumps(variables, sort_keys=True, default=str).encode())
        for name in ENVIRONMENT:
            digest.update(f"\n{name}={os.environ.get(name, '')}".encode())
        for path in sorted(set(source_files(variables))):
            status = os.stat(path)
            digest.update(os.fsencode(f"\n{path} {status.st_size} {status.st_mtime_ns}"))
    except (OSError, TypeError, AttributeError):
        return None
    return digest.hexdigest()


def published_build(variables: Mapping[str, Any]) -> str | None:
    """Return the id of the build that is published, or None where it is not there as a whole."""
    folder = Path(str(variables.get("published_dir") or ""))
    content = _read_json(folder / MANIFEST_NAME)
    try:
        build_id = content["build_id"]
        files = [folder / PARQUET_NAME / f"{table['name']}.parquet" for table in content["tables"]]
    except (KeyError, TypeError):
        return None
    if variables.get("write_report", True):
        files.append(folder / REPORT_NAME)
    databases = [folder / DATABASE_NAME, folder / SHARED_NAME]
    is_whole = all(file.is_file() for file in files) and all(
        _build_in(database) == build_id for database in databases
    )
    return build_id if is_whole else None


def _build_in(database: Path) -> str | None:
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute("select build_id from publication").fetchone()[0]
    except (duckdb.Error, TypeError):
        return None


def _build_that_ran() -> str | None:
    """Return the id of the last dbt run."""
    folder = Path(os.environ.get("DBT_TARGET_PATH") or "target")
    try:
        return _read_json(folder / "run_results.json")["metadata"]["invocation_id"]
    except (KeyError, TypeError):
        return None


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def main(arguments: list[str] | None = None) -> int:
    """Print the fingerprint, check whether it is the published one (exit code 0), or record it."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.freshness", description=__doc__
    )
    parser.add_argument("action", choices=["fingerprint", "check", "record"])
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    parser.add_argument("--fingerprint", help="the one before the build, for record")
    options = parser.parse_args(arguments)
    try:
        variables = dbt_variables(options.vars)
    except (yaml.YAMLError, TypeError, ValueError):
        print(f"VARS is not a YAML mapping: {options.vars}", file=sys.stderr)
        return 1
    if options.action == "fingerprint":
        print(fingerprint(variables) or "")
        return 0
    build_id = published_build(variables)
    if options.action == "record":
        # only what this build published, from files as they were when it began
        if build_id and build_id == _build_that_ran() and options.fingerprint:
            RECORD.parent.mkdir(exist_ok=True)
            state = {"fingerprint": options.fingerprint, "build_id": build_id}
            RECORD.write_text(json.dumps(state), encoding="utf-8")
        return 0
    is_fresh = (
        build_id is not None
        and warehouse_file().is_file()
        and _read_json(RECORD) == {"fingerprint": fingerprint(variables), "build_id": build_id}
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
