"""A build on a cluster of a master and two workers, of which one dies in the middle.

`make test-cluster` runs it, with the environment of `make build-spark` in SPARK_ENVIRONMENT: two
whole builds of the bundled sample, twenty minutes or more on two cores.
"""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ENVIRONMENT = Path(os.environ.get("SPARK_ENVIRONMENT", ".venv-spark")).absolute()
PYTHON = str(ENVIRONMENT / "bin" / "python")
MASTER = "spark://127.0.0.1:17077"
DEFAULTS = f"""
spark.master {MASTER}
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.driver.memory 3g
spark.executor.memory 1g
spark.executor.cores 1
"""
# What readers see: the rows of each table, the build, and the schemas that the views lead to.
LOOK = """
import json, os, re
from pyspark.sql import SparkSession
place = os.environ["CARD_SEGMENTS_SPARK_WAREHOUSE"]
session = (
    SparkSession.builder.master("local[1]").enableHiveSupport()
    .config("spark.sql.warehouse.dir", place)
    .config("spark.hadoop.javax.jdo.option.ConnectionURL", f"jdbc:derby:{place}.metastore")
    .config("spark.ui.enabled", "false").getOrCreate()
)
names = [row.viewName for row in session.sql("show views in published").collect()]
texts = [session.sql(f"show create table published.{name}").first()[0] for name in names]
print(json.dumps({
    "rows": {name: session.table(f"published.{name}").count() for name in sorted(names)},
    "build": session.table("published.publication").first()["build_id"],
    "tables": session.table("published.publication").first()["published_tables"],
    "versions": sorted({re.search(r"published_[0-9a-f]{32}", text)[0] for text in texts}),
}))
"""


class Cluster:
    """A standalone master and two workers on this machine."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            **os.environ,
            "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "CARD_SEGMENTS_SPARK_WAREHOUSE": str(folder / "warehouse"),
        }
        home = run_python(
            "from pathlib import Path; from card_segments.cli.spark import java_home; "
            f"print(java_home(Path({str(folder)!r})) or '')"
        )
        if home:
            self.environment["JAVA_HOME"] = home
        (folder / "conf").mkdir()
        (folder / "conf" / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")
        self.program = run_python("import pyspark; print(pyspark.__path__[0] + '/bin/spark-class')")
        deploy = "org.apache.spark.deploy"
        self.master = self.start(
            f"{deploy}.master.Master", "--port", MASTER.split(":")[-1], "--webui-port", "0"
        )
        self.workers = [
            self.start(
                f"{deploy}.worker.Worker", MASTER, "--cores", "1", "--memory", "1g",
                "--webui-port", "0", "--work-dir", str(folder / f"worker{number}"),
            )
            for number in range(2)
        ]  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start a part of the cluster as the leader of a group of processes."""
        return subprocess.Popen(
            [self.program, *arguments, "--host", "127.0.0.1"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def build(self, log: Path) -> subprocess.Popen:
        """Start a build of the bundled sample."""
        with log.open("w") as output:
            return subprocess.Popen(
                [PYTHON, "-m", "card_segments.cli.spark", "--vars", "{}"],
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def published(self) -> dict:
        """Return what is published."""
        return json.loads(run_python(LOOK, self.environment).splitlines()[-1])

    def stop(self) -> None:
        """Kill what is still there."""
        for process in [*self.workers, self.master]:
            kill(process)


def run_python(code: str, environment: dict | None = None) -> str:
    """Run code in the environment of Spark, and return what it prints."""
    done = subprocess.run(
        [PYTHON, "-c", code],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def kill(process: subprocess.Popen) -> None:
    """Kill a part of the cluster with its executors, without notice."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def cluster(tmp_path):
    started = Cluster(tmp_path)
    yield started
    started.stop()


def test_a_build_outlives_a_worker_or_leaves_what_was_published(cluster, tmp_path):
    log = tmp_path / "first.txt"
    assert cluster.build(log).wait() == 0, log.read_text()[-3000:]
    before = cluster.published()
    assert len(before["versions"]) == 1
    assert len(before["rows"]) == before["tables"] + 1

    log = tmp_path / "second.txt"
    build = cluster.build(log)
    while build.poll() is None and not re.search(
        "OK created .*int_segment_scores", log.read_text()
    ):
        time.sleep(0.5)
    assert build.poll() is None, log.read_text()[-3000:]
    kill(cluster.workers[0])
    returned = build.wait()

    after = cluster.published()
    # the same customers, so as many rows whichever build it is; changes of segment are new
    assert len(after["versions"]) == 1
    assert len(after["rows"]) == after["tables"] + 1
    assert after["rows"]["customer_segments"] == before["rows"]["customer_segments"]
    assert (after["build"] != before["build"]) == (returned == 0), log.read_text()[-3000:]
    if returned:
        assert after == before
