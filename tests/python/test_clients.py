"""What is published opens in old and new DuckDBs, and they read the same as the present one."""

import json
import sys

import duckdb
import pytest
from clients import installed, run_python

pytestmark = pytest.mark.slow

# Runs in the present DuckDB as well as in the others, so it asks for nothing that changed between.
READ_ALL = """
import hashlib, json, sys
import duckdb

def digest(rows):
    return hashlib.sha256("\\n".join(sorted(map(repr, rows))).encode()).hexdigest()

def read_all(folder):
    found = {}
    with duckdb.connect(f"{folder}/cards.duckdb", read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
        for (name,) in tables:
            parquet = f"read_parquet('{folder}/parquet/{name}.parquet')"
            for source, relation in (("database", name), ("parquet", parquet)):
                columns = connection.execute(f"describe select * from {relation}").fetchall()
                columns = [column[:2] for column in columns]
                rows = connection.execute(f"select * from {relation}").fetchall()
                found[f"{source} {name}"] = [len(rows), digest(rows), digest(columns)]
        comments = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where not internal "
            "union all select table_name, '', comment from duckdb_tables() where not internal"
        ).fetchall()
        found["comments"] = [sum(one[2] is not None for one in comments), digest(comments), ""]
    return found
"""
PRINT = "\nprint(json.dumps([duckdb.__version__, read_all(sys.argv[1])]))"
OLDEST = "1.1.0" if sys.version_info < (3, 13) else "1."


@pytest.fixture(scope="module")
def read_now(sample_build):
    scope = {}
    exec(READ_ALL, scope)
    read = scope["read_all"](sample_build.published)
    assert len(read) > 60 and sum(rows for rows, *_ in read.values()) > 40_000
    return read


@pytest.mark.parametrize(("lock", "version"), [("duckdb1", OLDEST), ("duckdb2", "2.0.")])
def test_another_duckdb_reads_the_same(lock, version, sample_build, read_now, tmp_path):
    libraries = installed(lock)
    output = run_python(READ_ALL + PRINT, libraries, str(sample_build.published), folder=tmp_path)
    used, read = json.loads(output)
    assert used.startswith(version) and used != duckdb.__version__
    assert read == read_now


def test_the_newest_format_would_not_open_in_the_oldest(tmp_path):
    """Why the format is set: guards the test above against passing for another reason."""
    newest, oldest = installed("duckdb2"), installed("duckdb1")
    write = "import duckdb; duckdb.connect('new.duckdb').execute('create table a as select 1 as b')"
    run_python(write, newest, folder=tmp_path)
    with pytest.raises(AssertionError, match="(?i)version|storage|newer"):
        run_python(
            "import duckdb; duckdb.connect('new.duckdb', read_only=True)", oldest, folder=tmp_path
        )
