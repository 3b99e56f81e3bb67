import json
from dataclasses import replace

import pandas as pd
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note

from card_segments.frames import read
from card_segments.segmentation import FeaturesError, Specification, SpecificationError
from card_segments.segmentation.batch import fit_all
from card_segments.segmentation.identity import key_segments

TYPES = {
    "segmentation": "string",
    "record": "string",
    "algorithm": "string",
    "n_segments": "Int32",
    "segment_number": "Int32",
    "segment_key": "string",
    "key_status": "string",
    "match_jaccard": "float64",
    "jaccard": "float64",
    "rule": "string",
    "rule_fidelity": "float64",
    "customer_id": "string",
    "method": "string",
    "x": "float64",
    "y": "float64",
    "feature": "string",
    "parameter": "string",
    "parameter_value": "float64",
    "parameter_text": "string",
    "status": "string",
    "verdict": "string",
    "reason": "string",
    "sample_fingerprint": "string",
    "customers": "Int64",
    "silhouette": "float64",
    "silhouette_macro": "float64",
    "calinski_harabasz": "float64",
    "davies_bouldin": "float64",
    "inertia": "float64",
    "smallest_share": "float64",
    "largest_share": "float64",
    "noise_share": "float64",
    "min_jaccard": "float64",
    "prediction_strength": "float64",
    "seed_agreement": "float64",
    "agreement_with_choice": "float64",
    "separation_z": "float64",
    "null_silhouette_mean": "float64",
    "null_silhouette_standard_deviation": "float64",
    "is_eligible": "boolean",
    "is_chosen": "boolean",
}
PLACE = ["record", "algorithm", "n_segments", "segment_number"]


def report(sentence):
    """Say in dbt's log that a long step goes on."""
    fire_event(Note(msg=sentence))


def failure(segmentation, sentence):
    """A row that says why a segmentation could not be fitted at all."""
    row = {"segmentation": segmentation, "record": "outcome"}
    return pd.DataFrame([{**row, "status": "failed", "reason": sentence}])


def keys_of_sample(last_members, samples, name):
    """The segment that each sampled customer was last published in: nobody else's is compared."""
    sampled = samples.filter(f"segmentation = '{name}'").select("customer_id").distinct()
    members = last_members.filter(f"segmentation = '{name}'").select("customer_id", "segment_key")
    return read(members.join(sampled, "customer_id", how="semi"))


def records(result):
    """One row per outcome, candidate and segment, its measures as columns; the rest as it is."""
    result = result.rename(columns={"segments": "n_segments", "fidelity": "rule_fidelity"})
    is_measured = result["record"].isin(["outcome", "candidate", "candidate_segment"])
    rows = []
    for place, measures in result[is_measured].groupby(PLACE, dropna=False):
        texts = measures["text"].astype(object)
        readings = texts.where(texts.notna(), measures["value"])
        names = [*PLACE, *measures["measure"]]
        rows.append(dict(zip(names, [*place, *readings], strict=True)))
    parameters = result[result["record"].isin(["preparation", "centroid"])].rename(
        columns={"measure": "parameter", "value": "parameter_value", "text": "parameter_text"}
    )
    labels = result.loc[result["record"] == "label", [*PLACE, "customer_id"]]
    places = result.loc[result["record"] == "place", ["record", "customer_id", "method", "x", "y"]]
    rules = result.loc[result["record"] == "rule", [*PLACE, "rule", "rule_fidelity"]]
    frame = pd.concat(
        [pd.DataFrame(rows), parameters.assign(record="parameter"), labels, places, rules]
    )
    return frame.astype({"n_segments": "Int64", "segment_number": "Int64"})


def with_keys(rows, name, last_members, last_registry):
    """Keep the segments of the choice alone, each with its rule and the key it goes by."""
    chosen = rows.loc[rows["is_chosen"] == 1, ["algorithm", "n_segments"]]
    segments = rows[rows["record"] == "candidate_segment"].merge(chosen)
    rules = rows.loc[rows["record"] == "rule", ["segment_number", "rule", "rule_fidelity"]]
    rows = rows[~rows["record"].isin(["candidate_segment", "rule"])]
    if segments.empty:
        return rows
    labels = rows.loc[rows["record"] == "label", ["customer_id", "segment_number"]]
    keys = key_segments(
        labels.set_index("customer_id")["segment_number"],
        last_members.set_index("customer_id")["segment_key"],
        highest_number_ever=int(last_registry["key_number"].max()) if len(last_registry) else 0,
    )
    keys["segment_key"] = name + "_" + keys["key_number"].astype("string")
    segments = segments.drop(columns=["rule", "rule_fidelity"]).merge(rules, on="segment_number")
    segments = segments.assign(record="segment").merge(keys, on="segment_number")
    return pd.concat([rows.merge(keys[["segment_number", "segment_key"]], how="left"), segments])


def model(dbt, session):
    """Fit what needs it; one row per outcome, candidate, segment, parameter, label and place."""
    dbt.config(materialized="table")
    specifications = read(dbt.ref("int_segmentation_specifications")).set_index("segmentation")
    decisions = read(dbt.ref("int_segmentation_decisions"))
    samples = dbt.ref("int_segmentation_samples")
    last_members = dbt.ref("int_prior_publication__members")
    last_registry = read(dbt.ref("int_prior_publication__registry"))
    metrics = read(dbt.ref("segment_metrics"))
    labels_of = dict(zip(metrics["metric"], metrics["label"], strict=True))

    # The post-hook of this model ends the build with a failure's sentence, not with a stack trace.
    frames, tasks = [pd.DataFrame(columns=list(TYPES))], []
    for name in sorted(decisions.loc[decisions["is_fitted"], "segmentation"]):
        settings = json.loads(specifications.loc[name, "specification_json"])
        try:
            specification = Specification.from_mapping(name, {"key": "customer_id", **settings})
        except SpecificationError as error:
            frames.append(failure(name, str(error)))
            continue
        frame = read(samples.filter(f"segmentation = '{name}'")).pivot(
            index="customer_id", columns="feature", values="feature_value"
        )
        # a segment of fewer people than a figure may rest on could not be shown
        smallest = specifications.loc[name, "smallest_customers"] / max(len(frame), 1)
        thresholds = replace(
            specification.thresholds,
            smallest_share=max(specification.thresholds.smallest_share, float(smallest)),
        )
        tasks.append((frame.reset_index(), replace(specification, thresholds=thresholds)))
    results = fit_all(tasks, labels_of, report)
    for (_, specification), result in zip(tasks, results, strict=True):
        name = specification.name
        if isinstance(result, FeaturesError):
            frames.append(failure(name, str(result)))
            continue
        rows = with_keys(
            records(result),
            name,
            keys_of_sample(last_members, samples, name),
            last_registry[last_registry["segmentation"] == name],
        )
        frames.append(rows.assign(segmentation=name))
    return pd.concat(frames)[list(TYPES)].astype(TYPES)
