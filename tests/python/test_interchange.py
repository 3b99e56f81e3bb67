"""The metrics as an open semantic interchange document.

The specification's JSON Schema comes in no package, so the document is validated by what MetricFlow
has of it, models of each part and a reader, and by a small check of what these leave open.
"""

import json

import pytest
from metricflow.converters.models import OSIDocument
from metricflow.converters.osi_to_msi import OSIToMSIConverter
from metrics import read_manifest
from workspaces import Workspace

from card_segments.cli.interchange import main

# The names that the specification has for each part and that are written here; others it forbids.
ALLOWED = {
    "document": {"version", "dialects", "semantic_model"},
    "model": {"name", "datasets", "relationships", "metrics"},
    "dataset": {"name", "source", "primary_key", "unique_keys", "description", "fields"},
    "field": {"name", "expression", "dimension", "datatype", "label", "description"},
    "relationship": {"name", "from", "to", "from_columns", "to_columns"},
    "metric": {"name", "expression", "datatype", "description"},
}


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A folder with the semantic manifest of the project; nothing is built."""
    workspace = Workspace(tmp_path_factory.mktemp("interchange"))
    run = workspace.dbt("parse")
    assert run.succeeded, run.output
    return workspace.folder / "target"


@pytest.fixture(scope="module")
def text(target):
    """The document as it is written."""
    output = target / "metrics.osi.json"
    manifest = target / "semantic_manifest.json"
    assert main(["--manifest", str(manifest), "--output", str(output)]) == 0
    return output.read_text(encoding="utf-8")


def test_the_document_is_of_the_specification(text):
    assert OSIDocument.parse_raw(text).version == "0.1.1"
    document = json.loads(text)
    assert document.keys() <= ALLOWED["document"]
    (model,) = document["semantic_model"]
    assert model.keys() <= ALLOWED["model"]
    datasets = {dataset["name"]: dataset for dataset in model["datasets"]}
    assert len(datasets) == len(model["datasets"]) > 0
    for dataset in datasets.values():
        assert dataset.keys() <= ALLOWED["dataset"]
        assert all(field.keys() <= ALLOWED["field"] for field in dataset["fields"])
        names = [field["name"] for field in dataset["fields"]]
        assert len(set(names)) == len(names)
        database, schema, table = dataset["source"].split(".")
        assert database and schema and table.isidentifier()
    for relationship in model["relationships"]:
        assert relationship.keys() <= ALLOWED["relationship"]
        # from many to one
        one = datasets[relationship["to"]]
        assert relationship["from"] in datasets
        assert relationship["to_columns"] in [one.get("primary_key"), *one.get("unique_keys", [])]
    for metric in model["metrics"]:
        assert metric.keys() <= ALLOWED["metric"]
        assert metric["description"]


def test_every_metric_is_there_and_is_read_again(text, target):
    expected = {metric.name: metric.description for metric in read_manifest(target).metrics}
    (model,) = json.loads(text)["semantic_model"]
    assert {metric["name"]: metric["description"] for metric in model["metrics"]} == expected
    read = OSIToMSIConverter().convert(OSIDocument.parse_raw(text)).output
    assert {metric.name for metric in read.metrics} >= expected.keys()
    assert {one.name for one in read.semantic_models} == {
        dataset["name"] for dataset in model["datasets"]
    }


def test_without_a_build_it_says_what_to_do(tmp_path, capsys):
    assert main(["--manifest", str(tmp_path / "gone.json")]) == 1
    assert "is not there: run make build" in capsys.readouterr().err
