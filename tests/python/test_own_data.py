"""Own data through dbt: formats, too many rejects, growth, privacy and the check of inputs."""

import csv
import os
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from case_loading import usable_rows
from test_inputs import ACCOUNTING, assert_one_sentence, edit, input_folder  # noqa: F401
from workspaces import PROJECT, environment_for_make, open_to_read

from tools.write_inputs_page import DOCUMENT, document

SAMPLE = PROJECT / "seeds" / "inputs"
SPENDING = ("customer_income_utilisation", "monthly_spend", "spend_by_demographic")


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def write(path, rows, encoding="utf-8", **options):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, **options).writerows(rows)


def whole_number(text):
    return int(float(text.replace(",", "")))


def test_numbers_encodings_and_names_of_other_systems(workspace, input_folder):  # noqa: F811
    """Each number means what it says in its column, and nothing else."""
    customers = read(input_folder / "customers.csv")
    for row in customers[1:]:
        row[6] = f"{whole_number(row[6]):,}".replace(",", ".") + ",50"
        row[2] = "München"
    write(input_folder / "customers.csv", customers, "utf-16", delimiter=";")

    usage = read(input_folder / "card_usage.csv")
    usage[0] = ["Saldo" if name == "BALANCE" else name for name in usage[0]]
    write(input_folder / "card_usage.csv", usage)
    path = input_folder / "card_usage.csv"
    duckdb.sql(
        f"copy (from read_csv('{path}', all_varchar = true)) to '{path}.zst' "
        "(format csv, compression zstd)"
    )
    path.unlink()

    relationships = read(input_folder / "card_relationships.csv")
    # nothing in this column or file tells what the first value is
    relationships[1][2], relationships[2][2] = "1,234", "1,234,567"
    relationships[3][3] = "1,003"
    write(input_folder / "card_relationships.csv", relationships)

    spends = read(input_folder / "spends.csv")
    for row in spends[1:]:
        row[1] = {"May": "2023-05", "June": "Jun 2023"}.get(row[1], row[1])
    spends[1][4], spends[2][4], spends[3][4] = "1,234", "0.5", "0,5"
    write(input_folder / "spends.csv", spends, "cp1252")

    run = workspace.dbt(
        *ACCOUNTING,
        input_dir=str(input_folder),
        column_names={"card_usage": {"balance": "saldo"}},
    )
    assert run.succeeded, run.output

    income = [whole_number(row[6]) + 0.5 for row in read(SAMPLE / "customers.csv")[1:201]]
    loaded = accounted(workspace, "customers")
    assert loaded["avg_income"].tolist() == income
    assert set(loaded["city"]) == {"München"}
    repairs = workspace.query("from intermediate.int_input_repairs").set_index(
        ["column_name", "repair_rule"]
    )
    assert repairs.loc[("avg_income", "decimal_comma_read"), "repaired_values"] == 200
    assert repairs.loc[("avg_income", "thousands_separator_removed"), "repaired_values"] == 200

    balance = [float(row[1]) for row in read(SAMPLE / "card_usage.csv")[1:201]]
    loaded = accounted(workspace, "card_usage")
    assert loaded["balance"].tolist() == balance

    loaded = accounted(workspace, "card_relationships")
    assert loaded["avg_credit_limit"].tolist()[:2] == [1234.0, 1234567.0]
    assert loaded["reject_rule"].tolist()[2] == "out_of_range"

    loaded = accounted(workspace, "spends")
    assert loaded["reject_rule"].fillna("").tolist()[:3] == ["ambiguous", "", "unreadable"]
    assert loaded["spend"].tolist()[1] == 0.5
    assert loaded["reject_value"].tolist()[0] == "9,999"


def accounted(workspace, name):
    """The rows of an input, usable or rejected, in the order of its file."""
    with open_to_read(workspace.warehouse) as connection:
        return connection.sql(
            f"""
            from staging.base_{name}__examined
            union all by name
            select usable.* from ({usable_rows(connection, name)}) as usable
            anti join staging.base_{name}__examined using (source_file, source_row)
            order by source_row
            """
        ).df()


