"""The metrics give the figures of the published tables, whatever they are grouped by."""

import re

import duckdb
import pandas as pd
import pytest
from metrics import CommandLine, Metrics, issues, read_manifest, validation_counts
from workspaces import PROJECT, Workspace

DEMOGRAPHICS = ["age_group", "gender", "marital_status", "city", "occupation"]

UTILISATION = """
    select
        {value}
        sum(customers) as customers,
        sum(income_utilisation_ratio_of_means_pct) as income_utilisation_pct
    from marts.income_utilisation_by_demographic
    where attribute = '{attribute}' and not is_suppressed
    {group}
"""
SPEND = """
    select
        {value}
        sum(spend_amount) as spend,
        sum(spend_amount) filter (payment_type = 'Credit Card') as credit_card_spend,
        credit_card_spend / spend as credit_card_share
    from marts.{table}
    where attribute = '{attribute}'
    {group}
"""
LATEST_ANSWERS = """
    select
        {value}
        count(*) filter (minimum_payment_answer = 'Yes') as minimum_payers,
        count(*) filter (minimum_payment_answer in ('Yes', 'No')) as minimum_payment_answers,
        minimum_payers / minimum_payment_answers as minimum_payment_share
    from (
        from staging.stg_credit_profiles__credit_profiles
        where minimum_payment_answer is not null
        qualify row_number() over (partition by customer_id order by profile_month desc) = 1
    ) as latest
    {join}
    {group}
"""
CONTACTS = """
    select
        {value}
        sum(mean * customers_with_value) as contacts,
        {count}(customers_with_value) as card_relationships,
        contacts / card_relationships as contacts_per_relationship
    from marts.segment_profiles
    where segmentation = 'relationship' and metric in ({metrics})
    {group}
"""
REPAYMENT_SEGMENTS = """
    left join marts.segment_members as members
        on latest.customer_id = members.customer_id and members.segmentation = 'repayment'
"""


def whole(text, **words):
    """A query for one row: everyone together."""
    return text.format(value="", group="", **words)


def by(text, column, name, **words):
    """A query for one row per value of a column, which takes the name of the dimension."""
    return text.format(value=f'{column} as "{name}",', group="group by all", **words)


# What a metric is grouped by, and where the same figures stand or come from.
COMPARISONS = [
    ([], whole(UTILISATION, attribute="all")),
    *(
        ([f"customer__{attribute}"], by(text, "attribute_value", f"customer__{attribute}", **words))
        for attribute in DEMOGRAPHICS
        for text, words in [
            (UTILISATION, {"attribute": attribute}),
            (SPEND, {"attribute": attribute, "table": "spend_by_demographic"}),
        ]
    ),
    ([], whole(SPEND, attribute="all", table="spend_by_demographic")),
    *(
        ([name], by(SPEND, column, name, attribute="all", table="monthly_spend"))
        for column, name in [
            ("category", "spend__category"),
            ("spend_month", "metric_time__month"),
        ]
    ),
    (
        [],
        """
        select
            sum(spend_amount) as spend,
            sum(months_observed * monthly_income_amount) as income,
            100 * sum(spend_amount) / income as income_utilisation_pct
        from marts.customer_income_utilisation
        """,
    ),
    (
        ["customer__segment_name"],
        """
        select
            segment_name as "customer__segment_name",
            sum(months_observed * monthly_income_amount) as income,
            count(*) as customers,
            100 * sum(spend_amount) / income as income_utilisation_pct
        from marts.customer_income_utilisation
        inner join marts.segment_members using (customer_id)
        where segmentation = 'spending'
        group by all
        """,
    ),
    (
        ["customer__gender", "metric_time__month"],
        """
        select
            gender as "customer__gender",
            spend_month as "metric_time__month",
            sum(months.monthly_income_amount) as income,
            sum(months.credit_card_amount) as credit_card_spend,
            100 * credit_card_spend / income as card_spend_to_income_pct
        from intermediate.int_customer_months_summed as months
        inner join staging.stg_customers__customers using (customer_id)
        group by all
        """,
    ),
    (
        [],
        """
        select
            100 * sum(credit_card_amount) / sum(monthly_income_amount) as card_spend_to_income_pct
        from intermediate.int_customer_months_summed
        """,
    ),
    # `any_value` and `sum` count a relationship once: one profile a segment, three metrics in all
    (
        ["card_relationship__segment_name"],
        by(
            CONTACTS,
            "segment_name",
            "card_relationship__segment_name",
            count="any_value",
            metrics="'branch_visits', 'online_visits', 'calls'",
        ),
    ),
    ([], whole(CONTACTS, count="sum", metrics="'contacts'")),
    (
        ["contact__channel", "card_relationship__segment_name"],
        """
        select
            replace(metric, '_visits', '') as "contact__channel",
            segment_name as "card_relationship__segment_name",
            mean as contacts_per_relationship
        from marts.segment_profiles
        where
            segmentation = 'relationship'
            and metric in ('branch_visits', 'online_visits', 'calls')
        """,
    ),
    ([], whole(LATEST_ANSWERS, join="")),
    (
        ["credit_profile__occupation"],
        by(LATEST_ANSWERS, "occupation", "credit_profile__occupation", join=""),
    ),
    (
        ["credit_customer__segment_name"],
        by(
            LATEST_ANSWERS, "segment_name", "credit_customer__segment_name", join=REPAYMENT_SEGMENTS
        ),
    ),
    *(
        (
            [dimension] if column else [],
            f"""
            select
                {column + f' as "{dimension}",' if column else ""}
                sum(total_net_value_base_amount) as net_value,
                sum(valued.cardholders) as valued_cardholders,
                sum(total_net_value_base_amount) / sum(valued.cardholders)
                    as net_value_per_cardholder
            from marts.segment_value
            inner join (
                -- the published number is null where it tells how few have no value
                select segment_key, count(net_value_base_amount) as cardholders
                from marts.cardholder_value
                inner join marts.segment_members
                    using (customer_id)
                where segmentation = 'card_usage'
                group by rollup (segment_key)
            ) as valued
                on segment_value.segment_key is not distinct from valued.segment_key
            where segment_value.segment_key is {"not" if column else ""} null
            group by all
            """,
        )
        for column, dimension in [("", ""), ("segment_name", "cardholder__segment_name")]
    ),
    *(
        (
            [dimension] if column else [],
            f"""
            select
                {column + f' as "{dimension}",' if column else ""}
                minimum_payment_share_of_yes_or_no as minimum_payment_share
            from marts.repayment_behaviour
            where group_type = '{group_type}' and not is_suppressed and not is_unknown
            """,
        )
        for group_type, column, dimension in [
            ("all", "", ""),
            ("segment", "group_name", "credit_customer__segment_name"),
        ]
    ),
]


