"""One reader in a process of its own: reads until it is told to stop, and says what was wrong.

Every publication has one word in the column `published_by` of all its tables, and its own build.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

import duckdb

MARKS = "select distinct published_by as mark, null as build from {}"
BUILD = "select null, build_id from {}publication"


def ask(prefix, tables):
    """A query for the words of all tables and the build, to be answered from one state."""
    return " union ".join(
        [*(MARKS.format(prefix + table) for table in tables), BUILD.format(prefix)]
    )


def one_build(rows, words):
    """The build that all rows are of."""
    marks = {mark for mark, _ in rows if mark}
    builds = {build for _, build in rows if build}
    if len(builds) != 1 or marks != {words[next(iter(builds))]}:
        raise ValueError(f"a mixture: {sorted(marks)} in {sorted(builds)}")
    return builds.pop()


def read_database(request, published):
    """One connection shows one build, also when it asks again later."""
    with duckdb.connect(str(published / request["file"]), read_only=True) as connection:
        held = {
            row[0] for row in connection.sql("select table_name from duckdb_tables()").fetchall()
        }
        query = ask("", sorted(held & set(request["tables"])))
        first = one_build(connection.sql(query).fetchall(), request["words"])
        time.sleep(0.2)
        if one_build(connection.sql(query).fetchall(), request["words"]) != first:
            raise ValueError("an open file changed")
    return first


def read_parquet(request, published):
    """The link is resolved once, and everything is read below it (docs/connect.md)."""
    folder = Path(os.path.realpath(published / "current"))
    rows = []
    with duckdb.connect() as connection:
        for table in [*request["tables"], "publication"]:
            relation = connection.read_parquet(str(folder / "parquet" / f"{table}.parquet"))
            column = "null, build_id" if table == "publication" else "published_by, null"
            rows += relation.project(column).distinct().fetchall()
    build = one_build(rows, request["words"])
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["build_id"] != build:
        raise ValueError("a mixture: the manifest beside the files is of another build")
    return build


def read_manifest(request, published):
    """The manifest names files that are there."""
    manifest = json.loads((published / "manifest.json").read_text())
    for table in manifest["tables"]:
        with (published / table["parquet"]).open("rb") as file:
            if file.read(4) != b"PAR1":
                raise ValueError(f"{table['parquet']} is not whole")
    return manifest["build_id"]


def read_page(request, published):
    """The page is whole and of one build."""
    page = (published / "report.html").read_text()
    if not page.rstrip().endswith("</html>"):
        raise ValueError("the page is cut off")
    return re.search(r"build ([0-9a-f-]{36})", page)[1]


def read_postgres(request, published):
    """One transaction shows one build."""
    import psycopg

    with psycopg.connect(request["dsn"]) as connection:
        rows = connection.execute(ask("cards.", request["tables"])).fetchall()
    return one_build(rows, request["words"])


def main(request):
    read = globals()[f"read_{request['kind']}"]
    published, place = Path(request["published"]), Path(request["place"])
    order = list(request["words"])
    reads, newest, wrong = 0, 0, []
    while not (place.parent / "stop").exists():
        try:
            number = order.index(read(request, published))
            if number < newest:
                raise ValueError(f"build {number} after {newest}")
            newest = number
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        reads += 1
        place.write_text(str(reads))
        time.sleep(0.05)
    print(json.dumps({"reads": reads, "newest": newest, "wrong": wrong}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
