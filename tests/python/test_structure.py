"""The shape of the project, read from its manifest: layers, directions, names, sizes.

Most rules are those of dbt-project-evaluator; the input seeds are what it calls sources. A breach
that is meant stands in tests/data/structure_exceptions.csv with its reason, and only as long as it
is one.
"""

import csv
import functools
import json
import re
from pathlib import Path

import pytest
import yaml
from workspaces import (
    CONFIG,
    INPUTS,
    PROJECT,
    Workspace,
    asks_for_inputs,
    declared_inputs,
    published_tables,
)

# A model may read its own folder or one of an earlier rank.
SUBJECTS = {
    "events": 0,
    # how whole an input is, is told by what was made of it
    "inputs": 1,
    "customers": 1,
    "spending": 2,
    "card_usage": 2,
    "relationship": 2,
    "repayment": 2,
    "segmentation": 3,
    "segments": 4,
    "card_features": 5,
    "card_value": 5,
    "service": 5,
    "credit": 5,
    # claims are tested on the groups that the credit tables show
    "claims": 6,
    # advice rests on what is said about segments
    "recommendations": 6,
}
# What the models of a layer may read, besides reference seeds.
READABLE = {
    "staging": {"inputs", "staging"},
    "intermediate": {"staging", "intermediate", "python"},
    "python": {"intermediate", "python"},
    "marts": {"intermediate", "python", "marts"},
    "snapshots": {"marts"},
}
NAMES = {
    "staging": r"base_\w+__examined|stg_\w+__\w+",
    "intermediate": r"int_\w+",
    "python": r"int_\w+",
    # the name that readers know, without the prefix of a layer
    "marts": r"(?!(stg|base|int|dim|fct|rpt)_)\w+",
}
UNIQUE_TESTS = {"unique", "unique_combination"}
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|--[^\n]*", re.DOTALL)


def layer(node):
    """The layer that a node's file lies in."""
    top, folder = Path(node["original_file_path"]).parts[:2]
    if top == "models":
        return folder
    if top == "seeds":
        return folder
    if top == "python_models":
        return "python"
    return top


def subject(node):
    """The folder of a layer that a model lies in."""
    parts = Path(node["original_file_path"]).parts
    return parts[1] if parts[0] == "python_models" else parts[2]


class House:
    """The models, seeds and snapshots of a manifest, and who reads whom."""

    def __init__(self, manifest):
        self.manifest = manifest
        self.nodes = {
            key: node
            for key, node in manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed", "snapshot")
        }
        self.models = {
            key: node for key, node in self.nodes.items() if node["resource_type"] == "model"
        }
        self.parents = {
            key: [one for one in node["depends_on"].get("nodes", []) if one in self.nodes]
            for key, node in self.nodes.items()
        }
        self.children = {key: [] for key in self.nodes}
        for key, parents in self.parents.items():
            for parent in parents:
                self.children[parent].append(key)
        self.with_tested_key = {
            node["attached_node"]
            for node in manifest["nodes"].values()
            if node["resource_type"] == "test"
            and (node.get("test_metadata") or {}).get("name") in UNIQUE_TESTS
        }
        self.layers = {key: layer(node) for key, node in self.nodes.items()}

    def edges(self):
        """(reader, what it reads), as keys."""
        return [(key, parent) for key, parents in self.parents.items() for parent in parents]

    def ancestors(self, key):
        found, waiting = set(), [key]
        while waiting:
            for parent in self.parents[waiting.pop()]:
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def sources(self, key):
        """The input seeds that a node reads itself."""
        return [one for one in self.parents[key] if self.layers[one] == "inputs"]

    def is_public(self, key):
        return key in self.models and self.models[key]["config"]["access"] == "public"

    def named(self, name):
        return next(key for key, node in self.models.items() if node["name"] == name)


@pytest.fixture(scope="module")
def house(manifest):
    return House(manifest)


def name(key):
    return key.split(".")[-1]


def edge(reader, read):
    return f"{name(reader)} <- {name(read)}"


