"""What segments are formed from and described by, from the raw files, and scoring in NumPy."""

from functools import cache

import numpy as np
import pandas as pd
import yaml
from bank import VARIABLES
from workspaces import PROJECT

SEGMENTATIONS = ["spending", "relationship", "card_usage", "repayment"]
TRANSFORMS = {
    "identity": lambda x: x,
    "log1p": np.log1p,
    "signed_log1p": lambda x: np.sign(x) * np.log1p(np.abs(x)),
}


def specification(segmentation: str) -> dict:
    """The specification that stands beside the feature model."""
    folder = PROJECT / "models" / "intermediate" / segmentation
    models = yaml.safe_load((folder / f"_{segmentation}__models.yml").read_text())["models"]
    return next(
        one["config"]["meta"]["segmentation"]
        for one in models
        if one["name"] == f"int_{segmentation}__features"
    )


def metrics_of(segmentation: str) -> tuple[list[str], list[str]]:
    """The names of the features, and of what only describes."""
    given = specification(segmentation)
    features = [one if isinstance(one, str) else one["name"] for one in given["features"]]
    # what is a mapping is known of events alone
    return features, [one for one in given.get("profile", []) if isinstance(one, str)]


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """A ratio, unknown where there is nothing to divide by."""
    return part / whole.replace(0, np.nan)


def spending_features(spends: pd.DataFrame, incomes: pd.Series) -> pd.DataFrame:
    """Spend of an average month and its payment types, over the months of the rows given."""
    months = spends["month"].nunique()
    by_type = spends.pivot_table("spend", "customer_id", "payment_type", "sum")
    by_type = by_type.reindex(incomes.index).fillna(0)
    total = by_type.sum(axis=1)
    found = pd.DataFrame(
        {
            "monthly_income_amount": incomes,
            "average_monthly_spend_amount": total / months,
            "income_utilisation_pct": 100 * total / months / incomes,
        }
    )
    for name, payment_type in VARIABLES["payment_type_shares"].items():
        found[name] = share(by_type[payment_type], total)
    return found


def relationship_features(rows: pd.DataFrame) -> pd.DataFrame:
    contacts = rows["branch_visits"] + rows["online_visits"] + rows["calls"]
    return rows.assign(
        contacts=contacts,
        total_credit_limit_amount=rows["credit_limit_amount"] * rows["credit_cards"],
        calls_share_of_contacts=share(rows["calls"], contacts),
        online_share_of_contacts=share(rows["online_visits"], contacts),
        branch_share_of_contacts=share(rows["branch_visits"], contacts),
    )


def card_usage_features(rows: pd.DataFrame) -> pd.DataFrame:
    one_off, instalments = rows["oneoff_purchases"], rows["installments_purchases"]
    return pd.DataFrame(
        {
            "one_off_purchases_amount": one_off,
            "instalment_purchases_amount": instalments,
            "cash_advance_amount": rows["cash_advance"],
            "balance_amount": rows["balance"],
            "credit_limit_amount": rows["credit_limit"],
            "payments_amount": rows["payments"],
            "full_payment_share": rows["prc_full_payment"],
            "purchases_amount": rows["purchases"],
            "minimum_payments_amount": rows["minimum_payments"],
            "purchases_frequency_share": rows["purchases_frequency"],
            "one_off_purchases_frequency_share": rows["oneoff_purchases_frequency"],
            "instalment_purchases_frequency_share": rows["purchases_installments_frequency"],
            "cash_advance_frequency_share": rows["cash_advance_frequency"],
            "balance_frequency_share": rows["balance_frequency"],
            "purchase_transactions": rows["purchases_trx"],
            "cash_advance_transactions": rows["cash_advance_trx"],
            "tenure_months": rows["tenure"],
            "monthly_purchases_amount": rows["purchases"] / rows["tenure"],
            "average_purchase_amount": share(rows["purchases"], rows["purchases_trx"]),
            "average_cash_advance_amount": share(rows["cash_advance"], rows["cash_advance_trx"]),
            "cash_advance_share_of_usage": share(
                rows["cash_advance"], rows["cash_advance"] + rows["purchases"]
            ),
            "instalment_share_of_purchases": share(instalments, one_off + instalments),
            "limit_utilisation_share": share(rows["balance"], rows["credit_limit"]),
            "payment_ratio": share(rows["payments"], rows["minimum_payments"]),
        }
    )


