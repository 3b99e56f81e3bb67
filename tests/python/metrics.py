"""Asking MetricFlow for metrics: its engine, and its command line."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import (
    SemanticManifestValidator,
)
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from workspaces import PROJECT, Run, Workspace


class Dialect:
    """What MetricFlow wants to know of DuckDB to write SQL for it; it runs none."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of a build."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.manifest = read_manifest(workspace.folder / "target")
        self.engine = MetricFlowEngine(SemanticManifestLookup(self.manifest), Dialect())

    @property
    def names(self) -> list[str]:
        """The names of all metrics."""
        return [metric.name for metric in self.manifest.metrics]

    def sql(self, metrics: list[str], by: list[str]) -> str:
        """The SQL that MetricFlow writes for metrics by some dimensions."""
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=by)
        return self.engine.explain(request).sql_statement.sql

    def query(self, metrics: list[str], by: list[str]) -> pd.DataFrame:
        """The metrics by some dimensions, which become the index."""
        answer = self.workspace.query(self.sql(metrics, by))
        return answer.set_index(by).sort_index() if by else answer


class CommandLine:
    """`mf`, in a folder of its own that holds what it reads of a build."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self.folder = folder
        # mf opens the warehouse for writing, which would lock out everybody else
        self.warehouse = shutil.copyfile(workspace.warehouse, folder / workspace.warehouse.name)
        shutil.copy(PROJECT / "dbt_project.yml", folder)
        (folder / "target").mkdir()
        shutil.copy(workspace.folder / "target" / "semantic_manifest.json", folder / "target")

    def run(self, *arguments: str) -> Run:
        """Run a command of mf without a network: at its start it would look for a newer one."""
        finished = subprocess.run(
            [str(Path(sys.executable).parent / "mf"), *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "CARD_SEGMENTS_WAREHOUSE": str(self.warehouse),
                "DBT_PROFILES_DIR": str(PROJECT),
                "TMPDIR": str(self.folder),
                "HTTPS_PROXY": "http://127.0.0.1:9",
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(finished.returncode == 0, finished.stdout + finished.stderr)

    def query(self, metrics: list[str], by: list[str]) -> pd.DataFrame:
        """As `Metrics.query`, from the CSV file that mf writes."""
        path = self.folder / "answer.csv"
        grouping = ["--group-by", ",".join(by)] if by else []
        run = self.run("query", "--metrics", ",".join(metrics), *grouping, "--csv", str(path))
        assert run.succeeded, run.output
        answer = pd.read_csv(path)
        path.unlink()
        return answer.set_index(by).sort_index() if by else answer


def validation_counts(output: str) -> list[tuple[str, ...]]:
    """The errors, future errors and warnings of each step of `mf validate-configs`."""
    return re.findall(r"ERRORS: (\d+), FUTURE_ERRORS: (\d+), WARNINGS: (\d+)", output)


def read_manifest(target: Path):
    """The semantic manifest that dbt wrote into its target folder."""
    text = (target / "semantic_manifest.json").read_text(encoding="utf-8")
    return parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)


def issues(manifest) -> list[str]:
    """What MetricFlow's own rules find wrong with the metrics."""
    results = SemanticManifestValidator().validate_semantic_manifest(manifest)
    return [issue.message for issue in (*results.errors, *results.warnings)]
