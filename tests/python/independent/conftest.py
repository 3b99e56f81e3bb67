"""The bundled sample and the public files, each with the build that the other tests share."""

import pytest
from bank import Bank, bank_of_sample
from workspaces import REAL_FILES

REAL = pytest.param("real", marks=[pytest.mark.real_data, pytest.mark.slow])
KEPT = {}


@pytest.fixture(params=["sample", REAL])
def bank(request):
    """What was published, and the raw files to work it out again from."""
    if request.param not in KEPT:
        build = request.getfixturevalue(f"{request.param}_build")
        if request.param == "sample":
            KEPT["sample"] = bank_of_sample(build)
        else:
            folder = request.getfixturevalue("real_data")
            files = {name: folder / path for name, path in REAL_FILES.items()}
            KEPT["real"] = Bank(build, files)
    return KEPT[request.param]
