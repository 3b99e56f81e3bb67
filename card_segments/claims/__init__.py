"""Tests of claims on counted outcomes: statistic, p-value, effect and its interval.

The package knows no dbt and no SQL: it takes outcomes with the number of customers who have each.
"""

from card_segments.claims.comparison import test_claim, test_claims
from card_segments.claims.statistics import ClaimTest

__all__ = ["ClaimTest", "test_claim", "test_claims"]
