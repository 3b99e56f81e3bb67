"""dbt-spark with a helper that runs Python models in the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbt.adapters.base import PythonJobHelper
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from dbt_common.exceptions import DbtRuntimeError


@dataclass
class SparkPythonCredentials(SparkCredentials):
    """Those of dbt-spark, under the name of this adapter."""

    @property
    def type(self) -> str:
        """Return the name that profiles.yml gives."""
        return "sparkpython"


class SparkPythonConnectionManager(SparkConnectionManager):
    """That of dbt-spark, under the name of this adapter."""

    TYPE = "sparkpython"


class SessionPythonJobHelper(PythonJobHelper):
    """Executes a compiled Python model in the Spark session of this process."""

    def __init__(self, parsed_model: dict[str, Any], credentials: SparkPythonCredentials) -> None:
        self.name = parsed_model["alias"]
        self.settings = credentials.server_side_parameters

    def submit(self, compiled_code: str) -> None:
        """Run the model, which reads and writes tables through the name `spark`."""
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.enableHiveSupport()
        for name, value in self.settings.items():
            builder = builder.config(name, value)
        namespace = {"spark": builder.getOrCreate(), "__name__": self.name}
        try:
            exec(compile(compiled_code, f"<{self.name}>", "exec"), namespace)
        except Exception as error:
            raise DbtRuntimeError(
                f"The Python model {self.name} failed: {type(error).__name__}: {error}"
            ) from error


class SparkPythonAdapter(SparkAdapter):
    """dbt-spark on a session, with Python models."""

    ConnectionManager = SparkPythonConnectionManager

    @property
    def default_python_submission_method(self) -> str:
        """Return the only method there is."""
        return "session"

    @property
    def python_submission_helpers(self) -> dict[str, type[PythonJobHelper]]:
        """Return the helpers by the name of their method."""
        return {"session": SessionPythonJobHelper}

    def generate_python_submission_response(self, submission_result: Any) -> AdapterResponse:
        """Say that it worked; a failure is raised."""
        return AdapterResponse(_message="OK")
