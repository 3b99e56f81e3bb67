"""Describe a file: its format, its header, and whether DuckDB may read it as it stands."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from dataclasses import asdict, dataclass, field

import duckdb

from card_segments.inputs.content import (
    PARQUET,
    UnreadableFile,
    chunks,
    compression_of,
    decode,
    read_text,
    refuse_other_formats,
)
from card_segments.inputs.find import path_literal
from card_segments.inputs.rows import (
    LINE_END,
    MAXIMUM_LINE,
    SEPARATOR,
    header_index,
    split_line,
)

DELIMITERS = (",", ";", "\t", "|")
HEAD_BYTES = 1_100_000
BLANK_LINE = re.compile(rb"(?m)^[ \t]+\r?$")
IDENTIFIER = re.compile(r"@|\d{4}")
# What tells lines, fields and values that are odd; a delimiter comes to it.
MARKS = b'\r\n"\0' + SEPARATOR.encode()
# So many bytes, or one line, are looked at together.
PIECE_BYTES = 16_384
MAXIMUM_NAME = 60
PARTITION = re.compile(r"(?<=/)([^/=]+)=([^/]*)(?=/)")
INSTANT = "TIMESTAMP WITH TIME ZONE"
HOUR = 3_600_000_000
DAY = 24 * HOUR
EMPTY = "is empty. It needs a header line with the names of its columns and at least one row"


@dataclass
class Description:
    """What is known of a file.

    Attributes
    ----------
    path : str
    identity : str
        Which file it was before its first byte was looked at; see `file_identity`.
    format : str
        `csv` or `parquet`.
    compression : str
        `none`, `gzip` or `zstd`.
    encoding : str
        Of a CSV file: `utf-8`, `utf-16`, `utf-32`, `windows-1252` or `latin-1`.
    delimiter : str
    line_end : str
    has_quotes : bool
    names : list of str
        The header, in the order of the file.
    types : list of str
        Of a Parquet file: the types of the columns. Instants are `TIMESTAMP WITH TIME ZONE`, or
        `LOCAL MIDNIGHT` where all of a column are midnight of one place; see `_are_midnights`.
    partitions : dict of str to str
        What the folders of Hive partitions in the path say, as in month=2023-05, where the file
        does not say it itself.
    is_plain : bool
        Whether every line is a row that any CSV reader splits alike; the others are read by
        `read_rows`.
    is_even : bool
        Whether moreover every line has as many fields as the header, so that DuckDB may read it
        with several threads.
    is_open : bool
        Whether the last line of a plain file has no line end, as where the file was cut off.
    rows : int or None
        Number of rows after the header, where the file was plain or Parquet.
    problem : str or None
        Why the file cannot be read: continues "The file ... ".
    """

    path: str
    identity: str = ""
    format: str = "csv"
    compression: str = "none"
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"
    has_quotes: bool = False
    names: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    partitions: dict[str, str] = field(default_factory=dict)
    is_plain: bool = True
    is_even: bool = False
    is_open: bool = False
    rows: int | None = None
    problem: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the description as plain values, with the names that messages may show."""
        return {**asdict(self), "shown_names": [shown_name(name) for name in self.names]}


def describe_file(path: str, wanted: Collection[str]) -> Description:
    """Describe a file by its bytes; whatever is wrong with it becomes `problem`.

    Parameters
    ----------
    path : str
    wanted : collection of str
        The keys (see `header_key`) of the columns that the input may have. The delimiter is the one
        under which most of them appear.
    """
    description = Description(path, file_identity(path))
    try:
        head = _head(path)
        if head.startswith(PARQUET):
            _describe_parquet(description)
        else:
            refuse_other_formats(path, head)
            description.compression = compression_of(head)
            _describe_text(description, wanted)
        own = set(map(header_key, description.names))
        description.partitions = {
            name: value for name, value in PARTITION.findall(path) if header_key(name) not in own
        }
    except UnreadableFile as refused:
        description.problem = str(refused)
    except OSError as error:
        description.problem = f"cannot be read: {error.strerror or 'it is damaged'}"
    except MemoryError:
        description.problem = "does not fit into memory. Export it as plain CSV UTF-8, or in parts"
    return description


