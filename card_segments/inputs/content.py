"""The bytes of a file, decompressed, and their text."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress

import duckdb

from card_segments.inputs.find import path_literal

CHUNK_BYTES = 8_000_000
# A file that is not plain is read as a whole; one above this size is refused.
MAXIMUM_TEXT_BYTES = 2_000_000_000

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
FORMATS = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ", "compressed with xz"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
)
PARQUET = b"PAR1"


class UnreadableFile(Exception):
    """The file cannot be read; the message continues "The file ... "."""


def compression_of(head: bytes) -> str:
    """Return `gzip`, `zstd` or `none`, told by the first bytes and not by the name."""
    return next((name for mark, name in COMPRESSIONS if head.startswith(mark)), "none")


def refuse_other_formats(path: str, head: bytes) -> None:
    """Raise for a file that is a workbook, an archive or another thing that is no table in text."""
    if head.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile, OSError, ValueError), zipfile.ZipFile(path) as archive:
            if any(name.startswith(("xl/", "content.xml")) for name in archive.namelist()):
                raise UnreadableFile(
                    "is a spreadsheet. Open it, choose Save As or Download, CSV UTF-8, "
                    "one file a sheet, and name that file"
                )
        raise UnreadableFile("is a zip archive. Unpack it and name the file in it")
    for mark, name in FORMATS:
        if head.startswith(mark):
            raise UnreadableFile(
                f"is {name}, not CSV or Parquet. Export it as CSV UTF-8 with a header line"
            )


def chunks(path: str, compression: str) -> Iterator[bytes]:
    """Yield the decompressed bytes in chunks that end with a line feed where there is one."""
    rest = b""
    for block in _blocks(path, compression):
        block = rest + block
        end = block.rfind(b"\n") + 1
        if end:
            yield block[:end]
            rest = block[end:]
        else:
            rest = block
        if len(rest) > MAXIMUM_TEXT_BYTES:
            raise UnreadableFile("has no line ends. Export it as CSV with one line a row")
    if rest:
        yield rest


def _blocks(path: str, compression: str) -> Iterator[bytes]:
    if compression == "zstd":
        yield from _zstd_blocks(path)
        return
    try:
        with (gzip.open if compression == "gzip" else open)(path, "rb") as file:
            while block := file.read(CHUNK_BYTES):
                yield block
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFile(
            "is damaged or was cut off: its compressed content ends too early. Copy it again"
        ) from error


def _zstd_blocks(path: str) -> Iterator[bytes]:
    """Python before 3.14 has no Zstandard; DuckDB has. Latin-1 passes every byte through."""
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"""
                select line from read_csv({path_literal(path)}, compression = 'zstd',
                    encoding = 'latin-1', auto_detect = false, header = false,
                    columns = {{'line': 'varchar'}}, delim = '\x1f', quote = '', escape = '',
                    strict_mode = false, null_padding = true, parallel = false,
                    max_line_size = 20000000)
                """
            )
            while lines := rows.fetchmany(100_000):
                text = "".join(f"{line or ''}\n" for (line,) in lines)
                yield text.encode("latin-1")
    except (duckdb.Error, UnicodeEncodeError) as error:
        raise UnreadableFile(
            "is damaged or was cut off, or is not text: it cannot be decompressed. Copy it again"
        ) from error


def read_text(path: str, compression: str) -> tuple[str, str, set[int]]:
    """Read a whole file as text.

    Returns
    -------
    tuple of str, str, set of int
        The text, the encoding's name, and the numbers (from 1) of lines that are not valid in it.
    """
    parts, size = [], 0
    for chunk in chunks(path, compression):
        parts.append(chunk)
        size += len(chunk)
        if size > MAXIMUM_TEXT_BYTES:
            raise UnreadableFile(
                "is too large to be read in its encoding or with its quotation marks. "
                "Export it as plain CSV UTF-8, or in parts"
            )
    return decode(b"".join(parts))


def decode(content: bytes) -> tuple[str, str, set[int]]:
    """Decode bytes by their mark, as UTF-8, as UTF-16 without a mark, or as Windows-1252."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            content = content[len(mark) :] if encoding == "utf-8" else content
            return _decode_marked(content, encoding)
    if unmarked := _unmarked_utf16(content):
        return _decode_marked(content, unmarked)
    return _decode_marked(content, "utf-8")


def _decode_marked(content: bytes, encoding: str) -> tuple[str, str, set[int]]:
    try:
        return content.decode(encoding), encoding, set()
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise UnreadableFile(
                f"starts as {encoding.upper()} text, but does not go on so. Export it as CSV UTF-8"
            ) from error
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    invalid = {number for number, line in enumerate(lines, 1) if not _is_utf8(line)}
    if any(not line.isascii() for number, line in enumerate(lines, 1) if number not in invalid):
        # Some lines are UTF-8 beyond doubt, so the others are broken and not in another encoding.
        return content.decode("utf-8", errors="replace"), "utf-8", invalid
    try:
        return content.decode("cp1252"), "windows-1252", set()
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1", set()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unmarked_utf16(content: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zero bytes of its Latin letters."""
    head = content[:2000]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.8 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.8 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None
