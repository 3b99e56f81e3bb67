"""Rows of delimited text whose structure is not plain, each accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from card_segments.inputs.content import read_text

SEPARATOR = "\x1f"
MAXIMUM_LINE = 1_000_000
# A value with line breaks goes on over this many lines at most; longer, its quotation mark was
# never closed.
MAXIMUM_VALUE_LINES = 50
LINE_END = re.compile("\r\n|\n|\r")
LINE_AND_END = re.compile("(\r\n|\n|\r)")
SEPARATOR_LINE = re.compile("sep=(.)", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """A row, the number of its first line in the file, and what is wrong with it, if anything."""

    number: int
    fields: list[str]
    fault: str | None = None


def split_line(line: str, delimiter: str) -> list[str] | None:
    r"""Split a line into its fields; None where a quotation mark is left open.

    A field begins with a quotation mark or it does not: only then do marks inside it mean anything.

    Examples
    --------
    >>> split_line('a,"b,""c"" ",5" screen', ",")
    ['a', 'b,"c" ', '5" screen']
    >>> split_line('a,"b', ",") is None
    True
    """
    if '"' not in line:
        return line.split(delimiter)
    fields, position = [], 0
    while True:
        if line.startswith('"', position):
            end = _closing_mark(line, position + 1)
            if end is None or line[end + 1 : end + 2] not in ("", delimiter):
                return None
            fields.append(line[position + 1 : end].replace('""', '"'))
            position = end + 1
        else:
            end = line.find(delimiter, position)
            end = len(line) if end < 0 else end
            fields.append(line[position:end])
            position = end
        if position >= len(line):
            return fields
        position += 1


def _closing_mark(line: str, position: int) -> int | None:
    while (position := line.find('"', position)) >= 0:
        if line[position + 1 : position + 2] != '"':
            return position
        position += 2
    return None


def parse(text: str, delimiter: str, width: int, invalid: Set[int] = frozenset()) -> Iterator[Row]:
    """Yield the rows after the header.

    Parameters
    ----------
    text : str
    delimiter : str
    width : int
        Number of fields in the header.
    invalid : set of int
        Numbers of lines that are broken in the file's encoding.

    Yields
    ------
    Row
        One for every line that is not blank; a value with line breaks joins lines.
    """
    parts = LINE_AND_END.split(text)
    lines, ends = parts[::2], parts[1::2]
    index = header_index(lines) + 1
    while index < len(lines):
        line, number = lines[index], index + 1
        index += 1
        if not line.strip(" \t"):
            continue
        fault = _line_fault(line, number in invalid)
        if fault:
            yield Row(number, [], fault)
            continue
        fields = split_line(line, delimiter)
        if fields is None:
            joined = _joined(lines, ends, index, line, delimiter, width)
            if joined is None:
                yield Row(number, [], "has a quotation mark that is not closed or not doubled")
                continue
            fields, index = joined
        # an empty text comes after the last line end
        is_open = index == len(lines)
        yield Row(number, fields, _width_fault(len(fields), width, is_open))


def header_index(lines: list[str]) -> int:
    """Return the index of the header: the first line that is not blank and no `sep=;`."""
    for index, line in enumerate(lines):
        if line.strip(" \t") and not SEPARATOR_LINE.fullmatch(line):
            return index
    return len(lines)


def _line_fault(line: str, is_invalid: bool) -> str | None:
    if is_invalid:
        return "is not valid in the encoding of its file"
    if len(line) > MAXIMUM_LINE:
        return f"is longer than {MAXIMUM_LINE:,} characters"
    if "\0" in line or SEPARATOR in line:
        return "holds control characters"
    return None


def _width_fault(width: int, wanted: int, is_open: bool) -> str | None:
    if width < wanted and is_open:
        return "has fewer fields than the header and no line end: the file may have been cut off"
    if width < wanted:
        return "has fewer fields than the header"
    if width > wanted:
        return "has more fields than the header"
    return None


def _joined(
    lines: list[str], ends: list[str], index: int, line: str, delimiter: str, width: int
) -> tuple[list[str], int] | None:
    """Join a line to the next ones until its value is closed; None where that swallows rows."""
    for following in range(index, min(index + MAXIMUM_VALUE_LINES, len(lines))):
        whole = split_line(lines[following], delimiter)
        is_row = len(whole or lines[following].split(delimiter)) == width
        if (is_row and width > 1) or _line_fault(lines[following], False):
            return None
        line = f"{line}{ends[following - 1]}{lines[following]}"
        fields = split_line(line, delimiter)
        if fields is not None:
            return (fields, following + 1) if len(fields) == width else None
    return None


def read_rows(path: str, compression: str, delimiter: str, width: int) -> list[str]:
    """Return each row as one text: number, fault and fields with unit separators between them."""
    text, _, invalid = read_text(path, compression)
    return [_as_text(row) for row in parse(text, delimiter, width, invalid)]


def _as_text(row: Row) -> str:
    fields = [] if row.fault else row.fields
    return SEPARATOR.join([str(row.number), row.fault or "", *fields])
