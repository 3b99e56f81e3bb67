import json
from datetime import UTC, datetime
from functools import partial

import pandas as pd
from dbt.flags import get_flags

from card_segments.segmentation import FeaturesError, Specification, SpecificationError
from card_segments.segmentation.batch import fit_all

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


def report(log_format, sentence):
    """Show that a long step goes on, from processes that dbt's log does not reach."""
    line = f"          {sentence}"
    if log_format == "json":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        line = json.dumps({"info": {"level": "info", "msg": sentence, "name": "Fit", "ts": now}})
    print(line, flush=True)


def failure(segmentation, sentence):
    """Rows that say why a segmentation could not be fitted at all."""
    rows = [
        {"record": "outcome", "measure": "status", "text": "failed"},
        {"record": "outcome", "measure": "reason", "text": sentence},
    ]
    return pd.DataFrame([{"segmentation": segmentation, **row} for row in rows])


def model(dbt, session):
    """Fit the segmentations that need it; one row per measure, parameter or label."""
    dbt.config(materialized="table")
    specifications = dbt.ref("int_segmentation_specifications").df().set_index("segmentation")
    decisions = dbt.ref("int_segmentation_decisions").df()
    samples = dbt.ref("int_segmentation_samples").df()

    # The post-hook of this model ends the build with a failure's sentence, not with a stack trace.
    frames, tasks = [pd.DataFrame(columns=list(TYPES))], []
    for name in sorted(decisions.loc[decisions["is_fitted"], "segmentation"]):
        settings = json.loads(specifications.loc[name, "specification_json"])
        try:
            specification = Specification.from_mapping(name, {"key": "customer_id", **settings})
        except SpecificationError as error:
            frames.append(failure(name, str(error)))
            continue
        frame = samples[samples["segmentation"] == name].pivot(
            index="customer_id", columns="feature", values="feature_value"
        )
        tasks.append((frame.reset_index(), specification))
    # What is printed goes round dbt's log, so its options have to be asked for.
    flags = get_flags()
    progress = None if getattr(flags, "QUIET", False) else partial(report, flags.LOG_FORMAT)
    results = fit_all(tasks, progress=progress)
    for (_, specification), result in zip(tasks, results, strict=True):
        is_failure = isinstance(result, FeaturesError)
        frames.append(failure(specification.name, str(result)) if is_failure else result)
    return pd.concat(frames).astype(TYPES)
