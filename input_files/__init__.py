"""What an input file is, before DuckDB reads it, and the rows of files that DuckDB cannot read.

It knows no dbt: functions of paths, texts and bytes.
"""

from input_files.describe import describe_file
from input_files.find import find_files, find_input
from input_files.rows import read_rows

__all__ = ["describe_file", "find_files", "find_input", "read_rows"]