def repayment_features(rows: pd.DataFrame) -> pd.DataFrame:
    known = rows["score"].notna()
    return rows.assign(
        debt_to_income_ratio=share(rows["debt"], rows["salary"]),
        # not mentioned lies between yes and no
        minimum_payment_indicator=rows["answer"].map({"Yes": 1, "NM": 0.5, "No": 0}),
        monthly_salary_amount=rows["salary"],
        outstanding_debt_amount=rows["debt"],
        monthly_instalments_amount=rows["instalments"],
        monthly_investment_amount=rows["investment"],
        monthly_balance_amount=rows["balance"],
        good_credit_score_share=rows["score"].eq("Good").astype(float).where(known),
        poor_credit_score_share=rows["score"].eq("Poor").astype(float).where(known),
    )


@cache
def features(bank, segmentation: str) -> pd.DataFrame:
    """One row per customer, in the order of keys: the features and what describes."""
    found = {
        "spending": lambda: spending_features(bank.spends, bank.customers["income"]),
        "relationship": lambda: relationship_features(bank.relationships),
        "card_usage": lambda: card_usage_features(bank.cardholders),
        "repayment": lambda: repayment_features(bank.profiles),
    }[segmentation]()
    formed_from, described_by = metrics_of(segmentation)
    return found[[*formed_from, *described_by]].astype(float).sort_index()


class Model:
    """Scoring by nothing but the published parameters, as docs/method.md says."""

    def __init__(self, bank, segmentation: str) -> None:
        rows = bank.published("segment_parameters")
        rows = rows[rows["segmentation"] == segmentation]
        centroids = rows[rows["parameter"] == "centroid"]
        self.centroids = centroids.pivot(
            index="segment_key", columns="feature", values="parameter_value"
        )
        self.used = list(self.centroids.columns)
        self.parameters = rows[rows["parameter"] != "centroid"].set_index(["feature", "parameter"])

    def parameter(self, feature: str, name: str, otherwise):
        where = (feature, name)
        return (
            self.parameters.loc[where, "parameter_value"]
            if where in self.parameters.index
            else otherwise
        )

    def prepared(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Imputed, clipped, transformed, standardised and weighted: distances are Euclidean."""
        found = {}
        for name in self.used:
            values = customers[name].fillna(self.parameter(name, "median", np.nan))
            values = values.clip(
                self.parameter(name, "lower", -np.inf), self.parameter(name, "upper", np.inf)
            )
            transform = TRANSFORMS[self.parameters.loc[(name, "transform"), "parameter_text"]]
            mean = self.parameter(name, "mean", np.nan)
            spread = self.parameter(name, "standard_deviation", np.nan)
            found[name] = (transform(values) - mean) / spread * self.root_weight(name)
        return pd.DataFrame(found)

    def root_weight(self, feature: str) -> float:
        return np.sqrt(self.parameter(feature, "weight", 1))

    def scored(self, customers: pd.DataFrame) -> pd.DataFrame:
        """The nearest segment and the runner-up; the lower number on ties."""
        points = self.prepared(customers)
        weights = np.array([self.root_weight(name) for name in self.used])
        differences = points.to_numpy()[:, None, :] - (self.centroids * weights).to_numpy()
        distances = np.sqrt((differences**2).sum(axis=2))
        order = np.argsort(distances, axis=1, kind="stable")
        nearest, second = (np.take_along_axis(distances, order, 1)[:, one] for one in (0, 1))
        return pd.DataFrame(
            {
                "segment_key": self.centroids.index[order[:, 0]],
                "runner_up_segment_key": self.centroids.index[order[:, 1]],
                "distance": nearest,
                "margin": (second - nearest) / second,
            },
            index=customers.index,
        )
