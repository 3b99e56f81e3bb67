import pandas as pd

from card_segments.segmentation.identity import align, assign_keys

TYPES = {
    "segmentation": "string",
    "segment_number": "Int64",
    "segment_key": "string",
    "key_status": "string",
    "match_jaccard": "float64",
}


def key_numbers(keys):
    """The number at the end of a segment key such as card_usage_3."""
    return keys.str.rsplit("_", n=1).str[-1].astype(int)


def keys_of(name, pairs, registry):
    """Keys of a segmentation that was fitted: the old ones where segments match, new ones above."""
    known = pairs.dropna(subset=["last_segment_key"])
    highest = int(registry["key_number"].max()) if len(registry) else 0
    if known.empty:
        numbers = sorted(pairs["segment_number"].unique())
        frame = pd.DataFrame(
            {"segment_number": numbers, "key_number": [highest + one for one in numbers]}
        )
        return frame.assign(status="emerging" if highest else "first", jaccard=float("nan"))
    old_numbers = key_numbers(known["last_segment_key"])
    alignment = align(known["segment_number"].to_numpy(), old_numbers.to_numpy())
    old_keys = {number: number for number in sorted(old_numbers.unique())}
    return assign_keys(alignment, old_keys, max(highest, *old_keys)).keys


def model(dbt, session):
    """Give every published segment its key; one row per segmentation and segment."""
    dbt.config(materialized="table")
    pairs = dbt.ref("int_segment_labels_compared").df().sort_values(["segmentation", "customer_id"])
    registry = dbt.ref("int_prior_publication__registry").df()
    decisions = dbt.ref("int_segmentation_decisions").df()
    last_parameters = dbt.ref("int_prior_publication__parameters").df()

    frames = [pd.DataFrame(columns=list(TYPES))]
    for name, own_pairs in pairs.groupby("segmentation", sort=True):
        keys = keys_of(name, own_pairs, registry[registry["segmentation"] == name])
        keys = keys.rename(columns={"status": "key_status", "jaccard": "match_jaccard"})
        keys["segment_key"] = name + "_" + keys["key_number"].astype(str)
        frames.append(keys.assign(segmentation=name)[list(TYPES)])

    kept = set(decisions.loc[~decisions["is_fitted"].astype(bool), "segmentation"])
    living_on = last_parameters[last_parameters["segmentation"].isin(kept)]
    living_on = living_on.dropna(subset=["segment_key"])
    living_on = living_on[["segmentation", "segment_number", "segment_key"]].drop_duplicates()
    frames.append(living_on.assign(key_status="kept", match_jaccard=float("nan"))[list(TYPES)])
    return pd.concat(frames).astype(TYPES).sort_values(["segmentation", "segment_number"])
