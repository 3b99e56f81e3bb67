"""Run models on Spark on the tables that DuckDB built, and compare each with DuckDB's own.

    .venv-spark/bin/python -m tools.compare_engines models/marts/credit segment_drift

With --stay, Spark is kept, and each line of the input names further models. With --sail, it is Sail
that runs them, and --known names a file of what it is known not to run, as tests/spark/sail.toml.

    .venv-spark/bin/python -m tools.compare_engines --published \
        published/parquet warehouse/spark/published_<build>.db

compares what both engines published, table by table, after a build of each on the same inputs.

Every table of the warehouse (staging, intermediate, marts, seeds) is written as Parquet and given
to Spark. Each model of the folders or names is then compiled for the target spark, run there on the
tables that DuckDB built, and compared: keys, names and labels have to be equal, numbers to 1e-9 of
their size. So a model shows its own differences only, whatever those before it do.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import yaml

LAYERS = ("inputs", "reference", "staging", "intermediate", "marts")
# What no two builds have in common.
BUILD_COLUMNS = {
    *("build_id", "published_at", "fitted_at", "first_published_at", "last_published_at"),
    *("tested_at", "validated_at", "duckdb_version"),
}
TOLERANCE = 1e-9


def quoted(name: str) -> str:
    """Return a name as an identifier of DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def export(warehouse: Path, folder: Path) -> dict[tuple[str, str], Path]:
    """Write each table and view of a warehouse as Parquet; return the files by schema and name.

    What was written from the same warehouse before is kept.
    """
    stamp = folder / f"{warehouse.stat().st_mtime_ns}"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where list_contains($1, table_schema)",
            [list(LAYERS)],
        ).fetchall()
        files = {(schema, name): folder / schema / f"{name}.parquet" for schema, name in tables}
        if stamp.exists():
            return files
        shutil.rmtree(folder, ignore_errors=True)
        for (schema, name), path in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            columns = connection.execute(f"describe {quoted(schema)}.{quoted(name)}").fetchall()
            # a set is a text of bits here and a list of its numbers on Spark
            numbers = ", ".join(
                f"list_filter(range(length({quoted(column)})), lambda place: "
                f"get_bit({quoted(column)}, cast(place as integer)) = 1) as {quoted(column)}"
                for column, kind, *_ in columns
                if kind == "BIT"
            )
            replaced = f"replace ({numbers})" if numbers else ""
            connection.execute(
                f"copy (select * {replaced} from {quoted(schema)}.{quoted(name)}) "
                f"to '{path}' (format parquet)"
            )
    stamp.touch()
    return files


def settings() -> dict[str, str]:
    """Return the settings of the target spark, but for those that say where its tables are."""
    profile = yaml.safe_load(Path("profiles.yml").read_text(encoding="utf-8"))
    given = profile["card_segments"]["outputs"]["spark"]["server_side_parameters"]
    return {name: value for name, value in given.items() if "{{" not in value}


@contextmanager
def sail() -> Iterator[None]:
    """Run Sail in this process, which does not end while it runs, for sessions to connect to."""
    from pysail.spark import SparkConnectServer

    os.environ.setdefault("RUST_LOG", "off")
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{server.listening_address[1]}"
    try:
        yield
    finally:
        server.stop()


