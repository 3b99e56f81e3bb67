"""Write dbt projects to compare with: one of trivial nodes, and one with the spends as a seed."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

PROFILE = """
bench:
  target: dev
  outputs:
    dev: {type: duckdb, path: "{{ env_var('BENCH_WAREHOUSE') }}", threads: 4}
"""


def write_project(folder: Path) -> Path:
    """Write an empty project; return its folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("models", "tests", "seeds"):
        (folder / name).mkdir(parents=True)
    settings = {"name": "bench", "version": "1.0", "profile": "bench", "test-paths": ["tests"]}
    settings["flags"] = {"send_anonymous_usage_stats": False}
    settings["models"] = {"+materialized": "table"}
    (folder / "dbt_project.yml").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILE, encoding="utf-8")
    return folder


def write_floor(folder: Path, run_results: Path) -> Path:
    """Write a project with as many models and tests as a run had, each of them trivial."""
    write_project(folder)
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    nodes = Counter(
        "tests" if one["unique_id"].startswith("test.") else "models" for one in results
    )
    sql = {"models": "select {} as number", "tests": "select {} as number where false"}
    for kind, number in nodes.items():
        for one in range(number):
            path = folder / kind / f"{kind}_{one}.sql"
            path.write_text(sql[kind].format(one), encoding="utf-8")
    return folder


def write_seed(folder: Path, spends: Path) -> Path:
    """Write a project whose only node is a seed of the spends, as dbt loads it by itself."""
    write_project(folder)
    shutil.copyfile(spends, folder / "seeds" / "spends.csv")
    return folder
