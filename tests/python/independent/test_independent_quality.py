"""What became of each row of the inputs, counted again by the plain reader of the contract."""

import gzip
from collections import Counter

import pandas as pd
from comparison import compare
from independent_reader import contract_of, judge, records_of

KEYS = ["input_name", "measure", "column_name", "rule_name"]


def read(path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def counted(bank) -> Counter:
    """Rows and values by input, measure, column and rule."""
    counts, customers = Counter(), None
    for name, path in bank.files.items():
        contract = contract_of(name)
        judged = judge(
            records_of(read(path), contract),
            contract,
            parents=customers if contract.references else None,
        )
        if name == "customers":
            customers = {row["customer_id"] for row in judged.loaded}
        counts[name, "read_rows", None, None] = len(judged.rows)
        counts[name, "loaded_rows", None, None] = len(judged.loaded)
        counts[name, "rejected_rows", None, None] = len(judged.rows) - len(judged.loaded)
        for rule, rows in judged.rejects.items():
            counts[name, "rejected_rows_by_rule", None, rule] = rows
        for (column, rule), values in judged.repairs.items():
            counts[name, "repaired_values", column, rule] = values
    return counts


def test_input_quality(bank):
    counts = counted(bank)
    expected = pd.DataFrame(counts.keys(), columns=KEYS).assign(measured=counts.values())
    published = bank.published("input_quality")
    files = published.groupby("input_name")["source_file"].unique().str[0]
    assert files.to_dict() == {name: str(path) for name, path in bank.files.items()}
    # the plain reader names the rule that a row broke, and not its column
    by_rule = published["measure"] == "rejected_rows_by_rule"
    assert published.loc[by_rule, "column_name"].notna().all()
    published.loc[by_rule, "column_name"] = None
    published = published.groupby(KEYS, dropna=False)["measured"].sum().reset_index()
    compare(published, expected, KEYS)


def test_published_tables(bank):
    """Every table that is listed is there, with as many rows; what only events make is absent."""
    listed = bank.published("published_tables").set_index("table_name")
    absent = listed["status"] != "published"
    assert set(listed.index[absent]) == {"transaction_reconciliation"}
    listed = listed[~absent]
    rows = {name: len(bank.published(name)) for name in listed.index}
    assert listed["table_rows"].to_dict() == rows
