"""Write docs/inputs.md, the input contract for readers, from seeds/inputs/_inputs.yml.

Usage: ``python -m tools.write_inputs_page``
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[1]
CONTRACT = PROJECT / "seeds" / "inputs" / "_inputs.yml"
DOCUMENT = PROJECT / "docs" / "inputs.md"
TYPES = {
    "text": "text",
    "id": "identifier",
    "integer": "whole number",
    "number": "number",
    "month": "month",
    "time": "date or time",
    "duration_months": "duration",
}
OPENING = """# The inputs

What each input has to hold and how its values are read. Written by `make docs-inputs` from
[`seeds/inputs/_inputs.yml`](../seeds/inputs/_inputs.yml), which the loader reads too. How files are
found and read, and what happens to each row: [your own data](own_data.md).

*Needed* columns must have a value in every row; a row without one is rejected. In the others a
value may be empty, and a column that *may be absent* need not be in the file. A value outside its
range, or one that cannot be read, is *cleared* where that is said; elsewhere its row is rejected.
Amounts are in currency units, the same ones in every input.
"""


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """Return the whole document."""
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return "\n".join([OPENING, *(section(seed) for seed in contract["seeds"])])


def section(contract: dict[str, Any]) -> str:
    """Return the part about one input."""
    meta = contract["config"]["meta"]
    lines = [
        f"## {contract['name']}",
        "",
        contract["description"].strip(),
        "",
        f"- One row is {meta['grain']}; no two rows have the same {names(meta['unique_key'])}.",
        f"- Needed for {names(meta['required_for'], quoted=False)}.",
    ]
    for columns in meta.get("needs_one_of", []):
        lines.append(f"- A file needs at least one of {names(columns)}.")
    for column, parent in meta.get("references", {}).items():
        lines.append(f"- Every `{column}` has to be in `{parent}`, where that input is used.")
    lines += [
        "",
        "| column | type | values | meaning | how to get it |",
        "|---|---|---|---|---|",
        *(row(column) for column in contract["columns"]),
        "",
    ]
    return "\n".join(lines)


def row(column: dict[str, Any]) -> str:
    """Return a column's row of the table."""
    meta = column["config"]["meta"]
    cells = [f"`{column['name']}`", TYPES[meta["type"]], values(meta)]
    cells += [column["description"], meta["mapping"]]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def values(meta: dict[str, Any]) -> str:
    """Return what a column's values may be."""
    said = ["needed" if meta["required"] else "may be empty"]
    if meta.get("optional"):
        said = ["may be absent"]
    if "minimum" in meta:
        said.append(f"{meta['minimum']} to {meta['maximum']}")
    if meta.get("money"):
        said.append("with or without a currency mark")
    if meta.get("accepted"):
        said.append(", ".join(meta["accepted"]))
    if meta.get("invalid") == "clear":
        said.append("others are cleared")
    if meta.get("placeholders"):
        said.append("empty where " + names(meta["placeholders"]))
    if meta.get("strip"):
        said.append(f"`{meta['strip']}` at the ends is removed")
    if meta.get("unify"):
        said.append("spellings are unified")
    return "; ".join(said)


def names(items: list[str], quoted: bool = True) -> str:
    """Return a list in words."""
    shown = [f"`{item}`" if quoted else item for item in items]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


if __name__ == "__main__":
    main()
