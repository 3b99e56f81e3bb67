"""Write the metrics as an open semantic interchange document, which other tools read."""

from __future__ import annotations

import argparse
import json
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
        The document, which holds every metric of the manifest.
    """
    # installed with the packages of the tests, as MetricFlow's command line is
    from metricflow.converters.msi_to_osi import MSIToOSIConverter
    from metricflow_semantic_interfaces.implementations.semantic_manifest import (
        PydanticSemanticManifest,
    )

    read = PydanticSemanticManifest.parse_raw(manifest)
    document = json.loads(MSIToOSIConverter().convert(read, MODEL_NAME).output.to_osi_json())
    for model in document["semantic_model"]:
        for dataset in model["datasets"]:
            # database.schema.table, as the specification writes it
            dataset["source"] = dataset["source"].replace('"', "")
        keys = {dataset["name"]: _keys(dataset) for dataset in model["datasets"]}
        # the converter joins any two datasets that know an entity; `to` has to be the one side
        model["relationships"] = [
            one for one in model["relationships"] if one["to_columns"] in keys[one["to"]]
        ]
    return document


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
    document = interchange_document(options.manifest.read_text(encoding="utf-8"))
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    options.output.write_text(text, encoding="utf-8")
    (model,) = document["semantic_model"]
    print(
        f"{options.output}  ({len(model['metrics'])} metrics of {len(model['datasets'])} datasets, "
        f"version {document['version']})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