def test_too_many_rejects_stop_the_build_before_the_marts(workspace, input_folder):  # noqa: F811
    def build_after_breaking(first, last):
        def break_rows(rows):
            for row in rows[first:last]:
                row[6] = "about 5000"

        edit(input_folder / "customers.csv", break_rows)
        return workspace.dbt(
            "build", "--select", "+stg_customers__customers", input_dir=str(input_folder)
        )

    run = build_after_breaking(51, 61)
    # 10 of 200 are just as many as are allowed
    assert run.succeeded, run.output
    run = build_after_breaking(61, 62)
    assert_one_sentence(
        run,
        r"Of 200 rows of the input 'customers', 11 had to be rejected \(5\.5 %\), more than "
        r"maximum_reject_share allows \(5\.0 %\)\. Most often, 11 times in \S+customers\.csv, "
        r"avg_income is not a number, first in row 52 \('xxxxx 9999' with its letters",
    )
    assert "in macro" not in run.text


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_well_formed_file_that_is_not_whole_stops_the_publication(workspace, tmp_path):
    """One row a customer, of 216; a bank that has no more accepts the check by its name."""
    rows = read(SAMPLE / "spends.csv")
    kept = [rows[1 + 216 * customer + customer % 216] for customer in range(600)]
    write(tmp_path / "spends.csv", [rows[0], *kept])
    variables = {
        "enabled_inputs": ["customers", "spends"],
        "inputs": {"spends": str(tmp_path / "spends.csv")},
    }
    run = workspace.dbt("build", **variables)
    assert not run.succeeded
    assert "spends: rows: rows of a customer on average, of 216 is 1" in run.text
    assert "accept_changes: [input_coverage]" in run.text
    assert not (workspace.published / "cards.duckdb").exists()

    run = workspace.dbt("build", **variables, accept_changes=["input_coverage"])
    assert run.succeeded, run.output
    assert "input_coverage of spends: rows" in run.text
    checks = workspace.query_published("from publication_checks where not passed")
    assert set(checks["severity"]) == {"warn"}


@pytest.mark.slow
def test_own_words_stop_the_build_with_what_was_found(workspace, input_folder):  # noqa: F811
    """Names in another language would read as though nobody used a credit card."""
    types = {"Credit Card": "Cartão de Crédito", "Debit Card": "Débito", "UPI": "Pix"}

    def translate(rows):
        for row in rows[1:]:
            row[2], row[3] = f"Categoria {row[2]}", types.get(row[3], "Boleto")

    edit(input_folder / "spends.csv", translate)
    build = ("build", "--select", "+stg_spends__spends")
    run = workspace.dbt(*build, input_dir=str(input_folder))
    types = "Boleto, Cartão de Crédito, Débito, Pix"
    for sentence in (
        r"No payment_type of the input 'spends' is one that the variable "
        r"credit_card_payment_types names \(Credit Card\), .*? Found are (.*?)\. Set credit_card",
        r"the variable payment_type_shares names \(Credit Card, .*? Found are (.*?)\. Set payment",
        r"No payment_type of the input 'spends' is one that seeds/reference/card_benefits\.csv "
        r"names \(.*?Debit Card.*?\), .*? Found are (.*?)\. Write",
    ):
        assert_one_sentence(run, sentence)
        assert sorted(re.search(sentence, run.text)[1].split(", ")) == types.split(", ")
    assert_one_sentence(
        run,
        r"No category of the input 'spends' is one that seeds/reference/card_benefits\.csv names "
        r"\(Apparel, Bills, .*?\), .*? Found are Categoria",
    )

    workspace.warehouse = Path(":memory:")
    run = workspace.dbt_command(
        "--quiet", "run-operation", "check_inputs", input_dir=str(input_folder)
    )
    assert_one_sentence(run, r"PROBLEM: No payment_type of the input 'spends' is one that the var")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_month_by_month_gives_the_same_tables_as_all_at_once(workspace, tmp_path):
    """Months appended as files, with a late row and a correction, against one corrected file."""
    header, *rows = read(SAMPLE / "spends.csv")
    months = sorted({row[1] for row in rows[:200]})
    rows = [row for row in rows if row[1] in months]
    corrected = [[*rows[0][:4], "999"], *rows[1:]]
    whole, parts = tmp_path / "whole.csv", tmp_path / "spends"
    parts.mkdir()
    write(whole, [header, *corrected])

    select = [f"+{name}" for name in (*SPENDING, "int_input_rejects")]
    build = ("build", "--select", *select, "--exclude-resource-type", "test", "unit_test")
    late = rows[5]
    for number, month in enumerate(months[:3]):
        part = [row for row in rows if row[1] == month and row is not late]
        write(parts / f"{number}_{month}.csv", [header, *part])
    for number, month in enumerate(months[3:], 3):
        write(parts / f"{number}_{month}.csv", [header, *(row for row in rows if row[1] == month)])
        if number % 2:
            run = workspace.dbt(*build, inputs={"spends": f"{parts}/*.csv"})
            assert run.succeeded, run.output
    write(parts / "9_corrections.csv", [header, late, corrected[0]])
    run = workspace.dbt(*build, inputs={"spends": f"{parts}/*.csv"})
    assert run.succeeded, run.output
    step_by_step = {name: workspace.query(f"from marts.{name} order by all") for name in SPENDING}
    replaced = workspace.query("from intermediate.int_input_rejects where reject_rule = 'replaced'")
    assert len(replaced) == (1 if late[1] in months[:3] else 2)

    run = workspace.dbt(*build, inputs={"spends": str(whole)})
    assert run.succeeded, run.output
    for name in SPENDING:
        at_once = workspace.query(f"from marts.{name} order by all")
        assert step_by_step[name].equals(at_once), name


