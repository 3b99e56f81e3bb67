"""The faults that `make mutants` plants can still be planted."""

from collections import Counter

import pytest
from workspaces import PROJECT

from tools.plant_faults import read_mutants

MUTANTS = read_mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file}: {mutant.fault}")
def test_a_mutant_replaces_one_text_of_its_file(mutant):
    text = (PROJECT / mutant.file).read_text()
    assert text.count(mutant.text) == 1
    assert mutant.mutant != mutant.text
    for judge in mutant.judges.replace("test_type:unit", "").split():
        path, _, test = judge.partition("::")
        assert (PROJECT / path).exists()
        assert not test or f"def {test}(" in (PROJECT / path).read_text()


def test_thirty_mutants_are_spread_over_the_project():
    assert len(MUTANTS) == 30
    assert max(Counter(mutant.file for mutant in MUTANTS).values()) == 1
