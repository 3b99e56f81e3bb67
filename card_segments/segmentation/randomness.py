"""Random numbers by name: a task's numbers depend on what it is, not on when or where it runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def generator_for(seed: int, *task: str | int) -> np.random.Generator:
    """Return the random generator of one named task.

    Parameters
    ----------
    seed : int
        The segmentation's seed, 0 or more.
    *task : str or int
        Names that tell the task from all others, like ``"bootstrap", 7``.

    Examples
    --------
    >>> first = generator_for(1, "bootstrap", 7).integers(1000)
    >>> bool(first == generator_for(1, "bootstrap", 7).integers(1000))
    True
    """
    name = "/".join(str(part) for part in task)
    return np.random.default_rng(np.random.SeedSequence([seed, *name.encode()]))


def seed_for(seed: int, *task: str | int) -> int:
    """Return the integer seed (0 to 2**32 - 1) of one named task, for scikit-learn."""
    return int(generator_for(seed, *task).integers(2**32))


def sampled_rows(rows: int, most: int, generator: np.random.Generator) -> NDArray[np.intp]:
    """Return all rows, or a random sample of `most` of them, ascending.

    Examples
    --------
    >>> sampled_rows(3, 5, generator_for(1, "example")).tolist()
    [0, 1, 2]
    >>> len(sampled_rows(9, 5, generator_for(1, "example")))
    5
    """
    if rows <= most:
        return np.arange(rows)
    return np.sort(generator.choice(rows, most, replace=False))
