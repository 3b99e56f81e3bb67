"""The metrics as an open semantic interchange document.

The specification's JSON Schema comes in no package, so the document is validated by what MetricFlow
has of it, models of each part and a reader, and by a small check of what these leave open.
"""

import json

import duckdb
import pytest
from metricflow.converters.models import OSIDocument
from metricflow.converters.osi_to_msi import OSIToMSIConverter
from metrics import Metrics, read_manifest

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


# The format cannot say that a metric is of a customer's latest month.
OF_LAST_KNOWN_VALUES = {"minimum_payers", "minimum_payment_answers", "minimum_payment_share"}


@pytest.fixture(scope="module")
def text(sample_build, tmp_path_factory):
    """The document as it is written after a build."""
    output = tmp_path_factory.mktemp("interchange") / "metrics.osi.json"
    manifest = sample_build.folder / "target" / "semantic_manifest.json"
    assert main(["--manifest", str(manifest), "--output", str(output)]) == 0
    return output.read_text(encoding="utf-8")


def sql(part):
    return part["expression"]["dialects"][0]["expression"]


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


def test_every_metric_is_there_and_is_read_again(text, sample_build):
    metrics = read_manifest(sample_build.folder / "target").metrics
    expected = {
        metric.name: metric.description
        for metric in metrics
        if metric.name not in OF_LAST_KNOWN_VALUES
    }
    assert len(expected) == len(metrics) - len(OF_LAST_KNOWN_VALUES)
    (model,) = json.loads(text)["semantic_model"]
    assert {metric["name"]: metric["description"] for metric in model["metrics"]} == expected
    read = OSIToMSIConverter().convert(OSIDocument.parse_raw(text)).output
    assert {metric.name for metric in read.metrics} >= expected.keys()
    assert {one.name for one in read.semantic_models} == {
        dataset["name"] for dataset in model["datasets"]
    }


def test_a_metric_gives_the_figure_that_metricflow_gives(text, sample_build):
    """From the fields of its dataset, as another tool would read it."""
    (model,) = json.loads(text)["semantic_model"]
    datasets = {dataset["name"]: dataset for dataset in model["datasets"]}
    asked = Metrics(sample_build)
    compared = 0
    with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
        for metric in model["metrics"]:
            own = [name for name in datasets if f"{name}." in sql(metric)]
            assert own, metric
            if len(own) > 1:
                continue
            fields = ", ".join(f"{sql(one)} as {one['name']}" for one in datasets[own[0]]["fields"])
            source = f"(select {fields} from {datasets[own[0]]['source']}) as {own[0]}"
            (figure,) = connection.sql(f"select {sql(metric)} from {source}").fetchone()
            expected = asked.query([metric["name"]], [])[metric["name"]].item()
            assert float(figure) == pytest.approx(float(expected), rel=1e-9), metric
            compared += 1
    assert compared >= 11


def test_without_a_build_it_says_what_to_do(tmp_path, capsys):
    assert main(["--manifest", str(tmp_path / "gone.json")]) == 1
    assert "is not there: run make build" in capsys.readouterr().err