def file_identity(path: str) -> str:
    """Return what changes when a file is written to or another one takes its place.

    The time of the last change of its inode is there too, because tools that copy set the other one
    back to that of the original. Empty where there is no file.
    """
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return ""
    fields = (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    return " ".join(map(str, fields))


def header_key(name: str) -> str:
    """Return what header names are compared by: their letters and digits, without case.

    Examples
    --------
    >>> header_key(" Marital_Status "), header_key("marital.status"), header_key("%")
    ('maritalstatus', 'maritalstatus', '%')
    """
    return re.sub(r"[\W_]+", "", name).lower() or name


def _head(path: str) -> bytes:
    kind = os.stat(path).st_mode
    if stat.S_ISDIR(kind):
        raise UnreadableFile("is a folder. Name the files in it, as in folder/*.csv")
    if not stat.S_ISREG(kind):
        raise UnreadableFile("is a device, pipe or socket. Copy its content into a file")
    with open(path, "rb") as file:
        return file.read(16)


def _describe_text(description: Description, wanted: Collection[str]) -> None:
    scan = Scan()
    for chunk in chunks(description.path, description.compression):
        if not scan.started:
            _describe_header(description, chunk[:HEAD_BYTES], wanted)
        scan.add(chunk, description)
        if not scan.is_plain:
            break
    if not scan.started:
        raise UnreadableFile(EMPTY)
    description.is_plain = scan.is_plain
    if scan.is_plain:
        description.is_even = scan.is_even
        description.is_open = scan.is_open
        description.rows = scan.lines - 1
        description.line_end = scan.end.decode()
        description.has_quotes = scan.has_quotes
    else:
        _, description.encoding, _ = read_text(description.path, description.compression)


def _describe_header(description: Description, head: bytes, wanted: Collection[str]) -> None:
    text, description.encoding, _ = _decode_head(head)
    lines = LINE_END.split(text)
    index = header_index(lines)
    if index == len(lines):
        raise UnreadableFile(EMPTY)
    line = lines[index]
    if len(line) > MAXIMUM_LINE:
        raise UnreadableFile(
            f"begins with a line of more than {MAXIMUM_LINE:,} characters, which is no header. "
            "Export it as CSV with one line a row"
        )
    if "\0" in line:
        raise UnreadableFile("is no text: its first line holds zero bytes. Export it as CSV UTF-8")
    best = -1
    for delimiter in DELIMITERS:
        names = [name.strip().strip("\ufeff") for name in split_line(line, delimiter) or []]
        matched = len({header_key(name) for name in names} & set(wanted))
        if matched > best:
            best, description.delimiter, description.names = matched, delimiter, names
    if best < min(2, len(wanted)):
        raise UnreadableFile(
            "does not begin with a header that has the input's columns, with commas, semicolons, "
            "tabs or pipes between them. Export it with a header line and with one of these "
            "delimiters"
        )
    description.is_plain = index == 0


def _decode_head(head: bytes) -> tuple[str, str, set[int]]:
    """Decode the first bytes, which may end within a character."""
    try:
        end = head.rfind(b"\n") + 1
        return decode(head[:end] if end > 0 and len(head) == HEAD_BYTES else head)
    except UnreadableFile:
        return decode(head[: len(head) // 4 * 4])


class Scan:
    """Looks through the bytes of a text file for whatever readers may disagree on."""

    def __init__(self) -> None:
        self.started = False
        self.is_plain = True
        self.is_even = True
        self.is_open = False
        self.has_quotes = False
        self.lines = 0
        self.ended = False
        self.end = b"\n"
        self.row_marks = self.other_bytes = b""
        self.line_pattern: re.Pattern[bytes] | None = None
        self.row_pattern: re.Pattern[bytes] | None = None

    def add(self, chunk: bytes, description: Description) -> None:
        """Look at the next chunk, which ends with a line feed unless it is the last one."""
        if not self.started:
            self._start(chunk, description)
            if chunk[:3] == b"\xef\xbb\xbf":
                chunk = chunk[3:]
        self.is_plain = self.is_plain and not self.ended and self._is_plain(chunk)

    def _start(self, chunk: bytes, description: Description) -> None:
        self.started = True
        self.is_plain = description.is_plain and description.encoding == "utf-8"
        self.end = b"\r\n" if b"\r\n" in chunk else b"\n"
        delimiter, width = description.delimiter.encode(), len(description.names)
        self.row_marks = delimiter * (width - 1) + self.end
        self.other_bytes = bytes(set(range(256)) - {*MARKS, *delimiter})
        self.line_pattern = _line_pattern(delimiter, self.end, b"*+")
        self.row_pattern = _line_pattern(delimiter, self.end, b"{%d}" % (width - 1))
        # A line without a delimiter may be blank.
        self.is_even = width > 1

    def _is_plain(self, chunk: bytes) -> bool:
        body = chunk.rstrip(b"\r\n")
        # Blank lines at the end are no rows; what comes after them would be.
        tail = chunk[len(body) :]
        self.ended = tail != self.end
        self.is_open = not tail
        if tail.replace(self.end, b""):
            return False
        if not body.isascii():
            try:
                body.decode("utf-8")
            except UnicodeDecodeError:
                return False
        start = 0
        while start < len(body):
            stop = body.rfind(self.end, start, start + PIECE_BYTES)
            if stop < 0:
                stop = body.find(self.end, start)
                stop = len(body) if stop < 0 else stop
                if stop - start > MAXIMUM_LINE:
                    return False
            if not self._are_plain_lines(body[start:stop]):
                return False
            start = stop + len(self.end)
        return True

    def _are_plain_lines(self, lines: bytes) -> bool:
        """Look at some whole lines: nearly always the marks between their fields say it all."""
        marks = lines.translate(None, self.other_bytes) + self.end
        rows = len(marks) // len(self.row_marks)
        # In marks alone a carriage return within the last field would look like a line end.
        ends = rows - 1 if self.end == b"\n" else lines.count(self.end)
        if self.is_even and marks == self.row_marks * rows and ends == rows - 1:
            self.lines += rows
            return True
        has_quotes = b'"' in marks
        self.has_quotes = self.has_quotes or has_quotes
        self.lines += lines.count(b"\n") + 1
        if b"\0" in marks or SEPARATOR.encode() in marks:
            return False
        if self.is_even and has_quotes and self.row_pattern.fullmatch(lines):
            return True
        self.is_even = False
        ends = lines.count(self.end)
        return (
            lines.count(b"\n") == ends
            and lines.count(b"\r") == (ends if self.end == b"\r\n" else 0)
            and self.end * 2 not in self.end + lines + self.end
            and not BLANK_LINE.search(lines)
            and (not has_quotes or self.line_pattern.fullmatch(lines) is not None)
        )


def _line_pattern(delimiter: bytes, end: bytes, times: bytes) -> re.Pattern[bytes]:
    """Return the pattern of lines whose quotation marks are all as they should be.

    In each a field follows the first one so many times.
    """
    mark = re.escape(delimiter)
    value = rb'(?:"(?:[^"\r\n]++|"")*+"|[^"\r\n%b]*+)' % mark
    line = rb"%b(?:%b%b)%b" % (value, mark, value, times)
    return re.compile(rb"%b(?:%b%b)*+" % (line, end, line))


def _describe_parquet(description: Description) -> None:
    description.format = "parquet"
    source = f"read_parquet({path_literal(description.path)}, hive_partitioning = false)"
    try:
        with duckdb.connect() as connection:
            schema = f"from parquet_schema({path_literal(description.path)}) select name"
            # the old type of time stamps, which DuckDB takes for those of no zone
            old = connection.execute(f"{schema} where type = 'INT96'").fetchall()
            columns = connection.execute(f"describe select * from {source}")
            for name, kind, *_ in columns.fetchall():
                description.names.append(name)
                description.types.append(INSTANT if (name,) in old else kind)
            # Every page is read once, so that a damaged one is found before the load.
            columns = ['"' + name.replace('"', '""') + '"' for name in description.names]
            looked_at = [
                _are_midnights(column) if kind == INSTANT else f"max(hash({column}))"
                for column, kind in zip(columns, description.types, strict=True)
            ]
            counted = connection.execute(f"select count(*), {', '.join(looked_at)} from {source}")
            description.rows, *found = counted.fetchone()
            description.types = [
                "LOCAL MIDNIGHT" if kind == INSTANT and are_midnights else kind
                for kind, are_midnights in zip(description.types, found, strict=True)
            ]
    except duckdb.Error as error:
        raise UnreadableFile(
            "is a Parquet file that is damaged, cut off or encrypted. Write it again"
        ) from error


def _are_midnights(column: str) -> str:
    """Return the SQL that says whether all instants of a column are midnight of one place.

    That is one time of the day in UTC, or two that are an hour apart where clocks change. Thirteen
    hours later it is the same day there as in UTC, from New Zealand in summer to Hawaii.
    """
    time = f"(epoch_us({column}) % {DAY} + {DAY + 13 * HOUR}) % {DAY}"
    finite = f"filter (where isfinite({column}))"
    return (
        f"max({time}) {finite} - min({time}) {finite} <= {HOUR}"
        f" and bool_and({time} % {HOUR // 4} = 0) {finite}"
    )


def shown_name(name: str) -> str:
    """Return a header name for messages; what looks like a value of a person is not shown.

    Examples
    --------
    >>> shown_name("Marital Status"), shown_name("nick@bank.example")
    ('Marital Status', 'xxxx@xxxx.xxxxxxx')
    """
    shown = "".join(sign if sign.isprintable() else "?" for sign in name[:MAXIMUM_NAME])
    if IDENTIFIER.search(name):
        return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", shown))
    return shown
