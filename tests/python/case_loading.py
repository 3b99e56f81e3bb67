"""Loads a case of `hostile_files.py` through dbt and judges what became of it."""

import re
import stat
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml
from independent_reader import contract_of, judge, read_sample
from workspaces import PROJECT, Workspace, invoke

# The staging model of each input.
STAGED = {
    "customers": "stg_customers__customers",
    "spends": "stg_spends__spends",
    "card_relationships": "stg_card_relationships__card_relationships",
    "card_usage": "stg_card_usage__cardholders",
    "credit_profiles": "stg_credit_profiles__credit_profiles",
}
QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-write-json")

# Words of the database, of Python or of dbt's inside, none of which says what to do.
FOREIGN_WORDS = re.compile(
    r"Traceback|\b(Invalid Input|Conversion|Binder|Parser|Catalog|IO|Internal|Constraint|Fatal"
    r"|Serialization|Not implemented|Out of Memory|Out of Range|Permission|Unicode\w*) "
    r"(Error|Exception)|\w+(Error|Exception):|LINE \d+:|read_csv|read_parquet|NoneType"
    r"|has no attribute|codec can't|Possible (fixes|solution)|std::|undefined|\bNone\b"
)
# What dbt puts round a sentence.
FRAME = re.compile(r"(Compilation|Runtime|Database) Error( in .*)?$|> (in macro|called by) ")


@dataclass(frozen=True)
class Case:
    """A file or folder, and how loading it has to end."""

    name: str
    input_name: str
    # writes into a folder and returns the variables that name the files
    make: Callable[[Path], dict]
    # loaded, refused, or either of the two
    ending: str
    # what a refusal has to say
    words: tuple[str, ...] = ()
    # the records that the files mean; None: what is loaded has to be rows of the sample
    meant: Callable[[], list] | None = None
    # whether just the fitting ones of the meant records are loaded, or fewer are right, too
    exact: bool = True
    group: str = ""


@dataclass
class Outcome:
    """What the loader made of a case."""

    ending: str
    sentence: str = ""
    read: int = 0
    rows: list[dict] = field(default_factory=list)
    rejects: Counter = field(default_factory=Counter)
    repairs: Counter = field(default_factory=Counter)


class Loader:
    """Loads and checks an input at a time, with what is parsed of the project for loading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "build.duckdb"
        self.customers = folder / "customers_of_the_sample.csv"
        self.customers.write_text(read_sample("customers").text(), encoding="utf-8")
        self.manifest = only_staging(Workspace(folder).manifest({}))
        self.holds_the_customers = False

    def load(self, case: Case) -> Outcome:
        """Write the files of a case, load them, and say what came of it."""
        with tempfile.TemporaryDirectory(dir=self.folder) as written:
            try:
                return self._load(case.input_name, case.make(Path(written)))
            finally:
                for path in Path(written).rglob("*"):
                    if not path.is_symlink():
                        path.chmod(path.stat().st_mode | stat.S_IRWXU)

    def _load(self, input_name: str, variables: dict) -> Outcome:
        enabled = [input_name]
        if contract_of(input_name).references:
            enabled = ["customers", input_name]
            customers = {"customers": str(self.customers)}
            variables["inputs"] = {**customers, **variables["inputs"]}
            if not self.holds_the_customers:
                outcome = self._load("customers", {"inputs": customers})
                assert outcome.ending == "loaded", outcome.sentence
                self.holds_the_customers = True
        elif input_name == "customers":
            self.holds_the_customers = False
        arguments = [
            "build",
            *("--select", input_name, f"base_{input_name}__examined", STAGED[input_name]),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *self._options({**variables, "enabled_inputs": enabled}),
        ]
        run, _ = invoke(arguments, PROJECT, self.warehouse, self.manifest)
        return self._account(input_name) if run.success else refusal(run)

    def _options(self, variables: dict) -> list[str]:
        return [
            *QUIET,
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(self.folder / "target")),
            *("--log-path", str(self.folder / "logs")),
            *("--vars", yaml.safe_dump(variables, default_flow_style=True, width=10**9)),
        ]

    def _account(self, input_name: str) -> Outcome:
        with duckdb.connect(str(self.warehouse)) as connection:
            rows = records(connection.sql(f"from staging.base_{input_name}__examined"))
            usable = records(connection.sql(usable_rows(connection, input_name)))
            read = connection.sql(f"select count(*) from inputs.{input_name}").fetchall()[0][0]
        columns = contract_of(input_name).columns
        outcome = Outcome("loaded", read=read)
        outcome.rows = [{name: row[name] for name in columns} for row in usable]
        for row in rows:
            if row["reject_rule"] is not None:
                outcome.rejects[row["reject_rule"]] += 1
                continue
            for name in columns:
                rules = (row[f"{name}__repairs"] or "").split(",")
                outcome.repairs.update((name, rule) for rule in rules if rule)
        return outcome


def records(relation) -> list[dict]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def usable_rows(connection, input_name: str) -> str:
    """The query of the usable rows under the names of the contract, from the staging view."""
    (view,) = connection.execute(
        "select sql from duckdb_views() where view_name = ?", [STAGED[input_name]]
    ).fetchone()
    query = re.split(r"\bas\b", view, maxsplit=1, flags=re.IGNORECASE)[1].strip(" \n;")
    return f"from ({in_terms_of_the_contract(query)}) order by source_file, source_row"


def in_terms_of_the_contract(query: str) -> str:
    """The query of a staging model, before it renames the columns."""
    before, after = query.rsplit("renamed", 1)
    assert not after.strip(" \n)"), after
    return f"{before}usable_rows{after}"


def only_staging(manifest):
    """A manifest without what loads nothing, whose place in the graph dbt would seek every time."""
    manifest.nodes = {
        key: node
        for key, node in manifest.nodes.items()
        if node.resource_type in ("seed", "operation")
        or (node.resource_type == "model" and node.fqn[1] == "staging")
    }
    for others in ("unit_tests", "exposures", "metrics", "semantic_models", "saved_queries"):
        getattr(manifest, others).clear()
    return manifest


def refusal(run) -> Outcome:
    """What a failed run told the user, without dbt's frame round it."""
    messages = [str(run.exception)] if run.exception else []
    if run.result is not None:
        messages += [one.message for one in run.result.results if one.status in ("error", "fail")]
    lines = [line.strip() for message in messages for line in (message or "").splitlines()]
    return Outcome("refused", " ".join(line for line in lines if line and not FRAME.match(line)))