PLANTED = {
    "nick.planted@bank.example": "an e-mail address",
    "950-83-0791": "a social-security number",
    "4111 1111 1111 1111": "a card number",
    "5500005555555559": "a card number",
    "+91 98765 43210": "a telephone number",
    "(555) 123-4567": "a telephone number",
    "9876543219": "a long number",
    "2341 2341 2346": "a national identity number",
}


def test_identifiers_of_persons_are_never_written(workspace, input_folder):  # noqa: F811
    """Planted in columns that are read, in one that is not, in broken rows and in the header."""
    workspace.keeps_log = True

    def plant(rows):
        for number, value in enumerate(PLANTED, 10):
            rows[number][2] = value
        rows[30] = [*rows[30], "surplus.planted@bank.example"]
        rows[31][6] = "Planted Surname-Here"
        for number, row in enumerate(rows):
            row.insert(0, f"unused{number}.planted@bank.example")

    edit(input_folder / "customers.csv", plant)
    edit(input_folder / "card_usage.csv", lambda rows: rows[9].__setitem__(0, "4012888888881881"))
    run = workspace.dbt(
        "build",
        *("--select", "+input_quality", "--exclude-resource-type", "test", "unit_test"),
        input_dir=str(input_folder),
        maximum_reject_share=0.1,
    )
    assert run.succeeded, run.output
    rejects = workspace.query(
        """
        from intermediate.int_input_rejects where reject_rule = 'identifier'
        order by input_name desc, source_row
        """
    )
    assert rejects["reject_reason"].tolist() == [
        f"looks like {kind}, which is never loaded" for kind in PLANTED.values()
    ] + ["looks like a card number, which is never loaded"]

    planted = [*PLANTED, "planted@bank.example", "Planted Surname", "4012888888881881"]
    assert not written(workspace, run, planted)


def written(workspace, run, planted):
    """Those of some values that stand in the output, a log, a table or a published file."""
    texts = [run.output.encode()]
    tables = "select table_schema || '.' || table_name as name from information_schema.tables"
    for table in workspace.query(tables)["name"]:
        texts.append(workspace.query(f"from {table}").to_csv().encode())
    for path in (workspace.published / "builds").rglob("*.parquet"):
        # compressed, so its bytes would show nothing
        texts.append(duckdb.read_parquet(str(path)).df().to_csv().encode())
    # the target folder with the manifest, the logs, the warehouse and the published files
    inputs = workspace.folder / "own_files"
    texts += [
        path.read_bytes()
        for path in workspace.folder.rglob("*")
        if path.is_file() and inputs not in path.parents
    ]
    return [value for value in planted if any(value.encode() in text for text in texts)]


