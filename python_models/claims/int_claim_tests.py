from dataclasses import asdict

import pandas as pd

from card_segments.claims import test_claims
from card_segments.frames import read

TYPES = {
    "claim_key": "string",
    "compared_with": "string",
    "statistic": "float64",
    "p_value": "float64",
    "effect_size": "float64",
    "effect_lower": "float64",
    "effect_upper": "float64",
}


def model(dbt, session):
    """Test every claim that has observations; one row per claim."""
    dbt.config(materialized="table")
    claims = read(dbt.ref("claims")).sort_values("claim_key")
    observations = dict(list(read(dbt.ref("int_claim_observations")).groupby("claim_key")))
    level = float(dbt.config.meta_get("significance_level"))

    tests = test_claims(claims, observations, level)
    rows = [{"claim_key": key} | asdict(test) for key, test in tests.items()]
    return pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)
