"""The inputs that a bank's events make, worked out with pandas by what docs/events.md says.

Nothing here comes from the project's SQL. Amounts are whole cents until the end, so that sums are
exact in any order, and months are numbers, so that they can be subtracted.
"""

import numpy as np
import pandas as pd
from bank import ATTRIBUTES, VARIABLES, number, reference, text, usual

CARD = {"credit": "Credit Card", "debit": "Debit Card", "prepaid": "Prepaid Card"}
# Columns of credit_profiles that no event tells.
UNKNOWN_TO_EVENTS = (
    *("Name", "Age", "SSN", "Annual_Income", "Interest_Rate", "Num_of_Loan", "Type_of_Loan"),
    *("Changed_Credit_Limit", "Num_Credit_Inquiries", "Credit_Mix", "Amount_invested_monthly"),
    *("Payment_Behaviour", "Monthly_Balance", "Credit_Score"),
)


def words(name: str, column: str | None = None) -> dict[str, str]:
    """What the words of a column mean."""
    rows = reference(name)
    if column:
        rows = rows[rows["column_name"] == column]
    return dict(zip(rows["word"], rows["meaning" if column else "transaction_type"], strict=True))


def cents(values: pd.Series) -> pd.Series:
    """An amount in whole cents, missing where there is none."""
    return (pd.to_numeric(values.replace("", None)) * 100).round()


def month_number(values: pd.Series) -> pd.Series:
    """Months since the year 0, missing without a date."""
    dates = pd.to_datetime(values.replace("", None))
    return dates.dt.year * 12 + dates.dt.month - 1