@functools.cache
def exceptions():
    with (PROJECT / "tests" / "data" / "structure_exceptions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row["reason"] for row in rows)
    return rows


def assert_only_exceptions(rule, breaches):
    """No breach but those with a reason, and no reason without its breach."""
    assert set(breaches) == {row["breach"] for row in exceptions() if row["rule"] == rule}


# Direction


def test_every_model_stands_in_a_layer(house):
    assert {house.layers[key] for key in house.models} == set(READABLE) - {"snapshots"}
    subjects = {subject(node) for key, node in house.models.items() if has_subject(house, key)}
    assert subjects <= set(SUBJECTS)


def has_subject(house, key):
    return house.layers[key] in ("intermediate", "python")


def test_layers_read_in_one_direction(house):
    breaches = [
        edge(reader, read)
        for reader, read in house.edges()
        if house.layers[read] != "reference"
        and house.layers[read] not in READABLE[house.layers[reader]]
    ]
    assert_only_exceptions("layers", breaches)


def test_subjects_read_in_one_direction(house):
    breaches = []
    for reader, read in house.edges():
        if has_subject(house, reader) and has_subject(house, read):
            own, other = subject(house.models[reader]), subject(house.models[read])
            if own != other and SUBJECTS[other] >= SUBJECTS[own]:
                breaches.append(edge(reader, read))
    assert_only_exceptions("subjects", breaches)


# Size


def test_no_model_is_a_plain_copy(house):
    """A name more for the same rows is one file more to open on the way to a figure."""
    ref = r"\{\{ ref\('\w+'\) \}\}"
    copy = rf"(with \w+ as \( select \* from {ref} \) select \* from \w+|select \* from {ref})"
    breaches = [
        node["name"]
        for node in house.models.values()
        if re.fullmatch(copy, " ".join(COMMENT.sub("", CONFIG.sub("", node["raw_code"])).split()))
    ]
    assert_only_exceptions("copies", breaches)


def test_the_house_stays_small(house):
    """A newcomer finds a model by reading folder names; more than this nobody reads."""
    assert len(house.models) <= 131


def test_a_figure_is_not_far_from_its_input(house):
    """Each step of the longest chain is one to follow, and one that no other core can share."""

    @functools.cache
    def length(key):
        own = int(key in house.models)
        return own + max((length(parent) for parent in house.parents[key]), default=0)

    assert max(map(length, house.models)) <= 19
    upstream = house.ancestors(house.named("segment_recommendations"))
    # the table that says what to do is the one that people trace back
    assert len(upstream & set(house.models)) <= 41


def test_the_yaml_can_be_read():
    """More lines than this held every description twice."""
    files = (PROJECT / "models").rglob("*.yml")
    assert sum(len(one.read_text(encoding="utf-8").splitlines()) for one in files) < 10_810


# Modelling


def test_staging_reads_its_input_only(house):
    """One input each, which the models read that examine and stage it; none is left over."""
    staging = [key for key in house.models if house.layers[key] == "staging"]
    assert_only_exceptions(
        "several_inputs", [name(key) for key in staging if len(house.sources(key)) > 1]
    )
    assert_only_exceptions(
        "joins_to_inputs",
        [
            name(key)
            for key in staging
            if house.sources(key)
            and any(
                house.layers[one] not in ("inputs", "reference")
                and not name(one).startswith("base_")
                for one in house.parents[key]
            )
        ],
    )
    readers = {one: house.children[one] for one in house.nodes if house.layers[one] == "inputs"}
    assert {name(one) for one in readers} == set(INPUTS)
    for one, children in readers.items():
        # those that look for orphans are exceptions above
        prefixes = {name(child).split("__")[0] for child in children} - {"base_spends"}
        assert prefixes | {"base_spends"} == {
            f"base_{name(one)}",
            f"stg_{name(one)}",
            "base_spends",
        }


def test_staging_does_not_read_staging(house):
    """Base models clean, stg_ models rename; one of either is enough on the way."""
    breaches = [
        edge(reader, read)
        for reader, read in house.edges()
        if house.layers[reader] == house.layers[read] == "staging"
        and (name(read).startswith("stg_") or name(reader).startswith("base_"))
    ]
    assert_only_exceptions("staging_reads_staging", breaches)


def test_no_relation_is_hard_coded(house):
    named = re.compile(
        r'(?<!distinct )\b(?:from|join)\s+"?[a-z_]\w*"?\s*\.\s*"?[a-z_]', re.IGNORECASE
    )
    breaches = [
        node["name"]
        for node in house.models.values()
        if node["language"] == "sql" and named.search(COMMENT.sub("", node["raw_code"]))
    ]
    assert_only_exceptions("hard_coded", breaches)


def test_models_have_parents(house):
    breaches = [name(key) for key in house.models if not house.parents[key]]
    assert_only_exceptions("roots", breaches)


def test_concepts_are_not_rejoined(house):
    """A -> B, A -> C and B -> C, where only C reads B: B belongs into C or C does without A."""
    catalogue = house.named("published_tables")
    breaches = [
        f"{name(reader)} <- {name(between)} <- {name(parent)}"
        for reader, between in house.edges()
        if house.children[between] == [reader] and reader != catalogue
        for parent in house.parents[between]
        if parent in house.parents[reader] and house.layers[parent] != "reference"
    ]
    assert_only_exceptions("rejoined", breaches)


def test_spends_are_added_up_in_few_models(house):
    """Each reader of spends costs a look at all of them; the rest is told from these sums.

    The account of the inputs looks at their rows besides, as it does with every input.
    """
    readers = {
        name(key)
        for key in house.children[house.named("int_spends")]
        if subject(house.models[key]) != "inputs"
    }
    assert readers == {
        "int_spend_cells_summed",
        "int_customer_months_summed",
        "int_spend_kinds",
        "int_customer_kinds",
        # the segments, which are known later
        "int_spends_by_segment",
        # a sample of customers
        "int_customer_spend_shares",
        # the rows of few people, and those of folded kinds; none where there are none
        "int_spend_kinds_folded",
        "int_spends_by_attribute",
    }


def test_models_join_few_others(house):
    """From seven relations on nobody sees from a model what it is about."""
    breaches = [
        name(key)
        for key, parents in house.parents.items()
        if len([one for one in parents if house.layers[one] != "reference"]) >= 7
    ]
    assert_only_exceptions("many_joins", breaches)


def test_models_fan_out_little(house):
    """Where four tables that nothing reads hang on one model, one between may be missing."""
    catalogue = house.named("published_tables")
    snapshots = {key for key in house.nodes if house.layers[key] == "snapshots"}

    def is_leaf(key):
        return not set(house.children[key]) - {catalogue} - snapshots

    breaches = [
        name(key)
        for key in house.models
        if len([one for one in house.children[key] if one != catalogue and is_leaf(one)]) >= 4
    ]
    assert_only_exceptions("fan_out", breaches)


def test_views_are_not_stacked(house):
    @functools.cache
    def height(key):
        if house.nodes[key]["config"]["materialized"] not in ("view", "ephemeral"):
            return 0
        return 1 + max((height(parent) for parent in house.parents[key]), default=0)

    assert max(map(height, house.nodes)) <= 3


# Tests and documentation


def test_every_model_has_a_tested_key(house):
    """A primary-key constraint that the database enforces, or a test that keys are unique."""
    breaches = [name(key) for key in house.models if not has_key(house, key)]
    assert_only_exceptions("keys", breaches)


def has_key(house, key):
    """Of a stg_ model, which renames the rows of one base model, the key may be tested there."""
    keys = {key, *house.parents[key]} if name(key).startswith("stg_") else {key}
    return bool(keys & house.with_tested_key) or has_key_constraint(house.models[key])


def has_key_constraint(node):
    columns = [column.get("constraints", []) for column in node["columns"].values()]
    return any(
        constraint["type"] == "primary_key"
        for constraints in [node.get("constraints", []), *columns]
        for constraint in constraints
    )


def test_public_models_are_contracts(house):
    public = [key for key in house.models if house.is_public(key)]
    assert len(public) > 30
    for key in public:
        node = house.models[key]
        assert house.layers[key] == "marts"
        assert node["contract"]["enforced"] and has_key(house, key), key
        assert node["group"], key
        assert node["description"] and all(
            column["description"] for column in node["columns"].values()
        ), key


def test_foreign_keys_lead_from_a_column_to_the_key_of_a_public_table(house):
    """The publisher leaves one out that leads nowhere, for the other table may be absent."""
    named = [
        (node, column, house.models[house.named(other)])
        for node in house.models.values()
        for column, other in node["config"]["meta"].get("foreign_keys", {}).items()
    ]
    assert len(named) > 20
    for node, column, other in named:
        case = (node["name"], column, other["name"])
        assert column in node["columns"] and other["config"]["access"] == "public", case
        keys = [one["columns"] for one in other["constraints"] if one["type"] == "primary_key"]
        assert [len(columns) for columns in keys] == [1], case


def test_exposures_read_public_tables(house):
    for exposure in house.manifest["exposures"].values():
        for key in exposure["depends_on"]["nodes"]:
            assert house.is_public(key), (exposure["name"], key)
            assert house.models[key]["config"]["materialized"] == "table", key


# Names and places


def test_models_are_named_after_their_layer(house):
    breaches = [
        node["name"]
        for key, node in house.models.items()
        if not re.fullmatch(NAMES[house.layers[key]], node["name"])
    ]
    assert_only_exceptions("names", breaches)


def test_staging_is_named_after_its_input(house):
    for key, node in house.models.items():
        if house.layers[key] == "staging":
            assert re.match(rf"(base|stg)_{subject(node)}__", node["name"])
            above = {house.layers[one] for one in house.ancestors(key)} & {"inputs"}
            assert above and f"seed.card_segments.{subject(node)}" in house.ancestors(key)


def test_yaml_lies_beside_what_it_describes(house):
    """_<folder>__models.yml, and unit tests in _<folder>__unit_tests.yml."""
    for key, node in house.models.items():
        folder = Path(node["original_file_path"]).parent
        described = Path(node["patch_path"].split("://")[1])
        assert described == folder / f"_{folder.name}__models.yml", key
    for test in house.manifest["unit_tests"].values():
        tested = next(node for node in house.models.values() if node["name"] == test["model"])
        folder = Path(tested["original_file_path"]).parent
        place = Path(test["original_file_path"])
        assert place == folder / f"_{folder.name}__unit_tests.yml", test["name"]


def test_schemas_are_those_of_the_layers(house):
    for key, node in house.nodes.items():
        expected = {
            "python": "intermediate",
            "snapshots": "history",
        }.get(house.layers[key], house.layers[key])
        assert node["schema"] == expected, key


@pytest.mark.slow
def test_a_schema_of_a_target_stands_before_the_layers(tmp_path):
    """Where developers share a database; with the schema main a path reads the same in all."""
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    outputs = profiles["card_segments"]["outputs"]
    assert {one["schema"] for one in outputs.values()} == {"main"}
    assert outputs["dev"]["path"] != outputs["prod"]["path"]
    for one in outputs.values():
        one["module_paths"] = [str(PROJECT)]
    outputs["prod"]["schema"] = "alice"
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profiles), encoding="utf-8")
    workspace = Workspace(tmp_path)
    run = workspace.dbt("parse", "--target", "prod", "--profiles-dir", str(tmp_path))
    assert run.succeeded, run.output
    manifest = json.loads((workspace.folder / "target" / "manifest.json").read_text())
    schemas = {name(key): node["schema"] for key, node in manifest["nodes"].items()}
    assert schemas["segments"] == "alice_marts"
    assert schemas["customers"] == "alice_inputs"
    assert schemas["segment_members_history"] == "alice_history"


