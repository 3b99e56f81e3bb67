"""Tables and views as inputs, as docs/own_data.md describes them; Hive partitions of Parquet."""

import re

import duckdb
import pytest
import yaml
from test_inputs import assert_one_sentence
from workspaces import PROJECT

pytestmark = pytest.mark.slow

PAGE = (PROJECT / "docs" / "own_data.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## A table of your warehouse as an input")[1].split("\n## ")[0]
TABLE, ATTACHED, VARIABLES = (
    re.search(pattern, SECTION, re.DOTALL)[1]
    for pattern in (
        "```sql\n(.*?)```",
        "```yaml\n(attach:.*?)```",
        "```yaml\n(enabled_inputs:.*?)```",
    )
)
SAMPLE = PROJECT / "seeds" / "inputs"
STAGING = (
    "build",
    *("--select", "+stg_card_relationships__card_relationships", "int_input_rejects"),
    *("--exclude-resource-type", "test", "unit_test"),
)


@pytest.fixture
def bank(tmp_path):
    """The warehouse of the page with rows of the sample, and a profile that attaches it."""
    with duckdb.connect(str(tmp_path / "bank.duckdb")) as connection:
        connection.execute(f"create schema crm; {TABLE}")
        connection.execute(
            f"""
            insert into crm.relationships
            select * from read_csv('{SAMPLE / "card_relationships.csv"}', all_varchar = true)
            where regexp_full_match(
                concat(sl_no, "Customer Key", avg_credit_limit, total_visits_online), '[0-9]+'
            )
            limit 100;
            update crm.relationships set cards = -1 where relationship_no = 900003;
            insert into crm.relationships from crm.relationships where relationship_no = 900004;
            create view crm.some_relationships as from crm.relationships;
            """
        )
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text())
    attached = yaml.safe_load(ATTACHED.replace("/data/", f"{tmp_path}/"))
    profiles["card_segments"]["outputs"]["dev"].update(attached, module_paths=[str(PROJECT)])
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return "--profiles-dir", str(tmp_path / "profiles")


@pytest.mark.parametrize(
    ("relation", "kind"), [("relationships", "VIEW"), ("some_relationships", "BASE TABLE")]
)
def test_a_table_is_read_in_place_and_a_view_once(bank, workspace, relation, kind):
    variables = yaml.safe_load(VARIABLES)
    variables["input_relations"]["card_relationships"] = f"bank.crm.{relation}"
    run = workspace.dbt(*STAGING, *bank, **variables)
    assert run.succeeded, run.output
    kinds = workspace.query("from information_schema.tables where table_schema = 'inputs'")
    assert kinds["table_type"].tolist() == [kind]
    with duckdb.connect(str(workspace.warehouse)) as connection:
        connection.execute(f"attach '{workspace.folder / 'bank.duckdb'}' as bank (read_only)")
        usable = connection.sql(
            """
            select card_relationship_id, customer_key, credit_limit_amount, credit_cards, calls
            from staging.stg_card_relationships__card_relationships order by all
            """
        ).fetchall()
        meant = connection.sql(
            """
            select distinct relationship_no::varchar as number, client_no::varchar as client,
                credit_limit::double as credit_limit, cards::bigint as cards, calls::bigint as calls
            from bank.crm.relationships where cards <> -1 order by all
            """
        ).fetchall()
    assert usable == meant
    rejects = workspace.query("from intermediate.int_input_rejects order by source_row")
    assert rejects["reject_rule"].tolist() == ["out_of_range", "repeated_key"]
    assert set(rejects["source_file"]) == {f"bank.crm.{relation}"}


def test_a_table_that_is_not_there_ends_in_one_sentence(workspace):
    run = workspace.dbt(*STAGING, input_relations={"card_relationships": "crm.relationship"})
    assert_one_sentence(
        run,
        r"There is no table or view crm\.relationship, which the variable input_relations names "
        r"for the input 'card_relationships'\.",
    )


def test_partitions_give_a_column_that_files_do_not_have(workspace, tmp_path):
    """As Spark and pandas write them: the month is in the folders' names only."""
    duckdb.sql(
        f"""
        copy (
            select * replace (case month when 'May' then '2023-05' else '2023 06' end as month)
            from read_csv('{SAMPLE / "spends.csv"}', all_varchar = true)
            where month in ('May', 'June')
        ) to '{tmp_path / "spends"}' (format parquet, partition_by (month))
        """
    )
    run = workspace.dbt(
        *(
            "build",
            "--select",
            "+stg_spends__spends",
            "--exclude-resource-type",
            "test",
            "unit_test",
        ),
        inputs={"spends": str(tmp_path / "spends")},
        maximum_reject_share=1.0,
    )
    assert run.succeeded, run.output
    months = workspace.query("select distinct spend_month from staging.stg_spends__spends")
    assert [str(month)[:10] for month in months["spend_month"]] == ["2023-05-01"]
    rejects = workspace.query(
        "select distinct reject_rule, reject_column from staging.base_spends__examined"
    )
    assert ("unreadable", "month") in set(rejects.itertuples(index=False, name=None))