def month_text(numbers: pd.Series) -> pd.Series:
    """The month as YYYY-MM."""
    numbers = numbers.astype(int)
    return (numbers // 12).astype(str) + "-" + (numbers % 12 + 1).astype(str).str.zfill(2)


class Events:
    """The events of a bank as texts, and the five inputs that they make."""

    def __init__(self, customers, accounts, transactions, statements, contacts) -> None:
        self.customers = self.read_customers(customers)
        self.accounts = accounts.assign(
            kind=accounts["kind"].str.lower().map(words("event_words", "account_kind"))
        )
        is_only = ~accounts["account_id"].duplicated(keep=False)
        holders = self.accounts[is_only | (accounts["holder"] == "primary")].set_index("account_id")
        self.holders = holders["customer_id"]
        self.kinds = holders["kind"]
        self.statements = self.read_statements(statements)
        self.contacts = contacts
        self.transactions = self.read_transactions(transactions)

    @staticmethod
    def read_customers(raw: pd.DataFrame) -> pd.DataFrame:
        """Customers that can be used: all attributes and an income, the first row of each."""
        rows = pd.DataFrame({"customer_id": text(raw["customer_id"])})
        rows[ATTRIBUTES] = raw[ATTRIBUTES].apply(usual)
        rows["income"] = number(raw["avg_income"], 1, 1e9)
        return rows.dropna().drop_duplicates("customer_id").set_index("customer_id")

    def read_statements(self, raw: pd.DataFrame) -> pd.DataFrame:
        """Statements of the window, each its account's latest of the month."""
        rows = pd.DataFrame(
            {
                "account_id": raw["account_id"],
                "customer_id": raw["account_id"].map(self.holders),
                "date": pd.to_datetime(raw["statement_date"]),
                "month": month_number(raw["statement_date"]),
                "due_date": pd.to_datetime(raw["due_date"]),
                "paid_date": pd.to_datetime(raw["paid_date"].replace("", None)),
                "closing": cents(raw["closing_balance"]),
                "limit": cents(raw["credit_limit"]),
                "minimum": cents(raw["minimum_due"]),
                "paid": cents(raw["paid_amount"]).fillna(0),
            }
        )
        last_day = max(rows["date"].max(), rows["paid_date"].max())
        days = (rows["paid_date"] - rows["due_date"]).dt.days.clip(lower=0)
        overdue = (last_day - rows["due_date"]).dt.days
        rows["days_late"] = days.where(rows["paid"] >= rows["minimum"], overdue)
        rows.loc[(rows["minimum"] == 0) | (rows["due_date"] > last_day), "days_late"] = np.nan
        rows = rows[rows["customer_id"].isin(self.customers.index)]
        self.last_month = rows["month"].max()
        self.first_statements = rows.groupby("customer_id")["month"].min()
        rows = rows[rows["month"] > self.last_month - VARIABLES["usage_months"]]
        return rows.sort_values("date").drop_duplicates(["account_id", "month"], keep="last")

    def read_transactions(self, raw: pd.DataFrame) -> pd.DataFrame:
        """What each transaction is: the first row of the table in docs/events.md that applies."""
        codes = self.categories(raw["merchant_category_code"])
        rows = pd.DataFrame(
            {
                "id": raw["transaction_id"],
                "names": raw["original_transaction_id"],
                "customer_id": raw["account_id"].map(self.holders),
                "kind": raw["account_id"].map(self.kinds),
                "type": raw["transaction_type"].str.lower().map(words("transaction_types")),
                "state": raw["status"].str.lower().map(words("event_words", "status")),
                "amount": cents(raw["amount"]),
                "time": pd.to_datetime(raw["transaction_date"]),
                "category": raw["merchant_category_code"].map(codes),
                "payment_type": raw["payment_type"],
                "merchant": raw["merchant"].replace("", None),
                "channel": raw["channel"],
                "instalments": pd.to_numeric(raw["instalments"].replace("", None)),
                "number": pd.to_numeric(raw["instalment_number"].replace("", None)),
            }
        )
        approvals = words("event_words", "decline_reason")
        is_declined = ~raw["decline_reason"].str.lower().isin(["", *approvals])
        rows["state"] = rows["state"].mask(is_declined, "declined")
        goes_out = raw["direction"].str.lower().map(words("event_words", "direction")) == "out"
        rows["out"] = rows["amount"].where(goes_out, -rows["amount"])
        of_account = rows["kind"].map(CARD)
        rows["payment_type"] = rows["payment_type"].mask(rows["payment_type"] == "", of_account)

        is_open = rows["state"].isin(["approved", "pending"])
        posted_ids = rows.loc[rows["state"] == "posted", "id"]
        authorised = rows[is_open & rows["id"].isin(posted_ids)].groupby("id")["time"].min()
        rows["time"] = rows["id"].map(authorised).fillna(rows["time"])
        originals = rows[(rows["type"] != "reversal") & rows["id"].isin(rows["names"])]
        originals = originals.groupby("id").agg({"amount": "max", "category": "first"})
        is_whole = rows["names"].map(originals["amount"]) == rows["amount"]
        undoes = (rows["type"] == "reversal") & ~rows["state"].isin(["declined", "reversed"])
        undone = rows.loc[undoes & is_whole, "names"]
        is_purchase = rows["state"].isin(["posted", "approved", "pending"]) & rows["number"].isna()
        self.plans = rows.loc[is_purchase & (rows["instalments"] > 1), "id"].unique()
        is_reversed = rows["state"] == "reversed"
        is_reversed |= rows["id"].isin([*undone, *rows.loc[is_reversed, "id"]])
        is_reversed |= undoes & rows["names"].isin(undone)
        bills = rows["names"].isin(self.plans) & (rows["type"] == "instalment")
        is_refund = rows["type"].isin(["refund", "reversal"]) | (rows["out"] < 0)
        is_no_spend = ~rows["type"].isin(["purchase", "refund", "reversal", "instalment"])
        rows["treatment"] = np.select(
            [
                rows["state"] == "declined",
                is_reversed,
                is_open & rows["id"].isin(authorised.index),
                # a bank that says what is posted says so of all
                is_open,
                is_no_spend,
                bills,
                ~rows["customer_id"].isin(self.customers.index),
                is_refund,
            ],
            [
                *("declined", "reversed", "authorisation", "pending"),
                *(rows["type"], "instalment", "without_customer", "refund"),
            ],
            "purchase",
        )
        of_original = rows["names"].map(originals["category"])
        rows["category"] = rows["category"].fillna(of_original)
        rows["month"] = rows["time"].dt.year * 12 + rows["time"].dt.month - 1
        return rows

    @staticmethod
    def categories(values: pd.Series) -> dict[str, str]:
        """The category of each merchant category code."""
        found, ranges = {}, reference("merchant_categories").astype({"first_code": int})
        for code in set(values) - {""}:
            is_in = (ranges["first_code"] <= int(code)) & (ranges["last_code"] >= int(code))
            found[code] = ranges.loc[is_in, "category"].item()
        return found

    def spends(self) -> pd.DataFrame:
        """What was spent in a month on a category in a way of paying, net of refunds."""
        rows = self.transactions
        rows = rows[rows["treatment"].isin(["purchase", "refund"])]
        found = rows.groupby(["customer_id", "month", "category", "payment_type"])["out"].sum()
        found = found.reset_index(name="spend")
        return found.assign(month=month_text(found["month"]), spend=found["spend"] / 100)

    def by_month(self) -> pd.DataFrame:
        """Statements of a customer in a month, added up over their accounts."""
        figures = ["closing", "limit", "minimum", "paid"]
        return self.statements.groupby(["customer_id", "month"])[figures].sum().reset_index()

    def card_usage(self) -> pd.DataFrame:
        """What cardholders did with their credit cards in the months of the window."""
        months = self.by_month()
        first = self.first_statements[months["customer_id"].unique()]
        first = first.clip(lower=self.last_month - VARIABLES["usage_months"] + 1)
        tenure = self.last_month - first + 1

        rows = self.transactions
        rows = rows[(rows["kind"] == "credit") & rows["customer_id"].isin(tenure.index)]
        is_in = rows["month"].between(rows["customer_id"].map(first), self.last_month)
        rows = rows[is_in]
        bought = rows[rows["treatment"] == "purchase"]
        refunds = rows[rows["treatment"] == "refund"]
        cash = rows[rows["treatment"] == "cash_advance"]
        by_plan = bought["instalments"] > 1
        returned = refunds["names"].isin(self.plans)

        def total(part, column):
            return part.groupby("customer_id")[column].sum().reindex(tenure.index, fill_value=0)

        def share(part):
            used = part.groupby("customer_id")["month"].nunique()
            return used.reindex(tenure.index, fill_value=0) / tenure

        def net(part, back):
            return (total(part, "out") - -total(back, "out")).clip(lower=0) / 100

        def count(part):
            return part.groupby("customer_id").size().reindex(tenure.index, fill_value=0)

        in_one = net(bought[~by_plan], refunds[~returned])
        in_parts = net(bought[by_plan], refunds[returned])
        last = self.statements.drop_duplicates("account_id", keep="last")
        is_paid = (months["closing"] > 0) & (months["paid"] >= months["closing"])
        return (
            pd.DataFrame(
                {
                    "BALANCE": total(months, "closing") / 100 / count(months),
                    "BALANCE_FREQUENCY": share(months[months["closing"] != 0]),
                    "PURCHASES": in_one + in_parts,
                    "ONEOFF_PURCHASES": in_one,
                    "INSTALLMENTS_PURCHASES": in_parts,
                    "CASH_ADVANCE": total(cash, "out") / 100,
                    "PURCHASES_FREQUENCY": share(bought),
                    "ONEOFF_PURCHASES_FREQUENCY": share(bought[~by_plan]),
                    "PURCHASES_INSTALLMENTS_FREQUENCY": share(bought[by_plan]),
                    "CASH_ADVANCE_FREQUENCY": share(cash),
                    "CASH_ADVANCE_TRX": count(cash),
                    "PURCHASES_TRX": count(bought),
                    "CREDIT_LIMIT": total(last, "limit") / 100,
                    "PAYMENTS": total(months, "paid") / 100,
                    "MINIMUM_PAYMENTS": total(months, "minimum") / 100,
                    "PRC_FULL_PAYMENT": share(months[is_paid]),
                    "TENURE": tenure,
                }
            )
            .rename_axis("CUST_ID")
            .reset_index()
        )

    def purchases_described(self) -> pd.DataFrame:
        """What single transactions tell of a cardholder's purchases in the months of the window."""
        first = self.first_statements.clip(lower=self.last_month - VARIABLES["usage_months"] + 1)
        rows = self.transactions
        rows = rows[(rows["kind"] == "credit") & (rows["treatment"] == "purchase")]
        rows = rows[rows["customer_id"].isin(self.by_month()["customer_id"])]
        rows = rows[rows["month"].between(rows["customer_id"].map(first), self.last_month)]
        ending = pd.Timestamp(self.last_month // 12, self.last_month % 12 + 1, 1)
        ending += pd.offsets.MonthEnd(0)
        by_customer = rows.groupby("customer_id")
        online = rows[rows["channel"] != ""]
        online = (online["channel"] == "Online").groupby(online["customer_id"]).mean()
        return pd.DataFrame(
            {
                "days_since_purchase": (ending - by_customer["time"].max().dt.normalize()).dt.days,
                "online_share_of_purchases": online,
                "merchants": by_customer["merchant"].nunique(),
                "spend_categories": by_customer["category"].nunique(),
            }
        )

    def open_cards(self) -> pd.DataFrame:
        """Credit accounts that are not closed."""
        rows = self.accounts
        return rows[(rows["kind"] == "credit") & (rows["closed"] == "")]

    def card_relationships(self) -> pd.DataFrame:
        """Limit and cards of the open credit accounts, and contacts of the year up to the last."""
        rows = self.open_cards()
        holders = rows.assign(
            limit=pd.to_numeric(rows["credit_limit"]), cards=pd.to_numeric(rows["cards"])
        ).groupby("customer_id")
        contacts = self.contacts.assign(month=month_number(self.contacts["contacted_at"]))
        first = contacts["month"].max() - VARIABLES["contact_period_months"]
        contacts = contacts[contacts["month"] > first]
        contacts = pd.crosstab(contacts["customer_id"], contacts["channel"])
        contacts = contacts.reindex(list(holders.groups), fill_value=0)
        found = (
            pd.DataFrame(
                {
                    "Avg_Credit_Limit": holders["limit"].mean(),
                    "Total_Credit_Cards": holders["cards"].sum(),
                    "Total_visits_bank": contacts["Branch"],
                    "Total_visits_online": contacts["Online"],
                    "Total_calls_made": contacts["Call"],
                }
            )
            .rename_axis("Sl_No")
            .reset_index()
        )
        return found.assign(**{"Customer Key": found["Sl_No"]})

    def credit_profiles(self) -> pd.DataFrame:
        """What is owed and how it was paid, by customer and month with a statement."""
        months = self.by_month()
        billed = self.statements.dropna(subset="days_late")
        late = billed.groupby(["customer_id", "month"])["days_late"]
        late = late.agg(days="sum", due="count", delayed=lambda days: (days > 0).sum())
        keys = ["customer_id", "month"]
        late = months[keys].merge(late.reset_index(), "left", keys).fillna(0)
        late = late.sort_values("month").groupby("customer_id")[["days", "due", "delayed"]].cumsum()
        debt, limit = months["closing"].clip(lower=0) / 100, months["limit"] / 100
        answer = np.where(months["paid"] > months["minimum"], "No", "Yes")
        customers = self.customers.loc[months["customer_id"]].reset_index(drop=True)
        accounts = self.accounts.assign(opened=month_number(self.accounts["opened"]))
        is_credit = accounts["kind"] == "credit"
        opened = accounts[is_credit].groupby("customer_id")["opened"].min()
        cards = self.card_relationships().set_index("Sl_No")["Total_Credit_Cards"]
        others = accounts[~is_credit & (accounts["closed"] == "")].groupby("customer_id").size()
        rows = self.transactions
        billed = rows[(rows["treatment"] == "instalment") & (rows["kind"] == "credit")]
        billed = billed.groupby(keys)["out"].sum().reset_index()
        age = months["month"] - months["customer_id"].map(opened)
        found = pd.DataFrame(
            {
                "ID": months["customer_id"] + "-" + months["month"].astype(str),
                "Customer_ID": months["customer_id"],
                "Month": month_text(months["month"]),
                "Occupation": customers["occupation"],
                "Monthly_Inhand_Salary": customers["income"],
                "Num_Bank_Accounts": months["customer_id"].map(others),
                "Num_Credit_Card": months["customer_id"].map(cards),
                "Delay_from_due_date": late["days"] / late["due"].replace(0, np.nan),
                "Num_of_Delayed_Payment": late["delayed"].where(late["due"] > 0),
                "Outstanding_Debt": debt,
                "Credit_Utilization_Ratio": 100 * debt / limit,
                "Credit_History_Age": age.map(lambda n: f"{n // 12} Years and {n % 12} Months"),
                "Payment_of_Min_Amount": np.where(months["minimum"] > 0, answer, "NM"),
                "Total_EMI_per_month": months[keys].merge(billed, "left", keys)["out"].fillna(0)
                / 100,
            }
        )
        return found.assign(**dict.fromkeys(UNKNOWN_TO_EVENTS))

    def inputs(self) -> dict[str, pd.DataFrame]:
        """The inputs that events make, as their files would be."""
        return {
            "spends": self.spends(),
            "card_relationships": self.card_relationships(),
            "card_usage": self.card_usage(),
            "credit_profiles": self.credit_profiles(),
        }
