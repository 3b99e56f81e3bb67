"""What the engine's tests share: planted data, small specifications, and the real files."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from card_segments.segmentation import Specification

REPOSITORY = Path(__file__).resolve().parents[3]
# Corners that no single column tells apart: each column alone is spread evenly.
PLANTED_CENTRES = np.array([[0.0, 0.0, 0.0], [6.0, 5.0, 0.0], [0.0, 5.0, 6.0]])


@pytest.fixture
def settings():
    """Return a function that makes settings of a quick fit, changed as the test wants."""

    def make(**changes):
        return {
            "key": "customer",
            "features": ["first", "second", "third"],
            "segments": {"minimum": 2, "maximum": 4},
            "resamples": 10,
            "null_draws": 8,
            "algorithms": ["k_means"],
            **changes,
        }

    return make


@pytest.fixture
def specify(settings):
    """Return a function that makes a specification, changed as the test wants."""

    def make(**changes):
        return Specification.from_mapping("planted", settings(**changes))

    return make


@pytest.fixture
def planted():
    """Three clear groups of 90, 60 and 30 customers in mixed order, and the true group of each."""
    generator = np.random.default_rng(7)
    truth = np.repeat([0, 1, 2], [90, 60, 30])
    values = PLANTED_CENTRES[truth] + generator.normal(size=(180, 3))
    order = generator.permutation(180)
    frame = pd.DataFrame(values[order], columns=["first", "second", "third"])
    frame["customer"] = [f"C{number:04d}" for number in range(180)]
    frame["spend"] = np.array([10.0, 30.0, 20.0])[truth[order]] + generator.random(180)
    return frame, truth[order]


@pytest.fixture
def one_thread():
    """Compute in one thread, as `fit` does; more would wait for each other on a busy machine."""
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="session")
def real_data():
    """Return the folder of the real public files, or skip."""
    folder = Path(os.environ.get("REAL_DATA_DIR") or REPOSITORY.parent / "shared" / "real_data")
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}; set REAL_DATA_DIR to its folder")
    return folder
