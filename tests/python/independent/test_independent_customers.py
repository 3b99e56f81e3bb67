"""One customer in all segmentations, and how segments go together, worked out again with pandas."""

import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from bank import VARIABLES, reference
from comparison import MINIMUM, compare
from disclosure import Attack
from features import SEGMENTATIONS
from scipy import stats
from workspaces import Workspace

# The identifier of a customer in each of the models that customer_segments reads.
IDENTIFIED = [
    *("intermediate.int_segmentation_features", "intermediate.int_segment_scores"),
    *("intermediate.int_customers_spend_summed", "intermediate.int_relationship__features"),
    *("marts.cardholder_value", "intermediate.int_repayment__features", "marts.segment_members"),
]
KEYS = ["population", "customer_id"]


def facts(bank) -> dict[str, pd.DataFrame]:
    """What each input says of its customers."""
    months, profiles = bank.spends["month"].max(), bank.profiles
    spending = bank.spenders[["income", "spend", "utilisation"]].set_axis(
        ["monthly_income_amount", "average_monthly_spend_amount", "income_utilisation_pct"], axis=1
    )
    value = bank.published("cardholder_value").set_index("customer_id")
    return {
        "spending": spending.assign(as_of_date=months + pd.offsets.MonthEnd(0)),
        "relationship": bank.relationships.drop(columns="credit_limit_amount"),
        "card_usage": value[
            ["behaviour_class", "net_value_base_amount", "is_loss_making", "is_vulnerable"]
        ],
        "repayment": pd.DataFrame(
            {
                "minimum_payment_answer": profiles["answer"],
                "credit_score": profiles["score"],
                "payment_delay_days": profiles["payment_delay_days"],
                "delayed_payments": profiles["delayed_payments"],
                "debt_to_income_ratio": profiles["debt"] / profiles["salary"].replace(0, np.nan),
                "credit_line_utilisation_pct": profiles["credit_line_utilisation_pct"],
                "as_of_date": profiles["month"] + pd.offsets.MonthEnd(0),
            }
        ),
    }


def segments_of(members: pd.DataFrame, segmentation: str) -> pd.DataFrame:
    """The columns of one segmentation."""
    own = members[members["segmentation"] == segmentation].set_index("customer_id")
    columns = ["segment_key", "segment_name", "runner_up_segment_key", "margin"]
    return own[columns].add_prefix(f"{segmentation}_")


def test_customer_segments_of_populations_apart(bank):
    """Customers of the public files are known by identifiers of their own in each of them."""
    members, rows = bank.published("segment_members"), []
    for segmentation, known in facts(bank).items():
        own = known.join(segments_of(members, segmentation), how="outer")
        rows.append(own.assign(population=segmentation, segments=1).rename_axis("customer_id"))
    expected = pd.concat(rows).reset_index().assign(other_segments=None)
    compare(bank.published("customer_segments"), expected, KEYS)


def test_customer_contacts(bank):
    channels = reference("service_channels")
    rows = []
    for channel in channels.itertuples():
        contacts = bank.relationships[channel.contact_metric]
        own = pd.DataFrame({"channel": channel.channel, "contacts": contacts})
        own["index_100"] = 100 * contacts / (contacts.mean() or np.nan)
        for level in ("low", "base", "high"):
            cost = getattr(channel, f"contact_cost_{level}_amount")
            yearly = 12 / VARIABLES["contact_period_months"]
            own[f"{level}_cost_amount"] = contacts * cost * yearly
        rows.append(own.rename_axis("customer_id").reset_index())
    compare(bank.published("customer_contacts"), pd.concat(rows), ["customer_id", "channel"])


def test_customer_repayment(bank):
    rows = bank.profiles
    salaries = rows["salary"].replace(0, np.nan)
    late = (rows["payment_delay_days"] > VARIABLES["late_payment_days"]).astype("boolean")
    expected = rows[
        ["credit_mix", "payment_delay_days", "delayed_payments", "credit_inquiries"]
        + ["credit_line_utilisation_pct"]
    ].assign(
        minimum_payment_answer=rows["answer"],
        credit_score=rows["score"],
        outstanding_debt_amount=rows["debt"],
        debt_to_income_ratio=rows["debt"] / salaries,
        instalments_to_income_ratio=rows["instalments"] / salaries,
        pays_minimum_only=rows["answer"].map({"Yes": True, "No": False}).astype("boolean"),
        is_late_payer=late.mask(rows["payment_delay_days"].isna()),
        profile_month=rows["month"],
    )
    compare(bank.published("customer_repayment"), expected.reset_index(), ["customer_id"])


