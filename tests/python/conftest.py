"""What the project's tests share: builds of the bundled sample and of the public files."""

import os
from pathlib import Path

import pytest
from workspaces import PROJECT, REAL_FILES, Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def sample_build(tmp_path_factory):
    """A complete build of the bundled sample; tests only read from it."""
    workspace = Workspace(tmp_path_factory.mktemp("sample"))
    workspace.run = workspace.dbt("build")
    assert workspace.run.succeeded, workspace.run.output
    return workspace


@pytest.fixture(scope="session")
def real_data():
    """The folder of the public data sets, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("REAL_DATA_DIR", PROJECT.parent / "shared" / "real_data"))
    missing = [name for name in REAL_FILES.values() if not (folder / name).is_file()]
    if missing:
        pytest.skip(f"the public data sets are not in {folder} (set REAL_DATA_DIR): {missing}")
    return folder


@pytest.fixture(scope="session")
def real_build(real_data, tmp_path_factory):
    """A complete build of the five public files."""
    workspace = Workspace(tmp_path_factory.mktemp("real"))
    files = {name: str(real_data / path) for name, path in REAL_FILES.items()}
    workspace.run = workspace.dbt("build", inputs=files)
    assert workspace.run.succeeded, workspace.run.output
    return workspace
