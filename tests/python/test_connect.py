"""The recipes of docs/connect.md, run as they stand there, give the output that stands there."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from clients import installed, run_python
from workspaces import PROJECT, skip_or_fail

PAGE = (PROJECT / "docs" / "connect.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?P<untried><!-- not tried -->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$"
    r"(?:\n\n^```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
# The server of the page, and what stands for it in R.
SERVER = re.compile(r"postgresql://(\w+)@db\.bank\.example/bank")
R_SERVER = 'host = "db.bank.example", dbname = "bank"'


@dataclass
class Recipe:
    """A block of code, the heading it stands under, and the output it should have."""

    heading: str
    language: str
    code: str
    output: str


def recipes():
    for block in BLOCK.finditer(PAGE):
        if block["untried"] is None and block["language"] != "text":
            heading = re.findall(r"^##+ (.+)$", PAGE[: block.start()], re.MULTILINE)[-1]
            yield Recipe(heading, block["language"], block["code"], block["output"] or "")


RECIPES = list(recipes())


def of(*headings):
    found = [recipe for recipe in RECIPES if recipe.heading in headings]
    return pytest.mark.parametrize(
        "recipe", found, ids=[f"{one.heading} {n}" for n, one in enumerate(found, 1)]
    )


@pytest.fixture(scope="module")
def folder(sample_build, tmp_path_factory):
    """A checkout as its user sees it after make build."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "published").symlink_to(sample_build.published)
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("Makefile", "dbt_project.yml", "card_segments", "requirements"):
        (folder / name).symlink_to(PROJECT / name)
    return folder


@pytest.fixture(scope="module")
def database(postgres, folder):
    """A database in which the page's administrator has been, and then the publication."""
    dsn = postgres.new_database()
    (administration,) = [recipe for recipe in RECIPES if recipe.language == "sql"]
    with psycopg.connect(dsn) as connection:
        connection.execute(administration.code)
        return connection.info.dbname


def there(text, postgres, database):
    """Put the tests' server in the place of the page's."""
    address = rf"'postgresql://\1@/{database}?host={postgres.folder}'"
    text = SERVER.sub(address, text)
    return text.replace(R_SERVER, f'host = "{postgres.folder}", dbname = "{database}"')


def run(command, folder):
    finished = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PGOPTIONS": "", "PAGER": "cat"},
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def lines(text):
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def test_every_recipe_is_run_here_or_said_not_to_be():
    headings = [(recipe.heading, recipe.language) for recipe in RECIPES]
    assert headings == [
        ("How to join", "sh"), ("DuckDB command line", "sh"), ("DuckDB command line", "sh"),
        ("Python", "python"),
        ("SQLAlchemy", "python"), ("Parquet readers", "python"), ("PostgreSQL", "sql"),
        ("PostgreSQL", "sh"), ("PostgreSQL", "sh"), ("R", "r"),
    ]  # fmt: skip
    assert all(recipe.output or recipe.language == "sql" for recipe in RECIPES)
    assert PAGE.count("<!-- not tried -->") == 1 and "**Not tried**" in PAGE


@of("How to join", "DuckDB command line")
def test_command_line(recipe, folder):
    assert lines(run(["sh", "-c", recipe.code], folder)) == lines(recipe.output)


@pytest.mark.slow
@of("Python", "SQLAlchemy", "Parquet readers")
def test_python(recipe, folder):
    output = run_python(recipe.code, installed("clients"), folder=folder)
    assert lines(output) == lines(recipe.output)


@pytest.mark.slow
def test_postgres_and_r(folder, postgres, database):
    """In the order of the page, for each step needs the one before."""
    publish, read = [one for one in RECIPES if (one.heading, one.language) == ("PostgreSQL", "sh")]
    # what is installed already is not to be installed again by make
    make = there(publish.code, postgres, database).replace(
        "make ", "make -o .venv/.runtime-installed ", 1
    )
    said = re.escape(publish.output.strip()).replace(re.escape("..."), r"\S+")
    said = said.replace("bank", database, 1).replace(
        re.escape("db.bank.example"), re.escape(str(postgres.folder))
    )
    assert re.fullmatch(said, run(["sh", "-c", make], folder).strip())

    psql = shutil.which("psql") or str(Path(postgres.programs) / "psql")
    code = there(read.code, postgres, database).replace("psql", psql, 1)
    assert lines(run(["sh", "-c", code], folder)) == lines(read.output)

    (recipe,) = [one for one in RECIPES if one.language == "r"]
    if shutil.which("Rscript") is None:
        skip_or_fail("no R (apt-get install r-base-core r-cran-rpostgresql)")
    output = run(["Rscript", "-e", there(recipe.code, postgres, database)], folder)
    assert lines(output) == lines(recipe.output)


def test_the_page_names_the_versions_it_was_tried_with():
    pinned = "".join(
        (PROJECT / "requirements" / f"{name}.lock").read_text()
        for name in ("clients", "superset", "runtime")
    )
    for package, said in {
        "duckdb-cli": "duckdb-cli 1.5", "duckdb-engine": "duckdb-engine 0.17",
        "sqlalchemy": "SQLAlchemy 2.0", "apache-superset": "Superset 6.1", "pandas": "pandas 3",
        "polars": "polars 2", "pyarrow": "pyarrow 26",
    }.items():  # fmt: skip
        assert said in PAGE
        version = said.split()[-1]
        assert re.search(rf"^{package}=={re.escape(version)}\.", pinned, re.MULTILINE), package


def test_the_page_links_to_what_is_there():
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
    assert "(tables.md)" in PAGE and (PROJECT / "docs" / "tables.md").is_file()
    assert "(docs/connect.md)" in (PROJECT / "README.md").read_text(encoding="utf-8")
