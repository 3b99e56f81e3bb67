"""Find the files that a path, a pattern or the name of an input stands for."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ENDINGS = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".txt", ".txt.gz", ".parquet")
# Found as well, so that a sentence can say what to do with them.
UNREADABLE_ENDINGS = (".xlsx", ".xls", ".xlsm", ".ods", ".zip", ".json", ".xml")


def find_files(pattern: str) -> list[str]:
    """Return the sorted files that a path or a pattern names; of a folder, its parts.

    A path that exists is taken as it stands, so `[` in a name is no pattern.
    """
    pattern = os.path.expanduser(pattern)
    if "\0" in pattern or not pattern:
        return []
    if os.path.lexists(pattern):
        return _parts(pattern) or [pattern]
    found = set()
    for path in glob.glob(pattern, recursive=True):
        # a folder without parts is named, so that it is refused, but /data/** finds all folders
        alone = [] if os.path.isdir(path) and pattern.endswith("**") else [path]
        found.update(_parts(path) or alone)
    return sorted(found)


def find_input(folder: str, name: str) -> dict[str, object]:
    """Find the files of an input in a folder, whatever the case of their names.

    These are `<name>.csv` and the like; without them, the files in the folder `<name>/` and in its
    Hive partitions; without those, a file of the name that cannot be read, such as a spreadsheet.

    Returns
    -------
    dict
        `files`, sorted, and `are_parts`: whether they are parts of the input, in its folder.
    """
    entries = _entries(folder)
    parts = [part for entry in entries if entry.name.lower() == name for part in _parts(str(entry))]
    readable = _named(entries, name, ENDINGS)
    if readable or not parts:
        files = readable or _named(entries, name, UNREADABLE_ENDINGS)
        return {"files": files, "are_parts": False}
    return {"files": parts, "are_parts": True}


def files_of_input(variables: Mapping[str, Any], name: str) -> list[str]:
    """Return the files that variables name for an input; none where the bundled ones are read."""
    named = (variables.get("inputs") or {}).get(name)
    if named is not None:
        patterns = named if isinstance(named, list) else [named]
        return [file for pattern in patterns for file in find_files(str(pattern))]
    folder = variables.get("input_dir")
    return find_input(str(folder), name)["files"] if folder else []


def _parts(folder: str) -> list[str]:
    """Return the sorted files in a folder and in its Hive partitions, such as year=2023/month=05/.

    Empty where it is no folder.
    """
    parts = []
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if "=" in name and not name.startswith(".")]
        parts.extend(
            os.path.join(path, name)
            for name in files
            if name.lower().endswith(ENDINGS) and not name.startswith(".")
        )
    return sorted(parts)


def _named(entries: list[Path], name: str, endings: tuple[str, ...]) -> list[str]:
    wanted = {name + ending for ending in endings}
    return [str(entry) for entry in entries if entry.name.lower() in wanted]


def path_literal(path: str) -> str:
    """Return a path as an SQL text that DuckDB takes for this one file and not for a pattern.

    Examples
    --------
    >>> path_literal("Bob's [final].csv")
    "'Bob''s [[]final].csv'"
    """
    return "'" + re.sub(r"[\[*?]", r"[\g<0>]", path).replace("'", "''") + "'"


def _entries(folder: str) -> list[Path]:
    """Return what a folder holds, sorted; nothing where it cannot be listed."""
    try:
        entries = Path(folder).expanduser().iterdir()
        return sorted(entry for entry in entries if not entry.name.startswith("."))
    except OSError:
        return []
