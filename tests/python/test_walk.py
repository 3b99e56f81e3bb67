"""The page docs/walk.md: its figures are those of the build, and three files lead to each."""

import re

from workspaces import PROJECT, open_to_read

from tools import write_tours

PAGE = write_tours.WALK.read_text(encoding="utf-8")


def test_results_are_those_of_the_build(sample_build):
    with open_to_read(sample_build.warehouse) as connection:
        assert write_tours.written(write_tours.WALK, connection) == PAGE, "run make tours"


def test_at_most_three_files_lead_to_each_of_five_figures():
    assert len(re.findall(r"^## \d\. ", PAGE, re.MULTILINE)) == 5
    paths = re.findall(r"\*\*The files.*?(?=\n\n)", PAGE, re.DOTALL)
    assert len(paths) == 6
    for path in paths:
        links = re.findall(r"\[(\w+)(?:\.py)?\]\(\.\./([^)]+)\)", path)
        assert 2 <= len(links) <= 3, path
        for name, target in links:
            assert (PROJECT / target).is_file(), target
            assert (PROJECT / target).stem == name
