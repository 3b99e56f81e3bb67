"""The raw input files as pandas reads them, and the published tables to compare with.

Nothing here comes from the project's SQL: values are cleaned as `seeds/inputs/_inputs.yml` and
docs/own_data.md say, and every figure of the test modules beside this one starts from these rows.
"""

from functools import cache, cached_property

import numpy as np
import pandas as pd
import yaml
from workspaces import INPUTS, PROJECT

VARIABLES = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
ATTRIBUTES = ["age_group", "gender", "marital_status", "city", "occupation"]
UNKNOWN = "unknown"
PROTECTED = ["age_group", "gender", "marital_status"]


@cache
def reference(name: str) -> pd.DataFrame:
    """A seed of rules and rates that people edit."""
    return pd.read_csv(PROJECT / "seeds" / "reference" / f"{name}.csv")


def age_groups(ages: pd.Series, scheme: str) -> pd.Series:
    """The band of each age, `unknown` without one."""
    found = pd.Series(UNKNOWN, ages.index)
    bands = reference("age_bands")
    for band in bands[bands["age_scheme"] == scheme].fillna({"minimum_age": 0}).itertuples():
        oldest = np.inf if np.isnan(band.maximum_age) else band.maximum_age
        found[ages.between(band.minimum_age, oldest)] = band.age_group
    return found


def text(values: pd.Series, *placeholders: str) -> pd.Series:
    """Blanks round the text removed; an empty text and a placeholder are missing values."""
    values = values.str.strip()
    return values.mask(values.isin(["", *placeholders]))


def usual(values: pd.Series) -> pd.Series:
    """Spellings that differ in case only become the most frequent one."""
    values = text(values)
    counts = values.value_counts()
    spellings = {spelling.lower(): spelling for spelling in counts.index[::-1]}
    return values.str.lower().map(spellings)


def number(values: pd.Series, low: float, high: float, *placeholders: str) -> pd.Series:
    """A number without its marks and separators; one that is unreadable or out of range is none."""
    plain = text(values, *placeholders).str.strip("_").str.replace(",", "")
    is_number = plain.str.fullmatch(r"[+-]?\d+\.?\d*([eE][+-]?\d+)?").eq(True)
    found = plain[is_number].astype(float).reindex(values.index)
    return found.where(found.between(low, high))


def month(values: pd.Series) -> pd.Series:
    """The first day of a month that is given by its name."""
    return pd.to_datetime(text(values) + f" {VARIABLES['spends_year']}", format="%B %Y")