def problems(case: Case, outcome: Outcome) -> list[str]:
    """Why the outcome of a case is not right; empty if it is."""
    if case.ending not in (outcome.ending, "either"):
        return [f"was {outcome.ending}, but should be {case.ending}: {outcome.sentence[:300]}"]
    if outcome.ending == "refused":
        return list(bad_sentence(case, outcome))
    return list(bad_accounting(case, outcome))


def bad_sentence(case: Case, outcome: Outcome) -> Iterator[str]:
    sentence = outcome.sentence
    if found := FOREIGN_WORDS.search(sentence):
        yield f"says '{found.group()}': {shortened(sentence)}"
    if not re.fullmatch(r"[A-Z].{20,1500}[.?]", sentence):
        yield f"is no sentence of readable length: {shortened(sentence)}"
    if re.search(r"[\x00-\x1f\x7f]", sentence):
        yield f"holds control signs: {shortened(sentence)}"
    if missing := [word for word in case.words if word not in sentence]:
        yield f"does not name {missing}: {shortened(sentence)}"


def bad_accounting(case: Case, outcome: Outcome) -> Iterator[str]:
    contract = contract_of(case.input_name)
    rejected = outcome.rejects.total()
    if outcome.read != len(outcome.rows) + rejected:
        yield f"read {outcome.read} but loaded {len(outcome.rows)} and rejected {rejected}"
    parents = None
    if contract.references:
        customers = judge(read_sample("customers").records(), contract_of("customers"))
        parents = {row["customer_id"] for row in customers.loaded}
    meant = case.meant() if case.meant else read_sample(case.input_name).records()
    judged = judge(meant, contract, parents)
    expected = Counter(comparable(row) for row in judged.loaded)
    found = Counter(comparable(row) for row in outcome.rows)
    for row in found - expected:
        alike = max(expected, key=lambda one, row=row: len(set(one) & set(row)), default=())
        yield f"loaded {set(row) - set(alike)}, but the file holds {set(alike) - set(row)}"[:800]
        return
    if not case.meant or not case.exact:
        return
    if outcome.read != len(meant):
        yield f"read {outcome.read} rows of {len(meant)}"
    for row in expected - found:
        yield f"did not load {shortened(row)}"
        break
    if outcome.rejects != judged.rejects:
        yield f"rejected {dict(outcome.rejects)}, expected {dict(judged.rejects)}"
    elif outcome.repairs != judged.repairs:
        more, fewer = outcome.repairs - judged.repairs, judged.repairs - outcome.repairs
        yield f"counted {dict(more)} more and {dict(fewer)} fewer repairs than expected"


def comparable(row: dict) -> tuple:
    return tuple((name, str(value)) for name, value in row.items())


def shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) < 400 else f"{text[:400]}..."
