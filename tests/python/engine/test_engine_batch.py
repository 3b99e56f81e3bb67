"""Several fits side by side give what they give one after the other."""

import os

import numpy as np
import pandas as pd

from card_segments.segmentation import FeaturesError, batch, fit
from card_segments.segmentation.batch import fit_all, picture


def many_tasks(planted, specify):
    frame, _ = planted
    broken = frame.assign(first=np.inf)
    return [(frame, specify()), (broken, specify()), (frame.iloc[:-60], specify())]


def test_processes_change_nothing(planted, specify, monkeypatch):
    tasks = many_tasks(planted, specify)
    monkeypatch.setattr(batch, "FEWEST_CUSTOMERS_FOR_PROCESSES", 0)
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 2)
    side_by_side = fit_all(tasks)
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 1)
    in_turn = fit_all(tasks)
    for one, other in zip(side_by_side, in_turn, strict=True):
        if isinstance(one, FeaturesError):
            assert str(one) == str(other)
        else:
            pd.testing.assert_frame_equal(one, other, check_exact=True)
    result = fit(*tasks[2])
    drawn = picture(tasks[2][0], result)
    expected = pd.concat([result.to_frame(), drawn], ignore_index=True)
    pd.testing.assert_frame_equal(side_by_side[2], expected, check_exact=True)


def test_processes_are_heard_in_the_one_that_has_the_log(planted, specify, monkeypatch):
    monkeypatch.setattr(batch, "FEWEST_CUSTOMERS_FOR_PROCESSES", 0)
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 2)
    heard, in_turn = [], []
    fit_all(many_tasks(planted, specify), progress=lambda one: heard.append((os.getpid(), one)))
    assert {process for process, _ in heard} == {os.getpid()}
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 1)
    fit_all(many_tasks(planted, specify), progress=in_turn.append)
    assert sorted(sentence for _, sentence in heard) == sorted(in_turn)
    assert len(in_turn) > 5


def test_a_fault_in_one_frame_leaves_the_others(planted, specify):
    first, second, third = fit_all(many_tasks(planted, specify))
    assert isinstance(second, FeaturesError)
    assert "first" in str(second)
    assert len(first) > 0
    assert len(third) > 0