@pytest.fixture(scope="module")
def metrics(sample_build):
    return Metrics(sample_build)


def compared(statement):
    """The metrics that a comparison gives."""
    return set(re.findall(r" as (\w+)", statement))


def test_definitions_follow_the_rules_of_metricflow(metrics):
    assert not issues(metrics.manifest)


def test_every_metric_is_compared_by_itself_and_by_a_dimension(metrics):
    alone = set().union(*(compared(text) for dimensions, text in COMPARISONS if not dimensions))
    grouped = set().union(*(compared(text) for dimensions, text in COMPARISONS if dimensions))
    assert not set(metrics.names) - alone
    assert not set(metrics.names) - grouped


def test_the_page_lists_the_metrics(metrics):
    rows = re.findall(r"^\| (`.*?) \|", (PROJECT / "docs" / "metrics.md").read_text(), re.MULTILINE)
    assert sorted(re.findall(r"`(\w+)`", "".join(rows))) == sorted(metrics.names)


@pytest.mark.parametrize(("dimensions", "statement"), COMPARISONS)
def test_metrics_equal_the_tables(sample_build, metrics, dimensions, statement):
    expected = sample_build.query(statement)
    if dimensions:
        expected = expected.set_index(dimensions).sort_index()
    assert len(expected) > 0
    actual = metrics.query(list(expected.columns), dimensions)
    pd.testing.assert_frame_equal(
        actual.astype(float), expected.astype(float), rtol=1e-9, check_index_type=False
    )


# One dimension a subject: each start of the command line takes seconds.
ASKED_BY = [
    "customer__segment_name",
    "card_relationship__segment_name",
    "credit_customer__segment_name",
    "cardholder__segment_name",
    "spend__category",
]


@pytest.fixture(scope="module")
def command_line(sample_build, tmp_path_factory):
    return CommandLine(sample_build, tmp_path_factory.mktemp("mf"))


def test_the_command_line_finds_no_fault(command_line):
    run = command_line.run("validate-configs", "--show-all")
    assert run.succeeded, run.output
    # the rules, then in the warehouse: semantic models, dimensions, entities, measures, metrics
    assert validation_counts(run.output) == [("0", "0", "0")] * 6, run.output


def test_the_command_line_sees_a_fault_in_the_warehouse(command_line):
    table = "alter table intermediate.int_customer_months_summed"
    with duckdb.connect(str(command_line.warehouse)) as connection:
        connection.sql(f"{table} rename column monthly_income_amount to income")
    try:
        run = command_line.run("validate-configs")
    finally:
        with duckdb.connect(str(command_line.warehouse)) as connection:
            connection.sql(f"{table} rename column income to monthly_income_amount")
    assert any(errors != "0" for errors, *_ in validation_counts(run.output)), run.output


def test_the_command_line_gives_every_metric_of_the_tables(sample_build, metrics, command_line):
    """All metrics in one question, against every table that holds one of them."""
    answer = command_line.query(metrics.names, [])
    assert len(answer) == 1 and set(answer.columns) == set(metrics.names)
    for dimensions, statement in COMPARISONS:
        if not dimensions:
            expected = sample_build.query(statement)
            pd.testing.assert_frame_equal(
                answer[expected.columns].astype(float), expected.astype(float), rtol=1e-9
            )


@pytest.mark.slow
@pytest.mark.parametrize("dimension", ASKED_BY)
def test_the_command_line_groups_as_the_tables_do(sample_build, command_line, dimension):
    statements = [text for dimensions, text in COMPARISONS if dimensions == [dimension]]
    expected = pd.concat(
        [sample_build.query(text).set_index([dimension]) for text in statements], axis=1
    ).sort_index()
    expected = expected.loc[:, ~expected.columns.duplicated()]
    actual = command_line.query(list(expected.columns), [dimension])
    pd.testing.assert_frame_equal(
        actual.astype(float), expected.astype(float), rtol=1e-9, check_index_type=False
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        (["customers"], set()),
        (["spends"], {"spend", "credit_card_spend", "credit_card_share"}),
    ],
)
def test_metrics_of_absent_inputs_are_switched_off(tmp_path, inputs, names):
    workspace = Workspace(tmp_path)
    run = workspace.parse_strictly(enabled_inputs=inputs)
    assert run.succeeded, run.output
    manifest = read_manifest(workspace.folder / "target")
    assert {metric.name for metric in manifest.metrics} == names
    assert not names or not issues(manifest)
