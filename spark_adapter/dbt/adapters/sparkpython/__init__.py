"""A dbt adapter: dbt-spark on a Spark session, with Python models.

dbt-spark runs Python models on Databricks alone: its two helpers send them to a cluster of that
service. This adapter inherits everything of dbt-spark and adds one helper, which executes the
compiled model in the Spark session that the SQL models run in (`method: session`), and one way to
load seeds, because that of dbt-spark writes an empty field as the text 'None' and breaks on an
apostrophe. Delete it, and write `type: spark` in profiles.yml, when dbt-spark runs Python models in
a session and loads such seeds.

The type has no underscore: dbt takes what stands before one for the name of another adapter.
"""

from dbt.adapters.base import AdapterPlugin
from dbt.adapters.sparkpython.adapter import SparkPythonAdapter, SparkPythonCredentials
from dbt.include import sparkpython

Plugin = AdapterPlugin(
    adapter=SparkPythonAdapter,
    credentials=SparkPythonCredentials,
    include_path=sparkpython.PACKAGE_PATH,
    dependencies=["spark"],
)
