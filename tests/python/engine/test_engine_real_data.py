"""The published figures on the real public files; skipped where they are missing."""

import pandas as pd
import pytest

from card_segments.segmentation import Specification, fit

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

LOGARITHMIC = [
    "ONEOFF_PURCHASES",
    "INSTALLMENTS_PURCHASES",
    "CASH_ADVANCE",
    "BALANCE",
    "CREDIT_LIMIT",
    "PAYMENTS",
]


def test_relationship_has_three_segments(real_data):
    frame = pd.read_csv(real_data / "alllife" / "Credit Card Customer Data.csv")
    specification = Specification.from_mapping(
        "relationship", {"key": "Sl_No", "features": frame.columns[2:].tolist()}
    )
    result = fit(frame, specification, n_jobs=2)

    assert result.chosen.segments == 3
    measures = result.chosen.measures
    assert sorted(measures.sizes) == [50, 224, 386]
    assert measures.silhouette == pytest.approx(0.5157, abs=5e-5)
    assert measures.min_jaccard > 0.99
    assert measures.prediction_strength > 0.99
    parted = [one.candidate.measures.separation.z for one in result.judgements]
    assert parted[0] > 6
    assert parted[1] > 3
    assert max(parted[2:]) < 3


def test_card_usage_has_four_segments(real_data):
    frame = pd.read_csv(real_data / "card_usage" / "CC GENERAL.csv")
    features = [{"name": name, "transform": "log1p"} for name in LOGARITHMIC]
    specification = Specification.from_mapping(
        "card_usage", {"key": "CUST_ID", "features": [*features, "PRC_FULL_PAYMENT"]}
    )
    result = fit(frame, specification, n_jobs=2)

    assert result.chosen.segments == 4
    measures = result.chosen.measures
    assert measures.min_jaccard == pytest.approx(0.98, abs=0.03)
    assert measures.prediction_strength == pytest.approx(0.92, abs=0.03)
    assert 9 < measures.separation.z < 20
    assert [one.is_eligible for one in result.judgements] == [True, True, False, False]
    assert [one.verdict for one in result.judgements[2:]] == ["unstable", "unstable"]