def read(path) -> pd.DataFrame:
    """All values of a file as they are written there, columns in lower case with underscores."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    return raw.rename(columns=lambda name: name.strip().lower().replace(" ", "_"))


class Bank:
    """A build, and the files that it was built from."""

    def __init__(self, build, files: dict) -> None:
        self.build, self.files, self.tables = build, files, {}

    def published(self, table: str) -> pd.DataFrame:
        if table not in self.tables:
            self.tables[table] = self.build.query_published(f"from {table}")
        return self.tables[table].copy()

    def members(self, segmentation: str) -> pd.Series:
        """The published segment of each customer: the one thing that is taken as given."""
        members = self.published("segment_members")
        members = members[members["segmentation"] == segmentation]
        return members.set_index("customer_id")["segment_key"].sort_index()

    def names(self, segmentation: str) -> dict[str, str]:
        """The name of each segment by its key."""
        members = self.published("segment_members")
        members = members[members["segmentation"] == segmentation]
        return dict(zip(members["segment_key"], members["segment_name"], strict=True))

    @cached_property
    def customers(self) -> pd.DataFrame:
        raw = read(self.files["customers"])
        rows = pd.DataFrame({"customer_id": text(raw["customer_id"])})
        rows[ATTRIBUTES] = raw[ATTRIBUTES].apply(usual)
        rows["income"] = number(raw["avg_income"], 1, 1e9)
        return rows.dropna().drop_duplicates("customer_id").set_index("customer_id")

    @cached_property
    def spends(self) -> pd.DataFrame:
        raw = read(self.files["spends"])
        rows = pd.DataFrame(
            {
                "customer_id": text(raw["customer_id"]),
                "month": month(raw["month"]),
                "category": usual(raw["category"]),
                "payment_type": usual(raw["payment_type"]),
                "spend": number(raw["spend"], 0, 1e12),
            }
        )
        rows = rows.dropna().drop_duplicates(["customer_id", "month", "category", "payment_type"])
        rows["is_card"] = rows["payment_type"].isin(VARIABLES["credit_card_payment_types"])
        return rows[rows["customer_id"].isin(self.customers.index)]

    @cached_property
    def spenders(self) -> pd.DataFrame:
        """One row per customer: income and the average month's spend, over all months observed."""
        months = self.spends["month"].nunique()
        by_customer = self.spends.groupby("customer_id")["spend"]
        by_card = self.spends[self.spends["is_card"]].groupby("customer_id")["spend"]
        rows = self.customers.copy()
        rows["total"] = by_customer.sum().reindex(rows.index, fill_value=0)
        rows["card_total"] = by_card.sum().reindex(rows.index, fill_value=0)
        rows["months"] = months
        rows["spend"] = rows["total"] / months
        rows["card"] = rows["card_total"] / months
        rows["utilisation"] = 100 * rows["spend"] / rows["income"]
        return rows

    @cached_property
    def relationships(self) -> pd.DataFrame:
        raw = read(self.files["card_relationships"])
        rows = pd.DataFrame(
            {
                "customer_id": text(raw["sl_no"]),
                "credit_limit_amount": number(raw["avg_credit_limit"], 0, 1e9),
                "credit_cards": number(raw["total_credit_cards"], 0, 100),
                "branch_visits": number(raw["total_visits_bank"], 0, 1e5),
                "online_visits": number(raw["total_visits_online"], 0, 1e5),
                "calls": number(raw["total_calls_made"], 0, 1e5),
            }
        )
        return rows.dropna().drop_duplicates("customer_id").set_index("customer_id")

    @cached_property
    def cardholders(self) -> pd.DataFrame:
        raw = read(self.files["card_usage"])
        rows = raw.drop(columns="cust_id").apply(number, args=(0, 1e12))
        may_be_missing = ["credit_limit", "minimum_payments"]
        rows = rows.assign(customer_id=text(raw["cust_id"]))
        rows = rows.dropna(subset=rows.columns.difference(may_be_missing))
        return rows.drop_duplicates("customer_id").set_index("customer_id")

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """One row per credit customer: of each column the latest known value."""
        raw = read(self.files["credit_profiles"])
        history = raw["credit_history_age"].str.extract(r"(\d+) Years? and (\d+) Months?")
        history = history.astype(float)
        rows = pd.DataFrame(
            {
                "customer_id": text(raw["customer_id"]),
                "month": month(raw["month"]),
                "age": number(raw["age"], 14, 110),
                "occupation": usual(raw["occupation"].replace("_______", "")),
                "salary": number(raw["monthly_inhand_salary"], 0, 1e7),
                "bank_accounts": number(raw["num_bank_accounts"], 0, 50),
                "credit_cards": number(raw["num_credit_card"], 0, 50),
                "interest_rate_pct": number(raw["interest_rate"], 0, 100),
                "loans": number(raw["num_of_loan"], 0, 50),
                "payment_delay_days": number(raw["delay_from_due_date"], -60, 365),
                "delayed_payments": number(raw["num_of_delayed_payment"], -10, 100),
                "credit_inquiries": number(raw["num_credit_inquiries"], 0, 100),
                "credit_mix": text(raw["credit_mix"], "_"),
                "debt": number(raw["outstanding_debt"], 0, 1e9),
                "credit_line_utilisation_pct": number(raw["credit_utilization_ratio"], 0, 1000),
                "credit_history_months": 12 * history[0] + history[1],
                "answer": text(raw["payment_of_min_amount"]),
                "instalments": number(raw["total_emi_per_month"], 0, 1e4),
                "investment": number(raw["amount_invested_monthly"], 0, 1e7, "__10000__"),
                "balance": number(
                    raw["monthly_balance"], -1e7, 1e7, "__-333333333333333333333333333__"
                ),
                "score": text(raw["credit_score"]),
            }
        )
        rows = rows.dropna(subset=["customer_id", "month"])
        rows = rows.drop_duplicates(["customer_id", "month"]).sort_values("month")
        rows["score_month"] = rows["month"].where(rows["score"].notna())
        # pandas takes the last value that is known, column by column
        return rows.groupby("customer_id").last()


def bank_of_sample(build) -> Bank:
    """The bundled sample."""
    return Bank(build, {name: PROJECT / "seeds" / "inputs" / f"{name}.csv" for name in INPUTS})