@pytest.fixture(scope="module")
def joined(sample_build, tmp_path_factory):
    """The sample as if its inputs had customers in common: by number, with a few in one only."""
    workspace = Workspace(tmp_path_factory.mktemp("joined"))
    shutil.copy(sample_build.warehouse, workspace.warehouse)
    shutil.copytree(sample_build.published, workspace.published, symlinks=True)
    with duckdb.connect(str(workspace.warehouse)) as connection:
        # sorted by segment and chance, so that segments go together more than chance gives
        connection.execute(
            """
            create temp table numbers as
            select
                segmentation, customer_id,
                cast(case segmentation when 'relationship' then 4 else 0 end + row_number() over (
                    partition by segmentation
                    order by segment_number + hash(customer_id) % 1000 / 500, customer_id
                ) as varchar) as number
            from intermediate.int_segment_scores
            """
        )
        for table in IDENTIFIED:
            if "segmentation" in connection.sql(f"from {table}").columns:
                same = f"{table}.segmentation = numbers.segmentation"
            else:
                same = "true"
            connection.execute(
                f"""
                update {table} set customer_id = numbers.number from numbers
                where {table}.customer_id = numbers.customer_id and {same}
                """
            )
    run = workspace.dbt(
        *("build", "--select", "customer_segments", "segment_combinations"),
        same_customers=SEGMENTATIONS,
    )
    assert run.succeeded, run.output
    return workspace


def test_customer_segments_of_one_population(joined):
    """One row for a customer of several inputs, and nothing of it lost."""
    members = joined.query("from marts.segment_members")
    published = joined.query("from marts.customer_segments").set_index("customer_id")
    assert published.index.is_unique
    assert set(published["population"]) == {" + ".join(sorted(SEGMENTATIONS))}
    expected = pd.concat([segments_of(members, name) for name in SEGMENTATIONS], axis=1)
    expected["segments"] = members.groupby("customer_id").size()
    for table, columns in {
        "intermediate.int_relationship__features": ["credit_cards", "calls"],
        "intermediate.int_repayment__features": ["payment_delay_days"],
        "intermediate.int_customers_spend_summed": ["monthly_income_amount"],
        "marts.cardholder_value": ["net_value_base_amount", "is_vulnerable"],
    }.items():
        expected = expected.join(joined.query(f"from {table}").set_index("customer_id")[columns])
    compare(
        published[expected.columns].reset_index().assign(population=""),
        expected.rename_axis("customer_id").reset_index().assign(population=""),
        KEYS,
    )


def test_segment_combinations(joined):
    """Sizes, what chance gives, residuals and Cramér's V by SciPy, of those who are in both."""
    members = joined.query("from marts.segment_members")
    wide = members.pivot(index="customer_id", columns="segmentation", values="segment_key")
    names = members.set_index("segment_key")["segment_name"].to_dict()
    names_of = sorted(SEGMENTATIONS)
    rows = []
    for place, one in enumerate(names_of):
        for other in names_of[place + 1 :]:
            table = pd.crosstab(wide[one], wide[other])
            strength = stats.contingency.association(table, method="cramer")
            # segments of which no one is in the other segmentation as well
            table = table.reindex(
                index=sorted(wide[one].dropna().unique()),
                columns=sorted(wide[other].dropna().unique()),
                fill_value=0,
            )
            total = table.to_numpy().sum()
            shares = [table.sum(axis=axis).to_numpy() / total for axis in (1, 0)]
            by_chance = total * np.outer(*shares)
            by_chance[by_chance == 0] = np.nan
            spread = np.sqrt(by_chance * np.outer(1 - shares[0], 1 - shares[1]))
            for (row, key), (column, other_key) in (
                (a, b) for a in enumerate(table.index) for b in enumerate(table.columns)
            ):
                customers = table.iloc[row, column]
                rows.append(
                    {
                        "segmentation": one,
                        "segment_key": key,
                        "segment_name": names[key],
                        "other_segmentation": other,
                        "other_segment_key": other_key,
                        "other_segment_name": names[other_key],
                        "customers": customers,
                        "people": customers,
                        "expected_customers": by_chance[row, column],
                        "lift": customers / by_chance[row, column],
                        "standardised_residual": (customers - by_chance[row, column])
                        / spread[row, column],
                        "pair_customers": total,
                        "cramers_v": strength,
                        "rounding": 0.005 + 1e-9,
                    }
                )
    expected = pd.DataFrame(rows)
    published = joined.query("from marts.segment_combinations")
    compare(
        published, expected, ["segment_key", "other_segment_key"], allowed={"cramers_v": "rounding"}
    )
    # figures that are shown, as well as some that are not
    assert published["standardised_residual"].abs().max() > 2
    assert published["cramers_v"].notna().any()
    assert 0 < published["is_suppressed"].sum() < len(published)


def test_combinations_disclose_nothing(joined, tmp_path):
    shared = tmp_path / "shared.duckdb"
    with duckdb.connect(str(shared)) as connection:
        connection.execute(f"attach '{joined.warehouse}' as built (read_only)")
        for table in ("segments", "segment_combinations"):
            connection.execute(f"create table {table} as from built.marts.{table}")
    minimum = VARIABLES["minimum_cell_size"]
    assert minimum == MINIMUM
    with Attack(shared, joined.warehouse, minimum) as attack:
        assert attack.segment_combinations() == []
