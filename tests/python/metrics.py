"""Asking MetricFlow for metrics, without its command line."""

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
from workspaces import Workspace


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


def read_manifest(target: Path):
    """The semantic manifest that dbt wrote into its target folder."""
    text = (target / "semantic_manifest.json").read_text(encoding="utf-8")
    return parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)


def issues(manifest) -> list[str]:
    """What MetricFlow's own rules find wrong with the metrics."""
    results = SemanticManifestValidator().validate_semantic_manifest(manifest)
    return [issue.message for issue in (*results.errors, *results.warnings)]
