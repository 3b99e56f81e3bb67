"""Planted groups are found and structureless data refused, over many seeds.

By default over two seeds each; `STUDY_SEEDS=20` runs all twenty, in about ten minutes.
"""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from card_segments.segmentation import Specification, fit

pytestmark = pytest.mark.slow

SEEDS = int(os.environ.get("STUDY_SEEDS", "2"))
SHARES = [0.4, 0.3, 0.2, 0.1]
CARD_USAGE = [
    "ONEOFF_PURCHASES",
    "INSTALLMENTS_PURCHASES",
    "CASH_ADVANCE",
    "BALANCE",
    "CREDIT_LIMIT",
    "PAYMENTS",
    "PRC_FULL_PAYMENT",
]


def fitted(values, transform="identity"):
    """Fit a matrix with the thresholds and the range of the design."""
    names = [f"feature_{number}" for number in range(values.shape[1])]
    settings = {
        "key": "customer",
        "features": [{"name": name, "transform": transform} for name in names],
        "resamples": 20,
        "algorithms": ["k_means"],
    }
    frame = pd.DataFrame(values, columns=names).assign(customer=range(len(values)))
    return fit(frame, Specification.from_mapping("studied", settings), n_jobs=2)


def correlated(generator):
    """One cloud: six Gaussians with correlations of up to about 0.8."""
    mixing = generator.normal(size=(6, 6)) + 1.0
    return generator.normal(size=(500, 6)) @ mixing


def uniform(generator):
    """A block without any gap."""
    return generator.random((500, 3))


def half_zeros(generator):
    """Amounts that about half of the customers do not have, with a common cause."""
    common = generator.normal(size=(500, 1))
    latent = 0.6 * common + 0.8 * generator.normal(size=(500, 5))
    return np.where(latent > 0.0, np.exp(6.0 * latent), 0.0)


def planted(generator):
    """Four groups in five columns, 5.2 standard deviations apart, so that their edges overlap.

    Who knew the true centres would reach an adjusted Rand index of 0.94 to 0.99. At 4.8 it is down
    to 0.91, and one seed of twenty (13) gives three segments, because four miss the threshold of
    the prediction strength: that is where overlap stops being moderate.
    """
    truth = generator.choice(4, size=600, p=SHARES)
    centres = np.eye(4, 5) * 5.2 / np.sqrt(2.0)
    return centres[truth] + generator.normal(size=(600, 5)), truth


def refused_in_words(results):
    """Count the results that are not published, and check what each of them says."""
    refused = [result for result in results if result.status == "no_eligible_candidate"]
    for result in refused:
        assert result.reason.startswith("studied: none of 4 candidates is eligible; the best, ")
        for judgement in result.judgements:
            assert judgement.reason.startswith("not eligible: ")
            assert " is below " in judgement.reason or " is above " in judgement.reason
    return len(refused)


@pytest.mark.parametrize(
    ("draw", "transform"),
    [(correlated, "identity"), (uniform, "identity"), (half_zeros, "log1p")],
    ids=["correlated", "uniform", "half_zeros"],
)
def test_data_without_structure_are_not_published(draw, transform):
    results = [fitted(draw(np.random.default_rng(seed)), transform) for seed in range(SEEDS)]
    # One of twenty may pass.
    assert refused_in_words(results) >= SEEDS - SEEDS // 20


@pytest.mark.real_data
def test_real_columns_permuted_apart_are_not_published(real_data):
    frame = pd.read_csv(real_data / "card_usage" / "CC GENERAL.csv")[CARD_USAGE].dropna()
    results = []
    for seed in range(SEEDS):
        generator = np.random.default_rng(seed)
        columns = [generator.permutation(frame[name])[:1_000] for name in CARD_USAGE]
        results.append(fitted(np.column_stack(columns), "log1p"))
    assert refused_in_words(results) >= SEEDS - SEEDS // 20


def test_planted_groups_that_overlap_are_recovered():
    for seed in range(SEEDS):
        values, truth = planted(np.random.default_rng(seed))
        result = fitted(values)
        assert result.chosen is not None, result.reason
        assert (result.chosen.segments, result.verdict) == (4, "natural"), seed
        # Customers are sorted by key as text: 0, 1, 10, 100, 101, ...
        ordered = truth[result.keys.astype(int)]
        assert adjusted_rand_score(ordered, result.labels) >= 0.9, seed
