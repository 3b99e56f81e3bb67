"""The comparison itself: it passes what may differ, and notices what may not."""

import pandas as pd
import pytest
from comparison import compare

EXPECTED = pd.DataFrame(
    {
        "city": ["Chennai", "Delhi", "Mumbai", "Pune"],
        "spend": [1000.0, 2000.0, 3000.0, None],
        "people": [40, 30, 3, 20],
    }
)
NOBODY_SMALL = EXPECTED.assign(people=40)
PUBLISHED = pd.DataFrame(
    {
        "city": ["Chennai", "Delhi", "Mumbai", "Pune"],
        "spend": [1000.0, None, None, None],
        "is_suppressed": [False, True, True, False],
    }
)


def changed(**cells):
    """The published table with other cells: the name of a column and its values."""
    return PUBLISHED.assign(**cells)


@pytest.mark.parametrize(
    "published",
    [
        PUBLISHED,
        changed(spend=[1000.0000001, 2000, 3000, None]),
        PUBLISHED[PUBLISHED["city"] != "Mumbai"],
        # Delhi went with Mumbai, so that the rest does not give Mumbai away
        changed(city=["Chennai", "All other", "Mumbai", "Pune"]).drop(index=2),
    ],
)
def test_what_may_differ_passes(published):
    compare(published, EXPECTED, ["city"])


@pytest.mark.parametrize(
    ("published", "expected", "fault"),
    [
        (changed(spend=[1000.00001, None, None, None]), EXPECTED, "spend differs in 1 of 4 rows"),
        (changed(spend=[None, 2000.1, None, None]), EXPECTED, "spend differs in 1 of 4 rows"),
        (changed(spend=[1000, None, None, 4000]), EXPECTED, "spend differs in 1 of 4 rows"),
        (PUBLISHED, NOBODY_SMALL, "spend differs in 2 of 4 rows"),
        (changed(city=["Chennai", "Delhi", "Mumbai", "Surat"]), EXPECTED, "rows too many"),
        (PUBLISHED.drop(index=1), EXPECTED, "rows missing"),
        (pd.concat([PUBLISHED, PUBLISHED]), EXPECTED, "a row stands twice"),
        (changed(income=1), EXPECTED, "columns that nothing is compared with"),
        (PUBLISHED.drop(columns="spend"), EXPECTED, "columns that are not there"),
    ],
)
def test_what_may_not_differ_is_noticed(published, expected, fault):
    with pytest.raises(AssertionError, match=fault):
        compare(published, expected, ["city"])
