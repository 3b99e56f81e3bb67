"""The bundled sample and the public files, each with the build that the other tests share."""

import pytest
from bank import Bank
from workspaces import INPUTS, PROJECT, REAL_FILES

REAL = pytest.param("real", marks=[pytest.mark.real_data, pytest.mark.slow])
KEPT = {}


@pytest.fixture(params=["sample", REAL])
def bank(request):
    """What was published, and the raw files to work it out again from."""
    if request.param not in KEPT:
        build = request.getfixturevalue(f"{request.param}_build")
        if request.param == "sample":
            files = {name: PROJECT / "seeds" / "inputs" / f"{name}.csv" for name in INPUTS}
        else:
            folder = request.getfixturevalue("real_data")
            files = {name: folder / path for name, path in REAL_FILES.items()}
        KEPT[request.param] = Bank(build, files)
    return KEPT[request.param]
