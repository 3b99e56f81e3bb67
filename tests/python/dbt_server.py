"""Runs dbt commands in forks of a process that has imported dbt and parsed the project.

Importing dbt and parsing this project take longer than most commands that tests run. This process
does both once and forks for each command. The fork runs dbt's whole command line, with the manifest
given to it as dbt's own `dbtRunner` gives one, and ends with dbt's exit code. The project is parsed
again when a file of it (but for the rows of a seed) or a variable that parsing reads is another.

It reads a request from each line of its input, as `Workspace.dbt` writes them, and answers with the
exit code. Nothing of the project uses it.
"""

import atexit
import contextlib
import gc
import hashlib
import json
import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import yaml

# Variables that only running reads; test_workspaces.py checks that parsing does not.
RUNTIME_VARIABLES = {
    "accept_changes",
    "column_names",
    "contact_period_months",
    "decimal_mark",
    "input_dir",
    "inputs",
    "maximum_recommendations",
    "maximum_reject_share",
    "minimum_recommendations",
    "published_dir",
    "refit",
    "spends_year",
    "staffing_customers",
}
# Options with which dbt is to parse by itself, in a process of its own.
PARSING = {"--no-partial-parse", "--target", "--profiles-dir", "--project-dir"}
# Not part of the project: what was built, and what dbt does not read.
LEFT_OUT = {"target", "logs", "published", "warehouse", "tests/python"}
LONGEST_SECONDS = 900
MOST_MANIFESTS = 4

WAREHOUSE = "CARD_SEGMENTS_WAREHOUSE"


def fingerprint(project: Path) -> str:
    """Whatever the manifest depends on in a project's files, in a few letters."""
    found = hashlib.sha256()
    for folder, folders, files in os.walk(project):
        inside = Path(folder).relative_to(project)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith((".", "__")) and (inside / name).as_posix() not in LEFT_OUT
        )
        for name in sorted(files):
            if name.startswith("."):
                continue
            found.update(f"{inside / name}\n".encode())
            if not name.endswith(".csv"):
                state = (Path(folder) / name).stat()
                found.update(f"{state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()


class Manifests:
    """The parsed projects, newest last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: OrderedDict[tuple, object] = OrderedDict()

    def get(self, project: Path, warehouse: str, variables: dict):
        """The manifest of a project, or none where dbt cannot parse it: it says so itself."""
        read = {name: value for name, value in variables.items() if name not in RUNTIME_VARIABLES}
        options = yaml.safe_dump(read, default_flow_style=True, width=10_000)
        # the name of the database is that of its file
        key = (fingerprint(project), options, Path(warehouse).name)
        if key not in self.kept:
            # garbage is not worth looking for among millions of objects that stay
            gc.disable()
            self.kept[key] = self._parse(project, warehouse, options)
            gc.freeze()
            gc.enable()
            if len(self.kept) > MOST_MANIFESTS:
                self.kept.popitem(last=False)
        self.kept.move_to_end(key)
        return self.kept[key]

    def _parse(self, project: Path, warehouse: str, options: str):
        from dbt.cli.main import dbtRunner

        os.environ[WAREHOUSE] = warehouse
        os.chdir(project)
        quiet = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")
        # one for each place, as dbt goes on from what it parsed there
        target = self.folder / hashlib.sha256(str(project).encode()).hexdigest()
        paths = ("--target-path", str(target), "--log-path", str(target))
        with tempfile.TemporaryFile() as nowhere, redirected(nowhere.fileno()):
            run = dbtRunner().invoke([*quiet, "parse", *paths, "--vars", options])
        return run.result if run.success else None


@contextlib.contextmanager
def redirected(target: int) -> Iterator[None]:
    """Write standard output and error into another file for a while."""
    sys.stdout.flush()
    saved = {descriptor: os.dup(descriptor) for descriptor in (1, 2)}
    for descriptor in saved:
        os.dup2(target, descriptor)
    yield
    sys.stdout.flush()
    for descriptor, kept in saved.items():
        os.dup2(kept, descriptor)
        os.close(kept)


def run(request: dict, manifest) -> None:
    """Become the dbt of a request, a new one if it has to parse; ends this process."""
    from dbt.cli.main import cli
    from dbt.parser.manifest import write_manifest

    signal.alarm(LONGEST_SECONDS)
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["project"])
    if manifest is None:
        # dbt's parser has threads, for which it would wait in a fork for ever
        command = Path(sys.executable).parent / "dbt"
        os.execv(command, ["dbt", *request["arguments"]])
    sys.argv[:] = ["dbt", *request["arguments"]]
    for node in manifest.nodes.values():
        # the same project in another folder, with seeds of its own
        if hasattr(node, "root_path"):
            node.root_path = request["project"]
    if not request["unit_tests"]:
        manifest.unit_tests.clear()
    if "parse" in request["arguments"]:
        # dbt writes no manifest that it is given
        write_manifest(manifest, request["target"])
    status = 1
    try:
        cli.main(request["arguments"], prog_name="dbt", obj={"manifest": manifest})
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        traceback.print_exc()
    # closes the warehouse; what native libraries do at a regular end fails without their threads,
    # which a fork does not have
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def serve(folder: Path) -> None:
    """Answer requests until there are no more."""
    import dbt.adapters.duckdb  # noqa: F401
    import dbt.cli.main  # noqa: F401

    gc.set_threshold(100_000, 50, 50)
    manifests = Manifests(folder)
    answers = os.fdopen(os.dup(1), "w")
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        manifest = None
        if not PARSING & set(request["arguments"]):
            project, environment = Path(request["project"]), request["environment"]
            manifest = manifests.get(project, environment[WAREHOUSE], request["variables"])
        with warnings.catch_warnings():
            # of the native libraries' threads, which do nothing meanwhile
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            run(request, manifest)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