# What is public, and what it needs


def test_the_list_of_public_tables_is_that_of_the_manifest(house):
    public = {name(key) for key in house.models if house.is_public(key)}
    of_events = {one for one, inputs in published_tables().items() if set(inputs) - set(INPUTS)}
    assert public == {*published_tables(), "published_tables"} - of_events


def test_pages_list_the_public_tables():
    """docs/tables.md has one row for each, and for the row that the publication step adds."""
    page = (PROJECT / "docs" / "tables.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert sorted(rows) == sorted([*published_tables(), "published_tables", "publication"])


def kinds_of_public_tables(house):
    return {
        node["name"]: node["config"]["meta"].get("table_kind")
        for key, node in house.models.items()
        if house.is_public(key)
    }


def test_public_tables_say_whether_a_row_is_one_person(house):
    """What a table says of itself decides who may see it."""
    with_customers = {
        node["name"]
        for key, node in house.models.items()
        if house.is_public(key) and "customer_id" in node["columns"]
    }
    assert len(with_customers) > 5
    # a bin can hold few people, and its edges are values of single ones
    with_customers.add("segment_reference_bins")
    assert kinds_of_public_tables(house) == {
        name(key): "customer" if name(key) in with_customers else "aggregate"
        for key in house.models
        if house.is_public(key)
    }


def test_pages_name_the_tables_by_customer(house):
    by_customer = {one for one, kind in kinds_of_public_tables(house).items() if kind == "customer"}
    page = (PROJECT / "docs" / "tables.md").read_text(encoding="utf-8")
    paragraph = re.search(r"^\*\*Rows by customer\.\*\*(.*?)\*\*Aggregates", page, re.M | re.S)[1]
    assert set(re.findall(r"`(\w+)`", paragraph)) == by_customer


def test_the_report_and_the_docs_draw_aggregates(house):
    """The map is drawn from customers without identifiers, and ranges are edges of bins."""
    by_customer = {one for one, kind in kinds_of_public_tables(house).items() if kind == "customer"}
    sources = (PROJECT / "card_segments" / "report").glob("*.py")
    code = "".join(one.read_text(encoding="utf-8") for one in sources)
    read = {one for one in by_customer if re.search(rf'\b(from|join)\s+{one}\b|"{one}"', code)}
    assert read == {"segment_map", "segment_reference_bins"}


def needed_inputs(house):
    """Model -> the inputs without which it cannot be built, from the lineage.

    A model that asks which inputs are enabled refers to whatever they allow, so it needs none but
    those that it names itself.
    """

    @functools.cache
    def needed(key):
        if house.layers[key] == "inputs":
            return frozenset([name(key)])
        if key in house.models and asks_for_inputs(house.manifest, house.models[key]):
            return inputs_of(house.models[key])
        return frozenset().union(*map(needed, house.parents[key]))

    return {key: needed(key) for key in house.models}


def inputs_of(node):
    """The inputs of `has_inputs(...)` in a model's SQL, or of `enabled` in the YAML of Python."""
    if node["language"] == "python":
        made = " or 'card_transactions' in var('enabled_inputs')"
        return frozenset(re.findall(r"'(\w+)' in var", yaml_enabled(node).replace(made, "")))
    return declared_inputs(node["raw_code"])


def yaml_enabled(node):
    path = PROJECT / node["patch_path"].split("://")[1]
    entry = re.search(
        rf"^  - name: {node['name']}\n(.*?)(?=^  - name|\Z)", path.read_text(), re.DOTALL | re.M
    )
    found = re.search(r"^      enabled: (.*)$", entry[1], re.MULTILINE)
    return found[1] if found else ""


def test_models_say_what_inputs_they_need(house):
    """`has_inputs` names the inputs upstream: none fewer, and none more without a reason."""
    needed = needed_inputs(house)
    declared = {key: inputs_of(node) for key, node in house.models.items()}
    assert not [key for key in house.models if not needed[key] <= declared[key]]
    breaches = [name(key) for key in house.models if needed[key] != declared[key]]
    assert_only_exceptions("inputs", breaches)


def test_public_tables_are_listed_with_the_inputs_they_need(house):
    needed = {name(key): inputs for key, inputs in needed_inputs(house).items()}
    listed = {one: inputs for one, inputs in published_tables().items() if one in needed}
    assert len(listed) > 30
    assert {one: set(inputs) for one, inputs in listed.items()} == {
        one: set(needed[one]) for one in listed
    }


def test_pages_name_warehouses_that_targets_build():
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    pages += (PROJECT / "warehouse").glob("*.md")
    found = {
        file
        for page in pages
        for file in re.findall(r"warehouse/(\w+)\.duckdb", page.read_text(encoding="utf-8"))
        # what the first release left is named where it is to be copied
        if (page.name, file) != ("operations.md", "build")
    }
    assert "dev" in found and found <= {"dev", "prod"}
