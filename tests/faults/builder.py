"""A process that has parsed the project and forks one dbt build after another, for faults to meet.

It reads a request a line and answers two lines: the build's process, and how that ended. A request
names variables, and an event of dbt at which the build is killed, at once or some seconds
later, or a command of the shell is run.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from workspaces import PROJECT, WAREHOUSE, Workspace


def build(request, manifest):
    """Build in this process, which is a fork of the one that has parsed."""
    folder = Path(request["folder"])
    os.environ[WAREHOUSE] = request["warehouse"]
    os.chdir(PROJECT)
    seen = 0

    def notice(event):
        nonlocal seen
        if event.info.name != request.get("event"):
            return
        name = getattr(getattr(event.data, "node_info", None), "node_name", "")
        if request.get("node") not in (None, name):
            return
        seen += 1
        if seen != request.get("number", 1):
            return
        if "command" in request:
            subprocess.run(request["command"], shell=True, check=True)
        elif "delay" in request:
            killing = os.kill, (os.getpid(), signal.SIGKILL)
            threading.Timer(request["delay"], *killing).start()
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    arguments = ["--log-level-file", "none", "build", "--target-path", str(folder / "target")]
    arguments += ["--log-path", str(folder / "logs"), "--vars", json.dumps(request["variables"])]
    run = dbtRunner(manifest=manifest, callbacks=[notice]).invoke(arguments)
    if run.exception:
        print(run.exception)
    # as the end of a process of dbt does, which a fork skips
    DuckDBConnectionManager.close_all_connections()
    gc.collect()
    return 0 if run.success else 1


def main(folder, variables):
    workspace = Workspace(Path(folder))
    # what parsing takes is paid once; every fork has a copy of the manifest of its own
    manifest = workspace.manifest(variables)
    manifest.unit_tests.clear()
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            with Path(request["output"]).open("w") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
            code = 2
            try:
                code = build(request, manifest)
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            os._exit(code)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