def start_session(folder: Path, files: dict[tuple[str, str], Path]):
    """Start Spark with these tables, which it reads where they are."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    if "SPARK_REMOTE" not in os.environ:
        builder = builder.master("local[2]")
    for name, value in {
        **settings(),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(folder.absolute() / "warehouse"),
        "spark.driver.memory": "2g",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    for schema in {schema for schema, _ in files}:
        session.sql(f"create database if not exists {schema}")
    for (schema, name), path in files.items():
        # said and not inferred, which would be a job of Spark for each
        columns = ", ".join(
            f"`{column}` {spark_type(kind)}"
            for column, kind, *_ in duckdb.sql(f"describe from '{path}'").fetchall()
        )
        session.sql(
            f"create table {schema}.{name} ({columns}) using parquet location '{path.absolute()}'"
        )
    return session


def spark_type(kind: str) -> str:
    """Return the type of Spark that reads a column of a Parquet file of DuckDB."""
    names = {"VARCHAR": "string", "TIMESTAMP": "timestamp_ntz", "INTEGER": "int"}
    if kind.endswith("[]"):
        return f"array<{spark_type(kind[:-2])}>"
    return names.get(kind, kind.lower())


def compile_models(selection: Iterable[str], variables: str, folder: Path) -> list:
    """Compile models for the target spark; return what dbt says of each."""
    from dbt.cli.main import dbtRunner
    from dbt.task.compile import CompileTask
    from dbt.task.runnable import GraphRunnableMode

    # each is compiled, whatever becomes of the others
    CompileTask.raise_on_first_error = lambda task: False
    CompileTask.get_run_mode = lambda task: GraphRunnableMode.Independent
    paths = [f"path:{name}" if "/" in name else name for name in selection]
    arguments = ["--quiet", "compile", "--target", "spark", "--vars", variables]
    arguments += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    try:
        answer = dbtRunner().invoke([*arguments, "--select", *paths])
    finally:
        sys.stdout.close()
        sys.stdout = stdout
    if not hasattr(answer.result, "results"):
        raise SystemExit(f"dbt could not compile: {answer.exception}")
    return [result for result in answer.result if result.node.resource_type in ("model", "test")]


def run_model(session, node, path: Path) -> None:
    """Run a compiled model, and write what comes out as Parquet."""
    import pyarrow.parquet

    if node.language == "python":
        namespace = {"spark": session}
        exec(compile(node.compiled_code, node.name, "exec"), namespace)
        frame = namespace["model"](namespace["dbtObj"](session.table), session)
        frame = session.createDataFrame(pyarrow.Table.from_pandas(frame, preserve_index=False))
    else:
        frame = session.sql(node.compiled_code)
    frame.write.mode("overwrite").parquet(str(path))
    if not any(path.glob("*.parquet")):
        # Sail writes no file where there are no rows
        path.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(frame.limit(0).toArrow(), path / "empty.parquet")


def read_sorted(relation: str, columns: dict[str, bool]) -> pd.DataFrame:
    """Return expressions of a relation, ordered by those of texts and then by numbers, rounded.

    `columns` says of each expression whether it is a number, which need not be quite equal.
    """
    keys = [quoted(name) for name, is_number in columns.items() if not is_number]
    keys += [
        f"case when {quoted(name)} = 0 or not isfinite({quoted(name)}) then {quoted(name)} else "
        f"round({quoted(name)}, cast(7 - ceil(log10(abs({quoted(name)}))) as int)) end"
        for name, is_number in columns.items()
        if is_number
    ]
    chosen = [
        f"cast({name} as {'double' if is_number else 'varchar'}) as {quoted(name)}"
        for name, is_number in columns.items()
    ]
    return duckdb.sql(
        f"select * from (select {', '.join(chosen)} from {relation}) as typed "
        f"order by {', '.join(keys)}"
    ).df()


def described(relation: str) -> dict[str, str]:
    """Return the type of each column, but of those that no two builds have in common."""
    rows = duckdb.sql(f"describe from {relation}").fetchall()
    return {row[0]: row[1] for row in rows if row[0] not in BUILD_COLUMNS}


def are_equal_numbers(one: object, other: object) -> bool:
    """Return whether two texts are the same numbers, which engines write in other ways."""
    try:
        return np.allclose(
            [float(part) for part in str(one).split()],
            [float(part) for part in str(other).split()],
            rtol=TOLERANCE,
            atol=1e-12,
        )
    except ValueError:
        return False


def differences(theirs: str, ours: str) -> list[str]:
    """Return in words what is not equal between two relations, the first of DuckDB."""
    first, second = described(theirs), described(ours)
    if list(first) != list(second):
        return [f"columns: {sorted(set(first) ^ set(second)) or 'in another order'}"]
    fractions = ("DOUBLE", "FLOAT", "DECIMAL")
    numbers = ("INT", "HUGEINT", *fractions)
    found, columns = [], {}
    for name in first:
        kinds = (first[name], second[name])
        are_numbers = [any(number in kind for number in numbers) for kind in kinds]
        if are_numbers[0] != are_numbers[1]:
            found.append(f"{name}: {kinds[0]} is {kinds[1]}")
        is_number = all(are_numbers) and any(part in kind for kind in kinds for part in fractions)
        if is_number and all(kind.endswith("[]") for kind in kinds):
            longest = duckdb.sql(f"select max(len({quoted(name)})) from {theirs}").fetchone()[0]
            columns[f"len({quoted(name)})"] = False
            items = [f"{quoted(name)}[{place + 1}]" for place in range(longest or 0)]
            columns.update(dict.fromkeys(items, True))
        else:
            columns[quoted(name)] = is_number
    left, right = read_sorted(theirs, columns), read_sorted(ours, columns)
    if len(left) != len(right):
        return [*found, f"rows: {len(left)} are {len(right)}"]
    for name, is_number in columns.items():
        one, other = left[name], right[name]
        if is_number:
            same = np.isclose(one, other, rtol=TOLERANCE, atol=1e-12, equal_nan=True)
        else:
            same = np.array((one == other) | (one.isna() & other.isna()))
            for place in np.flatnonzero(~same):
                same[place] = are_equal_numbers(one.iloc[place], other.iloc[place])
        if not same.all():
            place = int(np.argmin(same))
            example = f"{one.iloc[place]!r} is {other.iloc[place]!r}"
            found.append(f"{name}: {(~same).sum()} rows, such as {example}")
    return found


def compare_published(theirs: Path, ours: Path) -> int:
    """Compare two published sets, the first of DuckDB; return how many tables are not equal."""
    names = [
        {path.stem for path in theirs.glob("*.parquet")},
        {path.name for path in ours.iterdir() if any(path.glob("*.parquet"))},
    ]
    bad = len(names[0] ^ names[1])
    for name in sorted(names[0] ^ names[1]):
        print(f"{name}: only one engine published it")
    for name in sorted(names[0] & names[1]):
        answer = differences(f"'{theirs / name}.parquet'", f"'{ours / name}/*.parquet'")
        bad += bool(answer)
        print(f"{name}: {'; '.join(answer) or 'ok'}")
    print(f"{bad} not equal")
    return bad


def answer_of(session, files, result, folder: Path) -> str:
    """Return in words what is not equal of a compiled model, or what a test found."""
    node = result.node
    if result.status == "error" or node.compiled_code is None:
        return f"does not compile: {result.message}"
    try:
        if node.resource_type == "test":
            found = session.sql(node.compiled_code).count()
            return f"finds {found} rows" if found else ""
        if (node.schema, node.alias) not in files:
            return "is not in the warehouse"
        path = folder / "spark" / f"{node.name}.parquet"
        run_model(session, node, path)
        return "; ".join(differences(f"'{files[node.schema, node.alias]}'", f"'{path}/*.parquet'"))
    except Exception as error:  # noqa: BLE001
        return "does not run: " + str(error).strip()


def check_statements(session, known: list[dict]) -> int:
    """Run the statement of each known fault; return how many do not give its answer any more."""
    bad = 0
    for fault in known:
        if "statement" in fault:
            try:
                answer = str([tuple(row) for row in session.sql(fault["statement"]).collect()])
            except Exception as error:  # noqa: BLE001
                answer = str(error)
            if fault["answer"] not in answer:
                bad += 1
                print(f"{fault['statement']}: not {fault['answer']!r} but {answer[:300]!r}")
    return bad


def compare(session, files, models: Iterable[str], arguments: argparse.Namespace) -> int:
    """Compare the models that were asked for; return how many are not equal, or as is known."""
    known = tomllib.loads(arguments.known.read_text("utf-8"))["fault"] if arguments.known else []
    bad = check_statements(session, known)
    for result in compile_models(models, arguments.vars, Path(arguments.folder)):
        name, started = result.node.name, time.monotonic()
        print(name, end="", flush=True)
        answer = answer_of(session, files, result, Path(arguments.folder))
        faults = [one for one in known if any(fnmatch(name, node) for node in one["nodes"])]
        words = answer if arguments.whole else " ".join(answer.split())[: arguments.width]
        if not faults:
            bad += bool(answer)
            words = words or "ok"
        elif any(re.search(one.get("difference") or one["answer"], answer) for one in faults):
            words = f"as is known: {words}"
        else:
            bad += 1
            words = f"is not as {arguments.known} says: {words or 'ok'}"
        print(f" ({time.monotonic() - started:.1f} s): {words}", flush=True)
    print(f"{bad} not equal", flush=True)
    return bad


def main() -> None:
    """Read the command line, compare, and end with 1 when something is not equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="folders such as models/marts, or names")
    parser.add_argument("--warehouse", default="warehouse/dev.duckdb")
    parser.add_argument("--folder", default="target/engines", help="where files are written")
    parser.add_argument("--vars", default="{}")
    parser.add_argument(
        "--stay", action="store_true", help="keep Spark, and take further models from the input"
    )
    parser.add_argument("--sail", action="store_true", help="run on Sail instead of Spark")
    parser.add_argument("--known", type=Path, help="a file of what is known not to be equal")
    parser.add_argument("--whole", action="store_true", help="print errors whole")
    parser.add_argument("--width", type=int, default=300)
    parser.add_argument(
        "--published", nargs=2, type=Path, help="two published sets to compare, the first of DuckDB"
    )
    arguments = parser.parse_args()
    if arguments.published:
        raise SystemExit(min(compare_published(*arguments.published), 1))
    folder = Path(arguments.folder)
    files = export(Path(arguments.warehouse), folder / "duckdb")
    with sail() if arguments.sail else nullcontext():
        session = start_session(folder, files)
        try:
            bad = compare(session, files, arguments.models, arguments) if arguments.models else 0
            for line in sys.stdin if arguments.stay else ():
                bad += compare(session, files, line.split(), arguments)
        finally:
            session.stop()
    raise SystemExit(min(bad, 1))


if __name__ == "__main__":
    main()
