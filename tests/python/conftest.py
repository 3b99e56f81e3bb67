"""What the project's tests share: builds of the bundled sample and of the public files."""

import json
import os
from pathlib import Path

import pytest
from browser import Browser, find_chromium
from playwright.sync_api import sync_playwright
from postgres_server import PostgresServer, find_postgres
from workspaces import (
    BANK_EVENTS,
    PROJECT,
    RAW_INPUTS,
    REAL_FILES,
    Workspace,
    build_once,
    skip_or_fail,
)

# A make that a test starts is no part of the `make test` that runs the tests.
for name in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS"):
    os.environ.pop(name, None)


def pytest_collection_modifyitems(items):
    """Begin with the files that build, so that no worker is left with one at the end.

    One worker builds the sample, for the first of the files that need it; what needs it too comes
    as late as can be, so that the others need not wait for it.
    """
    here = Path(__file__).parent
    needing = dict.fromkeys(
        one.path for one in items if {"sample_build", "bank"} & set(one.fixturenames)
    )
    first = next(iter(needing), None)

    def rank(item):
        is_built_by_real_files = "real" in item.path.name
        return (
            not is_built_by_real_files,
            item.path != first,
            item.path in needing,
            item.path.parent != here,
        )

    items.sort(key=rank)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory, request):
    """A folder that the workers of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session", autouse=True)
def kept_fits(shared_folder):
    """Builds of the same customers fit them once a run."""
    Workspace.kept_fits = shared_folder / "fits"


@pytest.fixture(scope="session")
def manifest(tmp_path_factory):
    """The manifest of the project with all inputs; nothing is built."""
    folder = tmp_path_factory.mktemp("parsed")
    Workspace(folder).manifest({}).write(str(folder / "manifest.json"))
    return json.loads((folder / "manifest.json").read_text())


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def sample_build(shared_folder):
    """A complete build of the bundled sample; tests only read from it."""
    return build_once(shared_folder / "sample", dbt=Workspace.dbt_command)


@pytest.fixture(scope="session")
def events_build(shared_folder):
    """A build of customers and the four raw inputs of the same bank; tests only read from it."""
    return build_once(
        shared_folder / "bank_events",
        enabled_inputs=["customers", *RAW_INPUTS],
        input_dir=str(BANK_EVENTS),
    )


@pytest.fixture(scope="session")
def real_data():
    """The folder of the public data sets, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("REAL_DATA_DIR", PROJECT.parent / "shared" / "real_data"))
    missing = [name for name in REAL_FILES.values() if not (folder / name).is_file()]
    if missing:
        pytest.skip(f"the public data sets are not in {folder} (set REAL_DATA_DIR): {missing}")
    return folder


@pytest.fixture(scope="session")
def real_build(real_data, shared_folder):
    """A complete build of the five public files; tests only read from it."""
    files = {name: str(real_data / path) for name, path in REAL_FILES.items()}
    return build_once(shared_folder / "real", inputs=files)


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, or a skip that says how to get one (in CI a failure)."""
    executable = find_chromium()
    if executable is None:
        skip_or_fail("no Chromium (apt-get install chromium, or set CHROMIUM to its path)")
    with sync_playwright() as playwright:
        opened = Browser(playwright, executable)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, or a skip that says how to get one (in CI a failure)."""
    programs = find_postgres()
    if programs is None:
        skip_or_fail("no PostgreSQL (apt-get install postgresql)")
    server = PostgresServer(programs)
    yield server
    server.stop()
