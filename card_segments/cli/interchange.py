"""Write the metrics as an open semantic interchange document, which other tools read."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

MANIFEST = Path("target") / "semantic_manifest.json"
DOCUMENT = Path("target") / "card_segments.osi.json"
MODEL_NAME = "card_segments"


def interchange_document(manifest: str) -> dict[str, Any]:
    """Return the document of what MetricFlow reads, in the version that its converter writes.

    Parameters
    ----------
    manifest : str
        The text of dbt's `semantic_manifest.json`.

    Returns
    -------
    dict
        The document. A metric of last known values, which may not be added up over time, is not in
        it: the format cannot say so, and its SQL would give another figure.
    """
    # installed with the packages of the tests, as MetricFlow's command line is
    from metricflow.converters.msi_to_osi import MSIToOSIConverter
    from metricflow_semantic_interfaces.implementations.semantic_manifest import (
        PydanticSemanticManifest,
    )

    read = PydanticSemanticManifest.parse_raw(manifest)
    document = json.loads(MSIToOSIConverter().convert(read, MODEL_NAME).output.to_osi_json())
    left_out = metrics_left_out(manifest)
    for model in document["semantic_model"]:
        model["metrics"] = [one for one in model["metrics"] if one["name"] not in left_out]
        for dataset in model["datasets"]:
            # database.schema.table, as the specification writes it
            dataset["source"] = dataset["source"].replace('"', "")
            for field in dataset["fields"]:
                _refer_to_field(model["metrics"], dataset["name"], field["name"], _sql(field))
        keys = {dataset["name"]: _keys(dataset) for dataset in model["datasets"]}
        # the converter joins any two datasets that know an entity; `to` has to be the one side
        model["relationships"] = [
            one for one in model["relationships"] if one["to_columns"] in keys[one["to"]]
        ]
    return document


def metrics_left_out(manifest: str) -> set[str]:
    """Return the names of the metrics that rest on last known values."""
    content = json.loads(manifest)
    last_known = {
        measure["name"]
        for model in content["semantic_models"]
        for measure in model["measures"]
        if measure["non_additive_dimension"]
    }
    return {
        metric["name"]
        for metric in content["metrics"]
        if last_known & {measure["name"] for measure in metric["type_params"]["input_measures"]}
    }


def _sql(part: dict[str, Any]) -> str:
    return part["expression"]["dialects"][0]["expression"]


def _refer_to_field(metrics: list[dict[str, Any]], dataset: str, field: str, sql: str) -> None:
    """Name a field where metrics have its column or its SQL: they may refer to fields only."""
    pattern = rf"\b{dataset}\.{sql}\b" if sql.isidentifier() else re.escape(sql)
    for metric in metrics:
        (dialect,) = metric["expression"]["dialects"]
        dialect["expression"] = re.sub(pattern, f"{dataset}.{field}", dialect["expression"])


def _keys(dataset: dict[str, Any]) -> list[list[str]]:
    return [dataset.get("primary_key"), *dataset.get("unique_keys", [])]


def main(arguments: list[str] | None = None) -> int:
    """Write the document of the metrics that were parsed last."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.interchange", description=__doc__
    )
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help=f"({MANIFEST})")
    parser.add_argument("--output", type=Path, default=DOCUMENT, help=f"({DOCUMENT})")
    options = parser.parse_args(arguments)
    if not options.manifest.is_file():
        print(f"{options.manifest} is not there: run make build, which writes it.", file=sys.stderr)
        return 1
    manifest = options.manifest.read_text(encoding="utf-8")
    document = interchange_document(manifest)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    options.output.write_text(text, encoding="utf-8")
    (model,) = document["semantic_model"]
    print(
        f"{options.output}  ({len(model['metrics'])} metrics of {len(model['datasets'])} datasets, "
        f"version {document['version']})"
    )
    if left_out := metrics_left_out(manifest):
        print(f"Left out, for they are of last known values: {', '.join(sorted(left_out))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
