"""Several fits side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread

import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from card_segments.segmentation.fitting import Progress, fit
from card_segments.segmentation.preparation import FeaturesError
from card_segments.segmentation.specification import Specification

# Below this many customers in all, starting processes takes longer than they save.
FEWEST_CUSTOMERS_FOR_PROCESSES = 1_000

# In a process of its own: the way back to the one that has the log.
_to_caller: Connection | None = None


def fit_all(
    tasks: Sequence[tuple[pd.DataFrame, Specification]], progress: Progress | None = None
) -> list[pd.DataFrame | FeaturesError]:
    """Fit several segmentations, on as many cores as there are.

    Fits in one process take turns, because the number of threads of the linear algebra library is
    set for the whole process; so each gets a process of its own. The results are those of `fit`.

    Parameters
    ----------
    tasks : sequence of (DataFrame, Specification)
        As `fit` takes them.
    progress : callable, optional
        Called in this process with short sentences, also with those of the others.

    Returns
    -------
    list of DataFrame or FeaturesError
        The result of each task as one long table, or what is wrong with its frame.
    """
    cores = os.cpu_count() or 1
    customers = sum(len(frame) for frame, _ in tasks)
    if cores == 1 or len(tasks) < 2 or customers < FEWEST_CUSTOMERS_FOR_PROCESSES:
        return [_fit_one(frame, one, cores, progress) for frame, one in tasks]
    # The longest first, so that no core waits at the end for one that began late.
    order = sorted(range(len(tasks)), key=lambda position: -len(tasks[position][0]))
    with _heard(progress) as to_caller:
        try:
            found = Parallel(
                n_jobs=min(cores, len(tasks)),
                backend="loky",
                batch_size=1,
                initializer=_remember,
                initargs=(to_caller,),
            )(delayed(_fit_one)(*tasks[position], 1, _tell) for position in order)
        finally:
            # Nothing is left running in a process that also holds a database.
            get_reusable_executor().shutdown(wait=True)
    by_position = dict(zip(order, found, strict=True))
    return [by_position[position] for position in range(len(tasks))]


def _fit_one(
    frame: pd.DataFrame, specification: Specification, n_jobs: int, progress: Progress | None
) -> pd.DataFrame | FeaturesError:
    try:
        return fit(frame, specification, n_jobs=n_jobs, progress=progress).to_frame()
    except FeaturesError as error:
        return error


@contextmanager
def _heard(progress: Progress | None) -> Iterator[Connection]:
    """Give the end of a pipe for processes to speak into; what they say is passed on."""
    from_processes, to_caller = Pipe(duplex=False)

    def listen() -> None:
        # The pipe ends when nobody has its other end any more.
        with suppress(EOFError):
            while True:
                sentence = from_processes.recv()
                if progress is not None:
                    progress(sentence)

    listener = Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield to_caller
    finally:
        to_caller.close()
        listener.join()
        from_processes.close()


def _remember(to_caller: Connection) -> None:
    global _to_caller
    _to_caller = to_caller


def _tell(sentence: str) -> None:
    _to_caller.send(sentence)
