from pathlib import Path

import pandas as pd
import yaml

from card_segments.publishing import Build, PublishingError, publish
from card_segments.report import write_report


def model(dbt, session):
    """Publish the tables of a complete build; one row that says what was done and why."""
    dbt.config(materialized="table")
    catalogue = dbt.ref("published_tables").df()

    # The pre-hook of this model has looked at the dbt command, which Python cannot see.
    request = session.execute("select getvariable('publication_request')").fetchone()[0]

    status, reason, database = "not_published", request["obstacle"], None
    if reason is None:
        published = catalogue[catalogue["status"] == "published"].set_index("table_name")
        # The list of the tables does not list itself.
        kinds = {"published_tables": "aggregate", **published["table_kind"].sort_index()}
        project = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))
        build = Build(request["build_id"], request["started_at"], project["version"])
        try:
            database = publish(
                session,
                request["schema_name"],
                kinds,
                Path(request["directory"]),
                build,
                write_report if request["write_report"] else None,
            )
            status, reason = "published", "complete build, every test passed"
        except PublishingError as error:
            # The post-hook ends the build with this sentence, not with a stack trace.
            status, reason = "failed", str(error)
    row = {
        "build_id": request["build_id"],
        "status": status,
        "reason": reason,
        "database_file": str(database) if database else None,
    }
    return pd.DataFrame([row]).astype("string")
