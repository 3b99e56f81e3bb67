import pandas as pd

from card_segments.segmentation.rules import describe_segments

TYPES = {
    "segmentation": "string",
    "segment_key": "string",
    "rule": "string",
    "rule_fidelity": "float64",
    "rule_coverage": "float64",
}


def model(dbt, session):
    """Say in words what each segment is, where a short rule is true enough; one row per segment."""
    dbt.config(materialized="table")
    scores = dbt.ref("int_segment_scores").project(
        "segmentation, customer_id, segment_number, segment_key"
    )
    samples = dbt.ref("int_segmentation_samples").join(scores, "segmentation, customer_id").df()
    parameters = dbt.ref("int_segment_parameters").df()
    metrics = dbt.ref("segment_metrics").df()
    labels_of = dict(zip(metrics["metric"], metrics["label"], strict=True))

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, sample in samples.groupby("segmentation", sort=True):
        used = parameters[parameters["segmentation"] == name]["feature"].unique()
        features = sample[sample["feature"].isin(used)].pivot(
            index=["customer_id", "segment_number"], columns="feature", values="feature_value"
        )
        numbers = features.index.get_level_values("segment_number").to_numpy()
        features = features.droplevel("segment_number").astype("float64")
        rules = describe_segments(features, numbers, labels_of=labels_of)
        keys = sample[["segment_number", "segment_key"]].drop_duplicates()
        rules = rules.merge(keys, on="segment_number").assign(segmentation=name)
        rules = rules.rename(columns={"fidelity": "rule_fidelity", "coverage": "rule_coverage"})
        frames.append(rules[list(TYPES)])
    return pd.concat(frames).astype(TYPES).sort_values("segment_key")
