"""Look for what would stop a target of the Makefile, and say it in one sentence before it starts.

Without this, a locked warehouse or a folder that cannot be written ends in a stack trace.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from card_segments.cli.freshness import dbt_variables, warehouse_file
from card_segments.publishing.folder import DATABASE_NAME, lock_holder, reason


class PreflightError(RuntimeError):
    """Something would stop the run; the message says what it is and what to do."""


def read_variables(text: str) -> dict[str, Any]:
    """Return the variables in force, those of `VARS` over those of dbt_project.yml.

    Raises
    ------
    PreflightError
        When the text is no mapping, or dbt would run a variable as Jinja.
    """
    try:
        variables = dbt_variables(text)
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise PreflightError(
            f"VARS is not a YAML mapping: {text}. Write names and values in braces, with a blank "
            "after each colon, such as VARS='{input_dir: /data/cards}'."
        ) from error
    for name, value in variables.items():
        if isinstance(value, str) and re.search("[{][{%#]", value):
            raise PreflightError(
                f"The variable {name} holds {{{{, {{% or {{#, which dbt would run as Jinja: write "
                "it without; a file or folder of such a name can be renamed or linked to."
            )
    return variables


def check_folders(variables: Mapping[str, Any], warehouse: Path) -> None:
    """Make sure that the folders which a build writes to exist or can be made.

    Raises
    ------
    PreflightError
        Naming the folder that cannot be written.
    """
    for folder in (Path("target"), Path("logs"), warehouse.parent, published_folder(variables)):
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not there.is_dir():
            raise PreflightError(
                f"{folder} has to be a folder, but {there} is a file: move it away, or name "
                "another folder."
            )
        if not os.access(there, os.W_OK | os.X_OK):
            raise PreflightError(
                f"There is no permission to write to {there}: use a copy of the project of your "
                "own, or publish elsewhere with VARS='{published_dir: /another/folder}'."
            )


def check_lock(warehouse: Path) -> None:
    """Make sure that no other program has the warehouse open; one that is not there is not made.

    Raises
    ------
    PreflightError
        Naming the program that has it open.
    """
    check_former_name(warehouse)
    if warehouse.is_file():
        open_warehouse(warehouse)


def check_former_name(warehouse: Path) -> None:
    """Make sure that the warehouse of release 0.1, with its history, is not left behind.

    Raises
    ------
    PreflightError
        Saying how to take it over.
    """
    former = warehouse.with_name("build.duckdb")
    if warehouse.name in ("dev.duckdb", "prod.duckdb") and former.exists() > warehouse.exists():
        raise PreflightError(
            f"{former} is a warehouse of release 0.1, with the history of members, and {warehouse} "
            f"is not there: keep it (mv {former} {warehouse}), or move it away to begin anew."
        )


def open_warehouse(warehouse: Path) -> None:
    """Open and close the warehouse, which makes it where it is not there yet.

    Raises
    ------
    PreflightError
        Saying why that is not possible, and naming the program that has it open.
    """
    check_former_name(warehouse)
    try:
        duckdb.connect(str(warehouse)).close()
    except duckdb.IOException as error:
        holder = lock_holder(error)
        if holder is None:
            raise PreflightError(
                f"{warehouse} cannot be opened: {reason(error)}. If it is damaged, "
                "delete it and build again: a build makes anew what it holds, except the history "
                "of members."
            ) from error
        program, process = holder
        raise PreflightError(
            f"{warehouse} is in use by another program ({program}, process {process}), probably "
            f"another build: wait until it has ended, or close it. Readers should open "
            f"published/{DATABASE_NAME}, which never blocks a build."
        ) from error


def explain_failure(log: Path) -> str | None:
    """Return why the last run in a dbt log failed, where its own last words do not say it.

    A full disk makes DuckDB close the warehouse, and whatever dbt does next ends in a stack trace.
    """
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    # dbt begins a new log in the middle of a run when the old one is long.
    last_run = text[max(text.rfind("Running with dbt="), 0) :]
    match = re.search(r"Could not write file \\?\"([^\"\\]+)\\?\": No space left", last_run)
    if match is None:
        return None
    return (
        f"The disk of {match[1]} is full: make room on it, then build again. "
        "What was published before is unchanged."
    )


def published_folder(variables: Mapping[str, Any]) -> Path:
    """Return the folder of the published files.

    Raises
    ------
    PreflightError
        When the variable names none.
    """
    folder = variables.get("published_dir")
    if not isinstance(folder, str) or not folder.strip():
        raise PreflightError(
            f"The variable published_dir is '{folder or ''}', but has to name the folder of the "
            "published files, such as published."
        )
    return Path(folder)


def variables_for_inputs(text: str, folder: str) -> dict[str, Any]:
    """Return the variables for a look at the inputs of a folder.

    Parameters
    ----------
    text : str
        The variables given, as YAML.
    folder : str
        The folder to look at; empty for the one that the variables name.

    Raises
    ------
    PreflightError
        When the folder is not there.
    """
    in_force = read_variables(text)
    given = yaml.safe_load(text) or {}
    if folder:
        given["input_dir"] = in_force["input_dir"] = folder
    named = in_force.get("input_dir")
    if named and not Path(named).is_dir():
        raise PreflightError(
            f"There is no folder {named}: name the one with your files, such as "
            "make check-inputs DIR=/data/cards."
        )
    if not named and not in_force.get("inputs"):
        print(
            "No DIR was given, so this looks at the bundled sample; "
            "for your own files: make check-inputs DIR=/data/cards",
            file=sys.stderr,
        )
    return given


def main(arguments: list[str] | None = None) -> int:
    """Check before a `build`, explain one that `failed`, or print `variables` or the `database`."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.preflight", description=__doc__
    )
    parser.add_argument("action", choices=["build", "failed", "variables", "database"])
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    parser.add_argument("--dir", default="", help="the folder of the inputs")
    options = parser.parse_args(arguments)
    if options.action == "failed":
        sentence = explain_failure(Path(os.environ.get("DBT_LOG_PATH") or "logs") / "dbt.log")
        if sentence is not None:
            print(sentence, file=sys.stderr)
        return 1
    try:
        if options.action == "variables":
            print(json.dumps(variables_for_inputs(options.vars, options.dir), default=str))
            return 0
        variables = read_variables(options.vars)
        if options.action == "database":
            print(published_folder(variables) / DATABASE_NAME)
            return 0
        warehouse = warehouse_file()
        if str(warehouse) != ":memory:":
            check_folders(variables, warehouse)
            check_lock(warehouse)
    except PreflightError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
