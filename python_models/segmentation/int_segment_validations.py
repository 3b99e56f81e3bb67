import json

import numpy as np
import pandas as pd

from card_segments.frames import read
from card_segments.segmentation import Specification
from card_segments.segmentation.clustering import k_means
from card_segments.segmentation.preparation import fit_preparation, read_sample
from card_segments.segmentation.randomness import seed_for
from card_segments.segmentation.validation import decile_labels, out_of_time

SEGMENTATION = "spending"
TYPES = {
    "outcome": "string",
    "scheme": "string",
    "customers": "Int64",
    "groups": "float64",
    "eta_squared": "float64",
    "omega_squared": "float64",
}


def early_segments(frame, specification, segments):
    """Fit the chosen number of segments on the earlier months alone."""
    sample = read_sample(frame, specification)
    preparation = fit_preparation(sample, specification)
    weighted = preparation.standardised(sample.matrix) * np.sqrt(preparation.weights)
    seed = seed_for(specification.seed, "out of time")
    _, labels = k_means(weighted[:, preparation.kept], segments, seed)
    return sample, labels + 1


def model(dbt, session):
    """Measure how much of later behaviour earlier segments explain; one row per figure."""
    dbt.config(materialized="table")
    outcomes_to_explain = dbt.config.meta_get("outcomes")
    halves = read(dbt.ref("int_spending__half_features")).set_index("is_early")
    outcomes = read(dbt.ref("int_segmentation_outcomes"))
    specifications = read(dbt.ref("int_segmentation_specifications"))

    empty = pd.DataFrame(columns=list(TYPES)).astype(TYPES)
    published = outcomes[
        (outcomes["segmentation"] == SEGMENTATION) & (outcomes["status"] == "published")
    ]
    if published.empty or halves.empty:
        return empty
    text = specifications.set_index("segmentation").loc[SEGMENTATION, "specification_json"]
    specification = Specification.from_mapping(
        SEGMENTATION, {"key": "customer_id", **json.loads(text)}
    )
    sample, labels = early_segments(
        halves.loc[True], specification, int(published["n_segments"].iloc[0])
    )
    later = halves.loc[False].set_index("customer_id").loc[sample.keys]
    later = later[outcomes_to_explain].astype("float64")
    baseline = decile_labels(sample.value)
    rows = out_of_time(labels, baseline, later, seed=specification.seed)
    return rows[list(TYPES)].astype(TYPES)
