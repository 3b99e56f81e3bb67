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
    labels = dbt.ref("int_segmentation_sample_labels").df()
    samples = dbt.ref("int_segmentation_samples").df()
    parameters = dbt.ref("int_segment_parameters").df()
    metrics = dbt.ref("segment_metrics").df()
    labels_of = dict(zip(metrics["metric"], metrics["label"], strict=True))

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, members in labels.groupby("segmentation", sort=True):
        members = members.sort_values("customer_id")
        used = parameters[parameters["segmentation"] == name]["feature"].unique()
        features = (
            samples[(samples["segmentation"] == name) & samples["feature"].isin(used)]
            .pivot(index="customer_id", columns="feature", values="feature_value")
            .loc[members["customer_id"]]
        )
        rules = describe_segments(
            features.astype("float64"), members["segment_number"].to_numpy(), labels_of=labels_of
        )
        keys = members[["segment_number", "segment_key"]].drop_duplicates()
        rules = rules.merge(keys, on="segment_number").assign(segmentation=name)
        rules = rules.rename(columns={"fidelity": "rule_fidelity", "coverage": "rule_coverage"})
        frames.append(rules[list(TYPES)])
    return pd.concat(frames).astype(TYPES).sort_values("segment_key")
