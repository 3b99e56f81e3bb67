import numpy as np
import pandas as pd

from card_segments.segmentation.embedding import embed
from card_segments.segmentation.parameters import read_parameters

TYPES = {
    "segmentation": "string",
    "customer_id": "string",
    "method": "string",
    "x": "float64",
    "y": "float64",
}


def model(dbt, session):
    """Lay sampled customers out in two dimensions; one row per customer and method."""
    dbt.config(materialized="table")
    scores = dbt.ref("int_segment_scores").project("segmentation, customer_id, segment_number")
    samples = dbt.ref("int_segmentation_samples").join(scores, "segmentation, customer_id").df()
    parameters = dbt.ref("int_segment_parameters").df()

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, sample in samples.groupby("segmentation", sort=True):
        preparation, _ = read_parameters(parameters[parameters["segmentation"] == name])
        features = sample.pivot(
            index=["customer_id", "segment_number"], columns="feature", values="feature_value"
        )[[feature.name for feature in preparation.features]]
        members = features.index.to_frame(index=False)
        if len(members) < 4:
            continue
        standardised = preparation.standardised(features.to_numpy(dtype=float, na_value=np.nan))
        weighted = (standardised * np.sqrt(preparation.weights))[:, preparation.kept]
        for method in ("pca", "tsne"):
            embedding = embed(weighted, members["segment_number"].to_numpy(), method=method)
            placed = members.loc[embedding.rows, ["customer_id"]].assign(segmentation=name)
            frames.append(placed.assign(method=method, x=embedding.x, y=embedding.y)[list(TYPES)])
    frame = pd.concat(frames).astype(TYPES)
    return frame.sort_values(["segmentation", "method", "customer_id"])
