"""The adapter sparkpython, in a small dbt project of its own: what it adds to dbt-spark.

`make test-spark` runs these, with the environment of `make build-spark` in SPARK_ENVIRONMENT.
"""

import json
import os
import subprocess
from pathlib import Path

import duckdb
import pytest

ENVIRONMENT = Path(os.environ.get("SPARK_ENVIRONMENT", ".venv-spark")).absolute()
PROFILE = """
small:
  target: dev
  outputs:
    dev:
      type: sparkpython
      method: session
      host: session
      schema: small
      threads: 1
      server_side_parameters:
        spark.sql.warehouse.dir: "{folder}/warehouse"
        spark.hadoop.javax.jdo.option.ConnectionURL: "jdbc:derby:{folder}/metastore;create=true"
        spark.sql.legacy.createHiveTableByDefault: "false"
        spark.sql.shuffle.partitions: "1"
        spark.log.level: "OFF"
        spark.ui.enabled: "false"
"""
FILES = {
    "dbt_project.yml": (
        "name: small\nprofile: small\nmodels: {+materialized: table}\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    ),
    "seeds/words.csv": "number,word\n1,it's\n2,\n3,back\\slash\n",
    "seeds/words.yml": (
        "seeds: [{name: words, config: {column_types: {number: int, word: string}}}]\n"
    ),
    "models/lengths.py": (
        "import pandas as pd\n\n\n"
        "def model(dbt, session):\n"
        '    words = dbt.ref("words").toPandas()\n'
        '    return pd.DataFrame({"number": words["number"], "length": words["word"].str.len()})\n'
    ),
    "models/same.py": 'def model(dbt, session):\n    return dbt.ref("words").limit(2)\n',
    "models/failing.py": (
        "def model(dbt, session):\n"
        '    session.range(1).select("missing")\n'
        "    return session.range(1)\n"
    ),
    "models/keyed.sql": "select number, word from {{ ref('words') }}\n",
    "models/twice.sql": "select number, word from {{ ref('words') }} union all select 1, 'x'\n",
    "models/contracts.yml": """
models:
  - &keyed
    name: keyed
    config: {contract: {enforced: true}}
    constraints: [{type: primary_key, columns: [number]}]
    columns:
      - {name: number, data_type: int}
      - {name: word, data_type: string}
  - {<<: *keyed, name: twice}
  - <<: *keyed
    name: filled
    columns:
      - {name: number, data_type: int}
      - {name: word, data_type: string, constraints: [{type: not_null}]}
""",
    "models/filled.sql": "select number, word from {{ ref('words') }}\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project that has been built once: its folder, and what dbt says of each node."""
    folder = tmp_path_factory.mktemp("small")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE.format(folder=folder), encoding="utf-8")
    done = subprocess.run(
        [str(ENVIRONMENT / "bin" / "dbt"), "build"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    results = folder / "target" / "run_results.json"
    assert results.exists(), done.stdout + done.stderr
    said = {
        one["unique_id"].split(".")[-1]: one for one in json.loads(results.read_text())["results"]
    }
    return folder, said


def rows(folder, table):
    """The rows of a table, as another program reads its files."""
    return duckdb.sql(f"from '{folder}/warehouse/small.db/{table}/*.parquet' order by 1").fetchall()


def test_seeds_keep_what_is_in_their_fields(small):
    folder, said = small
    assert said["words"]["status"] == "success"
    assert rows(folder, "words") == [(1, "it's"), (2, None), (3, "back\\slash")]


def test_a_python_model_reads_and_writes_tables_of_the_session(small):
    folder, said = small
    assert said["lengths"]["status"] == "success"
    assert [row for row in rows(folder, "lengths") if row[0] != 2] == [(1, 4), (3, 10)]


def test_a_python_model_may_return_a_table_of_spark(small):
    folder, said = small
    assert said["same"]["status"] == "success"
    assert len(rows(folder, "same")) == 2


def test_a_python_model_that_fails_is_named(small):
    _, said = small
    assert said["failing"]["status"] == "error"
    assert "The Python model failing failed: AnalysisException" in said["failing"]["message"]


@pytest.mark.parametrize(
    ("model", "breach"),
    [("twice", "more than one row has the same number"), ("filled", "word is null")],
)
def test_a_contract_that_is_broken_ends_the_model(small, model, breach):
    _, said = small
    assert said[model]["status"] == "error"
    assert breach in said[model]["message"]


def test_a_contract_that_is_kept_does_not(small):
    _, said = small
    assert said["keyed"]["status"] == "success"
