"""One publication in a process of its own, for the faults to meet: request as JSON, answer as text.

Exit code 0: published; 1: refused, with the sentence on standard error.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

import duckdb

from card_segments.publishing import Build, PublishingError, publish


def main(request):
    for name, limit in request.get("limits", {}).items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    if "umask" in request:
        os.umask(request["umask"])
    if "user" in request:
        os.setgroups([])
        os.setgid(request["user"])
        os.setuid(request["user"])
    write_report = None
    if request.get("page"):
        # imported here, for it takes longer than the publication
        from card_segments.report import write_report
    settings = {"threads": 1, **request.get("settings", {})}
    with duckdb.connect(request["warehouse"], read_only=True, config=settings) as connection:
        # several are to begin at the same moment
        time.sleep(max(request.get("begin", 0) - time.time(), 0))
        publish(
            connection.cursor(),
            request["schema"],
            request["tables"],
            Path(request["directory"]),
            Build(*request["build"]),
            write_report,
        )


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except PublishingError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
