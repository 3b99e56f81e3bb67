"""Several fits side by side, each with its map and its rules."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from card_segments.segmentation.embedding import FEWEST_ROWS_FOR_TSNE, METHODS, embed
from card_segments.segmentation.fitting import FitResult, Progress, fit
from card_segments.segmentation.preparation import FeaturesError, Preparation, read_sample
from card_segments.segmentation.rules import describe_segments
from card_segments.segmentation.specification import Specification

# Below this many customers in all, starting processes takes longer than they save.
FEWEST_CUSTOMERS_FOR_PROCESSES = 1_000

# In a process of its own: the way back to the one that has the log.
_to_caller: Connection | None = None


def fit_all(
    tasks: Sequence[tuple[pd.DataFrame, Specification]],
    labels_of: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> list[pd.DataFrame | FeaturesError]:
    """Fit several segmentations and draw and describe what was found, on all cores.

    Fits in one process take turns, because the number of threads of the linear algebra library is
    set for the whole process; so each gets a process of its own. The results are those of `fit`.

    Parameters
    ----------
    tasks : sequence of (DataFrame, Specification)
        As `fit` takes them.
    labels_of : mapping of str to str, optional
        What rules call a column, as `describe_segments` takes it.
    progress : callable, optional
        Called in this process with short sentences, also with those of the others.

    Returns
    -------
    list of DataFrame or FeaturesError
        The result of each task as one long table, or what is wrong with its frame. Besides the
        records of `FitResult.to_frame` it has those of `picture`.
    """
    cores = os.cpu_count() or 1
    customers = sum(len(frame) for frame, _ in tasks)
    if cores == 1 or len(tasks) < 2 or customers < FEWEST_CUSTOMERS_FOR_PROCESSES:
        return [_fit_one(frame, one, labels_of, cores, progress) for frame, one in tasks]
    # The longest first, so that no core waits at the end for one that began late.
    order = sorted(range(len(tasks)), key=lambda position: -len(tasks[position][0]))
    threads = max(cores // len(tasks), 1)
    with _heard(progress) as to_caller:
        try:
            found = Parallel(
                n_jobs=min(cores, len(tasks)),
                backend="loky",
                batch_size=1,
                initializer=_remember,
                initargs=(to_caller,),
            )(delayed(_fit_one)(*tasks[position], labels_of, threads, _tell) for position in order)
        finally:
            # Nothing is left running in a process that also holds a database.
            get_reusable_executor().shutdown(wait=True)
    by_position = dict(zip(order, found, strict=True))
    return [by_position[position] for position in range(len(tasks))]


def picture(
    frame: pd.DataFrame, result: FitResult, labels_of: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Draw the customers of a fit on maps, and say in words who is in each segment.

    Parameters
    ----------
    frame : DataFrame
        The one that was fitted.
    result : FitResult
    labels_of : mapping of str to str, optional

    Returns
    -------
    DataFrame
        One row per place on a map (record `place`: `customer_id`, `method`, `x`, `y`) and per
        segment (record `rule`: `segment_number`, `rule`, `fidelity`); none where no candidate was
        chosen.
    """
    columns = ["record", "customer_id", "method", "x", "y", "segment_number", "rule", "fidelity"]
    if result.labels is None:
        return pd.DataFrame(columns=columns)
    sample = read_sample(frame, result.specification)
    # by name, so that nothing depends on the order in which a specification lists its features
    features = sorted(result.preparation.features, key=lambda feature: feature.name)
    names = [feature.name for feature in features]
    raw = pd.DataFrame(sample.matrix, columns=[one.name for one in result.preparation.features])
    raw, preparation = raw[names], Preparation(tuple(features))
    rules = describe_segments(raw, result.labels, labels_of=labels_of)
    frames = [rules.assign(record="rule")]
    standardised = preparation.standardised(raw.to_numpy())
    weighted = (standardised * np.sqrt(preparation.weights))[:, preparation.kept]
    for method in METHODS if len(weighted) >= FEWEST_ROWS_FOR_TSNE else ():
        found = embed(weighted, result.labels, method=method)
        places = {"customer_id": sample.keys[found.rows], "x": found.x, "y": found.y}
        frames.append(pd.DataFrame(places).assign(record="place", method=method))
    return pd.concat(frames)[columns]


def _fit_one(
    frame: pd.DataFrame,
    specification: Specification,
    labels_of: Mapping[str, str] | None,
    n_jobs: int,
    progress: Progress | None,
) -> pd.DataFrame | FeaturesError:
    try:
        result = fit(frame, specification, n_jobs=n_jobs, progress=progress)
    except FeaturesError as error:
        return error
    return pd.concat([result.to_frame(), picture(frame, result, labels_of)], ignore_index=True)


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
