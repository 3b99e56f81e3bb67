"""What an input file is, before DuckDB reads it, and the rows of files that DuckDB cannot read.

It knows no dbt: functions of paths, texts and bytes.
"""

from card_segments.inputs.describe import describe_file, file_identity
from card_segments.inputs.find import find_files, find_input
from card_segments.inputs.identifiers import find_identifier
from card_segments.inputs.rows import read_rows

__all__ = [
    "describe_file",
    "file_identity",
    "find_files",
    "find_identifier",
    "find_input",
    "read_rows",
]
