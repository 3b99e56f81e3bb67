"""Banks made of the bundled sample: a few of its customers, or with some who are alone."""

from pathlib import Path

import numpy as np
import pandas as pd
from workspaces import PROJECT

KEYS = {
    "customers": "customer_id",
    "card_relationships": "Customer Key",
    "card_usage": "CUST_ID",
    "credit_profiles": "Customer_ID",
}


def read(name: str) -> pd.DataFrame:
    """Read an input of the sample as text."""
    path = PROJECT / "seeds" / "inputs" / f"{name}.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def write(folder: Path, inputs: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Write inputs as files; return the variable that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in inputs.items():
        rows.to_csv(folder / f"{name}.csv", index=False)
    return {name: str(folder / f"{name}.csv") for name in inputs}


def sampled_bank(folder: Path, seed: int, customers: int) -> dict[str, str]:
    """Write a bank of so many customers in each input, drawn from the sample."""
    randomness, inputs = np.random.default_rng(seed), {}
    for name, key in KEYS.items():
        rows = read(name)
        known = rows.loc[rows[key] != "", key].drop_duplicates().to_numpy()
        chosen = randomness.choice(known, min(customers, len(known)), replace=False)
        inputs[name] = rows[rows[key].isin(chosen)]
    spends = read("spends")
    inputs["spends"] = spends[spends["customer_id"].isin(inputs["customers"]["customer_id"])]
    return write(folder, inputs)


def planted_bank(folder: Path) -> dict[str, str]:
    """Write the sample with customers who are each alone in one thing (test_disclosure.py)."""
    inputs = {name: read(name) for name in (*KEYS, "spends")}
    customers, spends = inputs["customers"], inputs["spends"]
    one, two, three, four = customers["customer_id"].drop_duplicates().iloc[[10, 20, 30, 40]]
    customers.loc[customers["customer_id"] == one, "city"] = "Shimla"
    customers.loc[customers["customer_id"] == two, "occupation"] = "Lighthouse keeper"
    alone = [
        (three, "May", "Fertility clinic", "UPI", 4321),
        (four, "June", "Food", "Postal order", 1234),
        (four, "December", "Food", "UPI", 987),
    ]
    alone = pd.DataFrame(alone, columns=spends.columns).astype(str)
    inputs["spends"] = pd.concat([spends, alone])
    cards = inputs["card_relationships"]
    cards.loc[cards.index[5], "Total_Credit_Cards"] = "11"
    credit = inputs["credit_profiles"]
    credit.loc[credit["Customer_ID"] == credit["Customer_ID"].iloc[50], "Occupation"] = "Falconer"
    return write(folder, inputs)
