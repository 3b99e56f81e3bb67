import numpy as np
import pandas as pd

from card_segments.segmentation.embedding import embed
from card_segments.segmentation.parameters import read_parameters

TYPES = {
    "segmentation": "string",
    "customer_id": "string",
    "segment_key": "string",
    "method": "string",
    "x": "float64",
    "y": "float64",
}


def model(dbt, session):
    """Lay sampled customers out in two dimensions; one row per customer and method."""
    dbt.config(materialized="table")
    labels = dbt.ref("int_segmentation_sample_labels").df()
    samples = dbt.ref("int_segmentation_samples").df()
    parameters = dbt.ref("int_segment_parameters").df()

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, members in labels.groupby("segmentation", sort=True):
        members = members.sort_values("customer_id").reset_index(drop=True)
        preparation, _ = read_parameters(parameters[parameters["segmentation"] == name])
        features = (
            samples[samples["segmentation"] == name]
            .pivot(index="customer_id", columns="feature", values="feature_value")
            .loc[members["customer_id"], [one.name for one in preparation.features]]
        )
        standardised = preparation.standardised(features.to_numpy(dtype=float, na_value=np.nan))
        weighted = (standardised * np.sqrt(preparation.weights))[:, preparation.kept]
        for method in ("pca", "tsne"):
            if len(members) < 4:
                continue
            embedding = embed(weighted, members["segment_number"].to_numpy(), method=method)
            placed = members.loc[embedding.rows, ["segmentation", "customer_id", "segment_key"]]
            frames.append(placed.assign(method=method, x=embedding.x, y=embedding.y)[list(TYPES)])
    frame = pd.concat(frames).astype(TYPES)
    return frame.sort_values(["segmentation", "method", "customer_id"])