@pytest.mark.slow
def test_passed_columns_are_published_without_identifiers(workspace):
    """A complete build: what was asked for is there, and nothing of a person in any file."""
    workspace.keeps_log = True
    folder = workspace.folder / "own_files"
    folder.mkdir()
    header, *rows = read(SAMPLE / "card_usage.csv")
    # a column that was asked for may hold long numbers, such as those of branches
    planted = [value for value, kind in PLANTED.items() if kind != "a long number"]
    branches = {}
    for number, row in enumerate(rows):
        branch = planted[number // 50] if number < 350 and number % 50 == 0 else f" B{number % 7}"
        row += ["" if number == 7 else branch, "unused.planted@bank.example"]
        if number != 7 and branch not in planted:
            branches[row[0]] = branch.strip()
    # a row of another shape is rejected, and its surplus is not kept
    rows.append([*rows[1], "surplus.planted@bank.example"])
    write(folder / "card_usage.csv", [[*header, "Branch Code", "Contact"], *rows])

    run = workspace.dbt(
        "build",
        enabled_inputs=["card_usage"],
        input_dir=str(folder),
        pass_through={"card_usage": ["branch_code"]},
    )
    assert run.succeeded, run.output
    published = workspace.query_published("from segment_member_attributes")
    assert set(published["segmentation"]) == {"card_usage"}
    assert set(published["attribute"]) == {"branch_code"}
    members = set(workspace.query_published("from segment_members")["customer_id"])
    expected = {key: branch for key, branch in branches.items() if key in members}
    assert len(expected) > 100
    assert (
        dict(zip(published["customer_id"], published["attribute_value"], strict=True)) == expected
    )
    assert (workspace.folder / "target" / "manifest.json").is_file()
    assert not written(workspace, run, [*planted, "planted@bank.example"])
    # the search would find a value that is there
    assert written(workspace, run, [rows[0][0]])


def test_a_file_without_a_header_is_not_quoted(workspace, input_folder):  # noqa: F811
    workspace.keeps_log = True
    edit(
        input_folder / "customers.csv", lambda rows: rows.__setitem__(0, ["nick@bank.example"] * 7)
    )
    run = workspace.dbt("seed", "--select", "customers", input_dir=str(input_folder))
    assert_one_sentence(
        run, r"customers\.csv for the input 'customers' does not begin with a header"
    )
    logged = b"".join(path.read_bytes() for path in (workspace.folder / "logs").rglob("*.log*"))
    assert logged
    assert b"nick@bank" not in run.output.encode() + logged


def test_check_inputs_reports_everything_and_builds_nothing(workspace, input_folder, monkeypatch):  # noqa: F811
    (input_folder / "spends.csv").unlink()
    (input_folder / "card_usage.csv").write_bytes(b"")
    edit(input_folder / "customers.csv", lambda rows: rows[0].__setitem__(6, "income"))
    workspace.warehouse = Path(":memory:")
    run = workspace.dbt_command(
        "--quiet", "run-operation", "check_inputs", input_dir=str(input_folder)
    )
    assert not run.succeeded
    for sentence in (
        r"There is no file for the input 'spends'",
        r"card_usage\.csv for the input 'card_usage' is empty",
        r"has no column 'avg_income'; the nearest name in its header is 'income'",
        r"200 rows read, 199 loaded, 1 rejected",
        r"rejected 1 \(\w+\): ",
        r"repaired \d+ of age: ",
        r"Would be published: segmentations",
        r"3 of the problems above would stop the build",
    ):
        assert re.search(sentence, run.text), (sentence, run.output)
    assert not (workspace.folder / "published").exists()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_check_inputs_ends_with_a_code_for_scripts(input_folder, tmp_path):  # noqa: F811
    """0 where nothing would stop the build, another code where something would."""

    def check():
        environment = environment_for_make(tmp_path / "environment")
        return subprocess.run(
            [
                "make",
                "check-inputs",
                f"VENV={environment}",
                f"DIR={input_folder}",
                "VARS={enabled_inputs: [customers]}",
            ],
            cwd=PROJECT,
            env={**os.environ, "DBT_TARGET_PATH": str(tmp_path), "DBT_LOG_PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    good = check()
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Nothing found that would stop the build." in good.stdout
    (input_folder / "customers.csv").write_bytes(b"")
    bad = check()
    assert bad.returncode != 0
    assert "The problem above would stop the build." in bad.stdout + bad.stderr


def test_the_document_says_what_the_contract_says():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run make docs-inputs"
