"""This project as a package of another one (docs/package.md), and its Python as a wheel."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pytest
import yaml
from workspaces import PROJECT, Run, published_tables, skip_or_fail

import card_segments

CONSUMER = PROJECT / "integration_tests" / "package"
PAGE = (PROJECT / "docs" / "package.md").read_text(encoding="utf-8")
BUILT = ("target", "logs", "published", "dbt_packages", "*.duckdb*")
STRICT = ("--warn-error-options", '{"error": "all"}')
# No package index and no hub can be reached through it.
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


class Consumer:
    """The bank's project in a folder of its own, with the package from a folder."""

    def __init__(self, folder: Path, package: Path = PROJECT, python: str = sys.executable) -> None:
        self.folder = folder
        self.python = python
        shutil.copytree(CONSUMER, folder, ignore=shutil.ignore_patterns(*BUILT))
        self.write("packages.yml", {"packages": [{"local": str(package)}]})
        (folder / "package-lock.yml").unlink(missing_ok=True)

    def write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False))

    def change(self, name: str, change) -> None:
        """Change what a YAML file holds."""
        content = yaml.safe_load((self.folder / name).read_text())
        change(content)
        self.write(name, content)

    def run(self, *arguments: str) -> Run:
        """Run a module of Python in the bank's folder."""
        names = ("PYTHONPATH", "DBT_TARGET", "DBT_TARGET_PATH", "CARD_SEGMENTS_WAREHOUSE")
        environment = {name: text for name, text in os.environ.items() if name not in names}
        environment |= NO_NETWORK | {"BANK_EXTRACTS": str(PROJECT / "seeds" / "inputs")}
        if self.python == sys.executable:
            environment["PYTHONPATH"] = str(PROJECT)
        finished = subprocess.run(
            [self.python, "-m", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        return Run(finished.returncode == 0, finished.stdout + finished.stderr)

    def dbt(self, *arguments: str) -> Run:
        return self.run("dbt.cli.main", *arguments)

    def install(self) -> None:
        run = self.dbt("deps")
        assert run.succeeded, run.output

    def manifest(self) -> dict:
        return json.loads((self.folder / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """The bank's project, parsed with warnings as errors."""
    consumer = Consumer(tmp_path_factory.mktemp("bank") / "project")
    consumer.install()
    run = consumer.dbt(*STRICT, "parse")
    assert run.succeeded, run.output
    return consumer


def test_models_of_the_bank_are_inputs_with_their_lineage(parsed):
    nodes = parsed.manifest()["nodes"]
    parents = {name: set(node["depends_on"].get("nodes", [])) for name, node in nodes.items()}
    ours, theirs = "model.card_segments.", "model.bank_analytics."
    assert f"{theirs}customers" in parents[f"{ours}base_customers__examined"]
    assert f"{theirs}monthly_card_spend" in parents[f"{ours}base_spends__examined"]
    # the bank's model has the name of the package's input, and is not taken for it
    assert "seed.card_segments.customers" in parents[f"{ours}stg_customers__customers"]
    assert f"{theirs}customers" not in parents[f"{ours}stg_customers__customers"]
    assert f"{theirs}int_purchase_mix__features" in parents[f"{ours}int_segmentation_features"]
    # a table of the bank in the place of a reference table, described and tested as that one is
    assert "seed.bank_analytics.segment_names" in parents[f"{ours}int_segment_names"]
    names = nodes["seed.bank_analytics.segment_names"]
    assert names["config"]["column_types"]["name_key"] == "string"
    tests = [name for name in parents if "unique_segment_names_name_key" in name]
    assert parents[tests[0]] == {"seed.bank_analytics.segment_names"}


def test_hooks_stand_once(parsed):
    hooks = [name for name in parsed.manifest()["nodes"] if name.startswith("operation.")]
    assert sorted(hooks) == [
        "operation.card_segments.card_segments-on-run-end-0",
        "operation.card_segments.card_segments-on-run-start-0",
    ]


@pytest.mark.slow
def test_a_run_without_the_package_is_none_of_its_business(parsed):
    run = parsed.dbt("build", "--select", "monthly_card_spend", "--exclude-resource-type", "test")
    assert run.succeeded, run.output
    assert "ublish" not in run.output
    assert not (parsed.folder / "published").exists()


def test_the_manifest_says_the_version(parsed):
    public = [
        node["config"]["meta"].get("card_segments_version")
        for node in parsed.manifest()["nodes"].values()
        if node["resource_type"] == "model"
        and node["package_name"] == "card_segments"
        and node["access"] == "public"
    ]
    assert len(public) > 25
    assert set(public) == {card_segments.__version__}


def test_one_version_is_said_everywhere():
    python = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["version"]
    assert {python, project} == {card_segments.__version__}


def test_the_wheel_names_every_file_of_the_package():
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["setuptools"]
    root = PROJECT / "card_segments"
    folders = {path.parent for path in root.rglob("__init__.py")}
    assert {".".join(folder.relative_to(PROJECT).parts) for folder in folders} == set(
        settings["packages"]
    )
    left_out = []
    for path in root.rglob("*"):
        if path.is_dir() or path.suffix in (".py", ".pyc"):
            continue
        package = next(folder for folder in path.parents if folder in folders)
        patterns = settings["package-data"].get(".".join(package.relative_to(PROJECT).parts), [])
        inside = path.relative_to(package).as_posix()
        if not any(fnmatch(inside, pattern) for pattern in patterns):
            left_out.append(str(path))
    assert not left_out


def test_the_page_lists_every_variable_with_its_default():
    section = PAGE.split("\n## Variables\n")[1].split("\n## ")[0]
    listed = {}
    for names, defaults in re.findall(
        r"^\| (`\S+`(?:, `\S+`)*) \| (.*?) \| ", section, re.MULTILINE
    ):
        named, given = (re.findall(r"`(.*?)`", text) for text in (names, defaults))
        listed |= dict(zip(named, map(yaml.safe_load, given), strict=True))
    assert listed == yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]


def test_the_page_shows_what_the_bank_has():
    """Each step of the quick start is in the project that is built."""
    blocks = re.findall(r"```(?:yaml|sql)\n(.*?)```", PAGE, re.DOTALL)
    blocks = [
        re.sub(r"(?m)^   (?=\S|\s)", "", one) if one.startswith("   ") else one for one in blocks
    ]
    macro = next(one for one in blocks if "materialization" in one)
    assert macro.split() == (CONSUMER / "macros" / "card_segments.sql").read_text().split()
    settings = [yaml.safe_load(one) for one in blocks if "materialization" not in one]
    profile = yaml.safe_load((CONSUMER / "profiles.yml").read_text())["bank_analytics"]
    target = profile["outputs"]["dev"]
    assert next(one for one in settings if "plugins" in one)["plugins"] == target["plugins"]
    project = yaml.safe_load((CONSUMER / "dbt_project.yml").read_text())
    flags = next(one for one in settings if "flags" in one)["flags"]
    assert flags.items() <= project["flags"].items()
    for key in ("models", "snapshots", "unit_tests"):
        shown = next(one for one in settings if key in one)[key]["card_segments"]
        assert shown == project[key]["card_segments"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a copy, for building leaves files beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "source").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, folder / "source")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "card_segments", folder / "source" / "card_segments", ignore=ignored)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    built = subprocess.run(
        [*pip, "--wheel-dir", str(folder), str(folder / "source")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "No matching distribution found for setuptools" in built.stderr:
        skip_or_fail("The package index, which has the setuptools of a wheel, cannot be reached.")
    assert built.returncode == 0, built.stderr
    return next(folder.glob("card_segments-*.whl"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """A Python with the wheel beside the libraries of this one; it does not know the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = str(folder / "bin" / "python")
    inside = next((folder / "lib").glob("python3*")) / "site-packages"
    (inside / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)
    return python


@pytest.fixture(scope="module")
def bank(tmp_path_factory, installed):
    """The bank's project with the package outside this checkout and its Python from the wheel."""
    folder = tmp_path_factory.mktemp("outside")
    ignored = shutil.ignore_patterns(*BUILT, ".*", "tests/python", "card_segments", "warehouse")
    shutil.copytree(PROJECT, folder / "package", ignore=ignored)
    assert not (folder / "package" / "card_segments").exists()
    consumer = Consumer(folder / "project", folder / "package", installed)
    consumer.install()
    consumer.build = consumer.dbt(*STRICT, "build", "--select", "+package:card_segments")
    assert consumer.build.succeeded, consumer.build.output
    return consumer


# The bank's project says its currency, which sentences name; and a build has its own time.
OWN_COLUMNS = {
    "card_feature_recommendations": "exclude (reason)",
    "segment_out_of_time_validation": "exclude (validated_at)",
}


def differences(one: Path, other: Path, table: str, condition: str = "true") -> int:
    """Count the rows of a published table that only one of two publications has."""
    with duckdb.connect() as connection:
        for name, file in (("one", one), ("other", other)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        columns = f"* {OWN_COLUMNS.get(table, '')}"
        rows = [
            f"(select {columns} from {name}.{table} where {condition})" for name in ("one", "other")
        ]
        count = f"select count(*) from ({rows[0]} except all {rows[1]})"
        both = f"select ({count}), ({count.replace('one.', '?.').replace('other.', 'one.')})"
        here, there = connection.sql(both.replace("?.", "other.")).fetchone()
        compared = connection.sql(f"select count(*) from one.{table} where {condition}").fetchone()
        assert compared[0] > 0, table
        return here + there


@pytest.mark.slow
def test_a_bank_builds_and_gets_what_the_project_by_itself_gets(bank, sample_build):
    published = bank.folder / "published" / "cards" / "cards.duckdb"
    tables = [name for name, needed in published_tables().items() if "spends" in needed]
    assert len(tables) > 10
    # what is broken down by segment has those of the bank's own segmentation as well
    by_segment = {"spend_by_segment", "monthly_utilisation_by_segment"}
    condition = "segmentation = 'spending'"
    conditions = {name: condition if name in by_segment else "true" for name in tables}
    conditions |= {name: condition for name in ("segments", "segment_members", "segment_profiles")}
    theirs = sample_build.published / "cards.duckdb"
    assert not {
        name: found
        for name, where in conditions.items()
        if (found := differences(published, theirs, name, where))
    }


@pytest.mark.slow
def test_a_segmentation_of_the_bank_has_its_names(bank):
    published = bank.folder / "published" / "cards" / "cards.duckdb"
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = "select status, n_segments from segmentations where segmentation = 'purchase_mix'"
        assert connection.sql(rows).fetchall() == [("published", 4)]
        names = "select segment_name from segments where segmentation = 'purchase_mix'"
        named = {name for (name,) in connection.sql(names).fetchall()}
        assert {"Household shoppers", "Health buyers", "Electronics buyers"} <= named
        comments = connection.sql("select comment from duckdb_tables()").fetchall()
        assert not [text for (text,) in comments if text and "![" in text]
        version = connection.sql("select project_version from publication").fetchall()
        assert version == [(card_segments.__version__,)]
    manifest = json.loads((published.parent / "manifest.json").read_text())
    assert manifest["project_version"] == card_segments.__version__


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_second_build_goes_on_from_the_first(bank):
    """The input is a view by now, in the place of which no seed may be loaded."""
    published = bank.folder / "published" / "cards" / "cards.duckdb"

    def state():
        with duckdb.connect(str(published), read_only=True) as connection:
            members = "select customer_id, segment_key, segment_name from segment_members"
            build = connection.sql("select build_id from publication").fetchall()
            return build, sorted(connection.sql(members).fetchall())

    (build, members), run = state(), bank.dbt("build", "--select", "+package:card_segments")
    assert run.succeeded, run.output
    again, members_again = state()
    assert again != build
    assert members_again == members


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        ("card_segments.cli.report", (), "published/cards/report.html"),
        ("card_segments.cli.workbook", (), "published/cards/card_segments.xlsx"),
        (
            "card_segments.cli.campaign",
            ("--segment", "spending_1", "--action", "reward_card_payers"),
            "to contact",
        ),
    ],
)
def test_commands_know_the_variables_of_the_bank(bank, module, arguments, said):
    run = bank.run(module, *arguments)
    assert run.succeeded, run.output
    assert said in run.output


def without_plugin(consumer: Consumer) -> None:
    def change(profiles):
        del profiles["bank_analytics"]["outputs"]["dev"]["plugins"]

    consumer.change("profiles.yml", change)


def without_macro(consumer: Consumer) -> None:
    (consumer.folder / "macros" / "card_segments.sql").unlink()


def without_flag(consumer: Consumer) -> None:
    def change(project):
        del project["flags"]["require_ref_searches_node_package_before_root"]

    consumer.change("dbt_project.yml", change)


def of_another_version(consumer: Consumer) -> None:
    def change(project):
        project["models"]["card_segments"]["marts"]["+meta"] = {"card_segments_version": "0.1.0"}

    consumer.change("dbt_project.yml", change)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forget", "sentence"),
    [
        (without_plugin, "The profile bank_analytics lacks the plugin of this project"),
        *(
            pytest.param(*forgotten, marks=pytest.mark.exhaustive)
            for forgotten in [
                (
                    without_macro,
                    "The project bank_analytics does not let this package load its inputs",
                ),
                (without_flag, "The project bank_analytics has a model customers, as the package"),
                (
                    of_another_version,
                    "The dbt package card_segments is version 0.1.0, but the Python",
                ),
            ]
        ),
    ],
)
def test_a_step_that_was_forgotten_ends_in_one_sentence(tmp_path, forget, sentence):
    consumer = Consumer(tmp_path / "project")
    forget(consumer)
    consumer.install()
    run = consumer.dbt("seed", "--select", "segment_metrics")
    assert not run.succeeded
    assert sentence in run.text
    assert "Traceback" not in run.output
