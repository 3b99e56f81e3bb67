import json
import os

import pandas as pd

from segmentation import FeaturesError, Specification, SpecificationError, fit

TYPES = {
    "segmentation": "string",
    "record": "string",
    "algorithm": "string",
    "segments": "Int64",
    "segment_number": "Int64",
    "customer_id": "string",
    "feature": "string",
    "measure": "string",
    "value": "float64",
    "text": "string",
}


def failure(segmentation, sentence):
    """Rows that say why a segmentation could not be fitted at all."""
    rows = [
        {"record": "outcome", "measure": "status", "text": "failed"},
        {"record": "outcome", "measure": "reason", "text": sentence},
    ]
    return pd.DataFrame([{"segmentation": segmentation, **row} for row in rows])


def model(dbt, session):
    """Fit every active segmentation; one row per measure, parameter and label, in long form."""
    dbt.config(materialized="table")
    specifications = dbt.ref("int_segmentation_specifications").df().sort_values("segmentation")
    samples = dbt.ref("int_segmentation_samples").df()

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, text in zip(
        specifications["segmentation"], specifications["specification_json"], strict=True
    ):
        try:
            settings = {"key": "customer_id", **json.loads(text)}
            specification = Specification.from_mapping(name, settings)
            frame = samples[samples["segmentation"] == name].pivot(
                index="customer_id", columns="feature", values="feature_value"
            )
            result = fit(
                frame.reset_index(),
                specification,
                n_jobs=os.cpu_count() or 1,
                progress=lambda sentence: print(f"          {sentence}", flush=True),
            )
            frames.append(result.to_frame())
        except (SpecificationError, FeaturesError) as error:
            # The post-hook of this model ends the build with the sentence, not with a stack trace.
            frames.append(failure(name, str(error)))
    return pd.concat(frames).astype(TYPES)
