"""The bundled sample: what the script writes, what is planted in it and what is dirty in it."""

import csv
import gzip
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from tools import write_sample as script

REPOSITORY = Path(__file__).resolve().parents[2]
INPUTS = REPOSITORY / "seeds" / "inputs"
TRUTH = REPOSITORY / "tests" / "data" / "planted_segments.csv"

HEADERS = {
    "customers": "customer_id,age_group,city,occupation,gender,marital status,avg_income",
    "spends": "customer_id,month,category,payment_type,spend",
    "card_relationships": (
        "Sl_No,Customer Key,Avg_Credit_Limit,Total_Credit_Cards,Total_visits_bank,"
        "Total_visits_online,Total_calls_made"
    ),
    "card_usage": (
        "CUST_ID,BALANCE,BALANCE_FREQUENCY,PURCHASES,ONEOFF_PURCHASES,INSTALLMENTS_PURCHASES,"
        "CASH_ADVANCE,PURCHASES_FREQUENCY,ONEOFF_PURCHASES_FREQUENCY,"
        "PURCHASES_INSTALLMENTS_FREQUENCY,CASH_ADVANCE_FREQUENCY,CASH_ADVANCE_TRX,PURCHASES_TRX,"
        "CREDIT_LIMIT,PAYMENTS,MINIMUM_PAYMENTS,PRC_FULL_PAYMENT,TENURE"
    ),
    "credit_profiles": (
        "ID,Customer_ID,Month,Name,Age,SSN,Occupation,Annual_Income,Monthly_Inhand_Salary,"
        "Num_Bank_Accounts,Num_Credit_Card,Interest_Rate,Num_of_Loan,Type_of_Loan,"
        "Delay_from_due_date,Num_of_Delayed_Payment,Changed_Credit_Limit,Num_Credit_Inquiries,"
        "Credit_Mix,Outstanding_Debt,Credit_Utilization_Ratio,Credit_History_Age,"
        "Payment_of_Min_Amount,Total_EMI_per_month,Amount_invested_monthly,Payment_Behaviour,"
        "Monthly_Balance,Credit_Score"
    ),
}
LINE_ENDS = {
    "customers": b"\r\n",
    "spends": b"\n",
    "card_relationships": b"\r\n",
    "card_usage": b"\r\n",
    "credit_profiles": b"\n",
}
PUBLIC_FILES = {
    "customers": "mitron/dim_customers.csv",
    "spends": "mitron/fact_spends.csv.gz",
    "card_relationships": "alllife/Credit Card Customer Data.csv",
    "card_usage": "card_usage/CC GENERAL.csv",
    "credit_profiles": "credit_profile/train_august.csv",
}
IDENTIFIERS = {
    "customers": ["customer_id"],
    "spends": ["customer_id"],
    "card_relationships": ["Sl_No", "Customer Key"],
    "card_usage": ["CUST_ID"],
    "credit_profiles": ["ID", "Customer_ID", "Name", "SSN"],
}
AMOUNTS = ["ONEOFF_PURCHASES", "INSTALLMENTS_PURCHASES", "CASH_ADVANCE"]
AMOUNTS += ["BALANCE", "CREDIT_LIMIT", "PAYMENTS"]
MIB = 2**20


def read(name, folder=INPUTS):
    """Read an input as text, nothing interpreted."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def numbers(values):
    """Return texts as numbers; what is no plain number is missing."""
    return pd.to_numeric(values.str.replace(",", ""), errors="coerce")


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(TRUTH, dtype=str)


@pytest.fixture(scope="module")
def spends():
    return read("spends")


@pytest.fixture(scope="module")
def profiles():
    return read("credit_profiles")


# --- the files and the script -------------------------------------------------------------------


def test_bundled_files_are_what_the_script_writes(tmp_path):
    script.main(["--output", str(tmp_path)])
    expected = {f"{name}.csv": INPUTS for name in HEADERS} | {TRUTH.name: TRUTH.parent}
    assert {path.name for path in tmp_path.iterdir()} == set(expected)
    for name, folder in expected.items():
        same = (tmp_path / name).read_bytes() == (folder / name).read_bytes()
        assert same, f"{name} differs: run make sample and commit the files"


def test_seed_and_size_decide_the_bytes(tmp_path):
    for folder, seed in (("first", "7"), ("again", "7"), ("other", "8")):
        script.main(["--output", str(tmp_path / folder), "--customers", "100", "--seed", seed])
    for name in HEADERS:
        first, again, other = (
            (tmp_path / folder / f"{name}.csv").read_bytes()
            for folder in ("first", "again", "other")
        )
        assert first == again
        assert first != other


def test_customers_scale_every_input(tmp_path):
    script.main(["--output", str(tmp_path), "--customers", "1200"])
    for name in HEADERS:
        assert len(read(name, tmp_path)) == pytest.approx(2 * len(read(name)), abs=2), name


def test_blocks_of_customers_cover_everybody_once(tmp_path, monkeypatch):
    monkeypatch.setattr(script, "BLOCK_CUSTOMERS", 70)
    script.main(["--output", str(tmp_path), "--customers", "150"])
    rows = read("spends", tmp_path).iloc[:-2]
    per_customer = rows.groupby("customer_id").size()
    assert len(per_customer) == 150
    assert (per_customer == 216).all()


def test_too_few_customers_are_refused_in_words(tmp_path, capsys):
    with pytest.raises(SystemExit):
        script.main(["--output", str(tmp_path), "--customers", "99"])
    assert "--customers must be at least 100, not 99." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HEADERS)
def test_headers_and_line_ends(name):
    content = (INPUTS / f"{name}.csv").read_bytes()
    line_end = LINE_ENDS[name]
    assert content.split(line_end, 1)[0].decode() == HEADERS[name]
    assert content.endswith(line_end)
    assert content.count(b"\r") == (content.count(b"\n") if line_end == b"\r\n" else 0)


def test_sizes():
    sizes = {name: (INPUTS / f"{name}.csv").stat().st_size for name in HEADERS}
    assert sizes["spends"] < 7 * MIB
    assert sum(sizes.values()) < 8 * MIB
    assert {name: len(read(name)) for name in HEADERS} == {
        "customers": 602,
        "spends": 129_602,
        "card_relationships": 660,
        "card_usage": 2_500,
        "credit_profiles": 1_500,
    }


# --- what is planted ----------------------------------------------------------------------------


def relationship_features():
    frame = read("card_relationships").set_index("Sl_No").iloc[:, 1:].apply(numbers)
    return frame.dropna()


def card_usage_features():
    frame = read("card_usage").set_index("CUST_ID")
    frame = frame[[*AMOUNTS, "PRC_FULL_PAYMENT"]].apply(numbers)
    frame = frame.fillna(frame.median())
    frame[AMOUNTS] = np.log1p(frame[AMOUNTS])
    return frame


def spending_features():
    rows = read("spends").assign(amount=lambda frame: numbers(frame["spend"]))
    rows = rows[rows["amount"] > 0]
    totals = rows.pivot_table(
        index="customer_id", columns="payment_type", values="amount", aggfunc="sum"
    )
    customers = read("customers").drop_duplicates("customer_id").set_index("customer_id")
    frame = totals.join(numbers(customers["avg_income"]), how="inner")
    spend = totals.sum(axis=1).loc[frame.index] / 6
    shares = frame[totals.columns].div(6 * spend, axis=0)
    utilisation = spend / frame["avg_income"]
    return shares.assign(
        income=np.log(frame["avg_income"]), spend=np.log(spend), utilisation=utilisation
    )


def repayment_features():
    frame = read("credit_profiles").query("Month == 'August'").set_index("Customer_ID")
    plain = frame.apply(lambda column: numbers(column.str.strip("_")))
    salary = plain["Monthly_Inhand_Salary"].fillna(plain["Annual_Income"] / 12)
    features = pd.DataFrame(
        {
            "delay": plain["Delay_from_due_date"],
            "delayed": plain["Num_of_Delayed_Payment"].where(plain["Num_of_Delayed_Payment"] < 40),
            "debt": np.log(plain["Outstanding_Debt"] / salary),
            "utilisation": plain["Credit_Utilization_Ratio"],
            "minimum": frame["Payment_of_Min_Amount"].map({"Yes": 1.0, "No": 0.0}),
            "inquiries": plain["Num_Credit_Inquiries"].where(plain["Num_Credit_Inquiries"] < 40),
        }
    )
    return features.fillna(features.median())


PLANTED = {
    "relationship": (relationship_features, 3, 0.90),
    "card_usage": (card_usage_features, 4, 0.85),
    "spending": (spending_features, 4, 0.85),
    "repayment": (repayment_features, 3, 0.75),  # unknown minimum payments blur the border
}


@pytest.mark.parametrize("segmentation", PLANTED)
def test_k_means_recovers_the_planted_groups(segmentation, truth):
    features, planted_count, least_agreement = PLANTED[segmentation]
    frame = features()
    planted = truth[truth["segmentation"] == segmentation].set_index("customer_id")
    assert set(planted.index) == set(frame.index), "truth and valid rows differ"
    assert planted.index.is_unique
    matrix = ((frame - frame.mean()) / frame.std(ddof=0)).to_numpy()
    labels = {
        count: KMeans(count, n_init=10, random_state=0).fit_predict(matrix) for count in range(3, 7)
    }
    groups = planted.loc[frame.index, "planted_segment"]
    assert groups.nunique() == planted_count
    assert adjusted_rand_score(groups, labels[planted_count]) >= least_agreement
    silhouettes = {count: silhouette_score(matrix, found) for count, found in labels.items()}
    assert max(silhouettes, key=silhouettes.get) == planted_count
    assert silhouettes[planted_count] < 0.60, "toy blobs: no real file looks like that"
    shares = groups.value_counts(normalize=True)
    assert shares.between(0.05, 0.70).all()


def test_utilisation_is_near_the_public_one():
    utilisation = spending_features()["utilisation"]
    assert utilisation.mean() == pytest.approx(0.43, abs=0.02)
    customers = read("customers").drop_duplicates("customer_id").set_index("customer_id")
    by_occupation = utilisation.groupby(customers["occupation"].str.strip()).mean()
    assert by_occupation.idxmax() == "Salaried IT Employees"
    assert by_occupation.idxmin() == "Government Employees"
    by_city = utilisation.groupby(customers["city"].str.title()).mean()
    assert by_city.idxmax() == "Mumbai"
    assert by_city.idxmin() == "Chennai"


def test_scores_follow_age_delays_and_minimum_payments(profiles):
    good, poor = profiles["Credit_Score"] == "Good", profiles["Credit_Score"] == "Poor"
    age = numbers(profiles["Age"].str.strip("_"))
    assert good[age.between(45, 60)].mean() > good[age.between(14, 24)].mean() + 0.1
    late = numbers(profiles["Delay_from_due_date"]) > 30
    assert poor[late].mean() > poor[~late].mean() + 0.2
    minimum = profiles["Payment_of_Min_Amount"]
    assert good[minimum == "No"].mean() > good[minimum == "Yes"].mean() + 0.2


# --- coverage -----------------------------------------------------------------------------------


def test_every_demographic_value_has_twenty_customers():
    customers = read("customers").drop_duplicates("customer_id")
    expected = {"age_group": 4, "city": 5, "occupation": 5, "gender": 2, "marital status": 2}
    spellings = {"city": {"delhi ncr": "Delhi NCR"}}
    for column, values in expected.items():
        counts = customers[column].str.strip().replace(spellings.get(column, {})).value_counts()
        assert len(counts) == values, counts
        assert counts.min() >= 20, counts


def test_spends_hold_every_cell_of_every_customer_once(spends):
    assert spends["month"].nunique() == 6
    assert spends["category"].nunique() == 9
    assert spends["payment_type"].nunique() == 4
    grid = spends.iloc[:-2]
    assert len(grid) == 600 * 6 * 9 * 4
    assert not grid.duplicated(["customer_id", "month", "category", "payment_type"]).any()


def test_card_usage_is_consistent():
    frame = read("card_usage").set_index("CUST_ID").apply(numbers)
    months = frame["PURCHASES_FREQUENCY"] * frame["TENURE"]
    assert np.abs(months - months.round()).max() < 1e-4
    assert (frame["PURCHASES_TRX"] >= months.round()).all()
    assert ((frame["PURCHASES_TRX"] > 0) == (frame["PURCHASES"] > 0)).all()
    assert ((frame["CASH_ADVANCE_TRX"] > 0) == (frame["CASH_ADVANCE"] > 0)).all()
    assert frame["TENURE"].between(6, 12).all()
    assert (frame["TENURE"] == 12).mean() == pytest.approx(0.85, abs=0.03)
    parts = frame["ONEOFF_PURCHASES"] + frame["INSTALLMENTS_PURCHASES"]
    assert 1 <= (np.abs(parts - frame["PURCHASES"]) > 0.01).sum() <= 0.005 * len(frame)
    assert frame["MINIMUM_PAYMENTS"].isna().mean() == pytest.approx(0.03, abs=0.01)
    assert frame["CREDIT_LIMIT"].isna().sum() == 1
    assert 1 <= (frame["CASH_ADVANCE_FREQUENCY"] > 1).sum() <= 10
    over_limit = (frame["BALANCE"] > frame["CREDIT_LIMIT"]).mean()
    assert over_limit == pytest.approx(0.025, abs=0.005)
    kept = frame.drop(columns=["MINIMUM_PAYMENTS", "CREDIT_LIMIT"])
    assert kept.notna().all(axis=None)
    assert (kept >= 0).all(axis=None)


# --- dirt ---------------------------------------------------------------------------------------


def test_dirty_customers():
    customers = read("customers")
    padded = customers[["occupation", "gender", "marital status"]]
    assert (padded != padded.apply(lambda column: column.str.strip())).sum().tolist() == [1, 1, 1]
    assert customers["city"].str.islower().sum() == 1
    assert customers["avg_income"].str.fullmatch(r" \d+,\d{3}\.00 ").sum() == 1
    assert customers["avg_income"].tolist().index("") == 600, "missing income: the last but one"
    assert customers["customer_id"].iloc[-1] == customers["customer_id"].iloc[0]
    assert customers["customer_id"].duplicated().sum() == 1


def test_dirty_spends(spends):
    text = spends.loc[~spends["spend"].str.fullmatch(r"\d+"), "spend"].tolist()
    assert len(text) == 3
    repaired, negative, no_number = text
    assert repaired.startswith(" ")
    assert repaired.endswith(".00 ")
    assert "," in repaired
    assert int(negative) < 0
    assert no_number == "not known"
    keys = spends[["customer_id", "month", "category", "payment_type"]]
    assert keys.duplicated().to_numpy().nonzero()[0].tolist() == [len(spends) - 2]
    known = set(read("customers")["customer_id"])
    orphans = spends.loc[~spends["customer_id"].isin(known), "customer_id"]
    assert orphans.tolist() == ["SAMPLE00000"]
    assert orphans.index[0] == len(spends) - 1


def test_dirty_relationships():
    frame = read("card_relationships")
    assert frame["Sl_No"].is_unique
    repeated = frame[frame["Customer Key"].duplicated(keep=False)]
    assert len(repeated) == 8
    assert not repeated.duplicated(frame.columns[1:].tolist()).any()
    odd = {
        column: frame.loc[~frame[column].str.fullmatch(r"\d+"), column].tolist()
        for column in frame.columns
    }
    (repaired,) = odd.pop("Avg_Credit_Limit")
    assert repaired.startswith(" ")
    assert repaired.endswith(",000.00 ")
    assert {column: values for column, values in odd.items() if values} == {
        "Total_visits_online": ["unknown"]
    }


TRAILING_UNDERSCORE = r"-?[\d.]+_"
PUBLIC_DIRT = {
    "trailing underscore on Age": ("Age", TRAILING_UNDERSCORE, 637),
    "trailing underscore on Annual_Income": ("Annual_Income", TRAILING_UNDERSCORE, 859),
    "trailing underscore on Num_of_Loan": ("Num_of_Loan", TRAILING_UNDERSCORE, 623),
    "trailing underscore on delays": ("Num_of_Delayed_Payment", TRAILING_UNDERSCORE, 374),
    "trailing underscore on Outstanding_Debt": ("Outstanding_Debt", TRAILING_UNDERSCORE, 139),
    "Age -500": ("Age", "-500_?", 104),
    "Age above 100": ("Age", r"\d{3,}_?", 215),
    "Annual_Income out of range": ("Annual_Income", r"\d{7,}(\.\d*)?_?", 114),
    "Num_of_Loan -100": ("Num_of_Loan", "-100_?", 500),
    "Num_of_Loan out of range": ("Num_of_Loan", r"\d{3,}_?", 67),
    "Changed_Credit_Limit _": ("Changed_Credit_Limit", "_", 254),
    "Amount_invested_monthly": ("Amount_invested_monthly", "__10000__", 558),
    "Monthly_Balance": ("Monthly_Balance", "__-333333333333333333333333333__", 1),
    "accounts out of range": ("Num_Bank_Accounts", r"\d{3,}", 167),
    "accounts -1": ("Num_Bank_Accounts", "-1", 4),
    "cards out of range": ("Num_Credit_Card", r"\d{3,}", 296),
    "interest rate out of range": ("Interest_Rate", r"\d{3,}", 270),
    "delayed payments out of range": ("Num_of_Delayed_Payment", r"\d{3,}_?", 105),
    "inquiries out of range": ("Num_Credit_Inquiries", r"\d{3,}\.0", 194),
    "instalments out of range": ("Total_EMI_per_month", r"\d{4,}(\.\d*)?", 408),
    "Occupation": ("Occupation", "_______", 880),
    "Credit_Mix": ("Credit_Mix", "_", 2611),
    "Payment_Behaviour": ("Payment_Behaviour", "!@9#%8", 998),
    "Payment_of_Min_Amount": ("Payment_of_Min_Amount", "NM", 1438),
    "SSN": ("SSN", r"#F%\$D@\*&8", 703),
    "name with a stray quote": ("Name", '".*', 71),
}


@pytest.mark.parametrize("kind", PUBLIC_DIRT)
def test_profile_dirt_is_as_frequent_as_in_the_public_file(kind, profiles):
    column, pattern, public_count = PUBLIC_DIRT[kind]
    count = profiles[column].str.fullmatch(pattern).sum()
    expected = public_count / 12_500 * len(profiles)
    assert count >= 1
    assert 0.5 * expected - 2 <= count <= 1.6 * expected + 2


def test_other_profile_dirt(profiles):
    history = profiles["Credit_History_Age"]
    assert (history == "NA").sum() >= 1
    assert history[history != "NA"].str.fullmatch(r"\d+ Years and \d+ Months").all()
    assert (profiles["Monthly_Inhand_Salary"] == "").sum() >= 1
    assert (profiles["Num_of_Delayed_Payment"] == "").sum() >= 1
    assert profiles["Name"].str.contains(",").sum() >= 1
    assert profiles["Type_of_Loan"].eq("").sum() >= 1
    assert profiles["Type_of_Loan"].str.contains(", and ").sum() >= 1
    items = profiles["Type_of_Loan"].str.replace("and ", "").str.split(", ")
    assert items.map(lambda loans: len(loans) > len(set(loans))).any(), "no list with a repeat"
    assert profiles["ID"].str.fullmatch("0x[0-9a-f]+").all()


def test_profiles_are_two_months_of_every_customer(profiles):
    assert not profiles.duplicated(["Customer_ID", "Month"]).any()
    assert set(Counter(profiles["Customer_ID"]).values()) == {2}
    assert set(profiles["Month"]) == {"July", "August"}
    assert profiles["ID"].is_unique


# --- nobody real --------------------------------------------------------------------------------


def test_names_and_numbers_are_visibly_made_up(profiles):
    assert profiles["Name"].str.contains("Sample Person").all()
    numbers_of_persons = profiles.loc[profiles["SSN"] != "#F%$D@*&8", "SSN"]
    assert numbers_of_persons.str.fullmatch(r"900-\d{2}-\d{4}").all()
    assert read("customers")["customer_id"].str.startswith("SAMPLE").all()


@pytest.fixture(scope="module")
def real_data():
    folder = Path(os.environ.get("REAL_DATA_DIR", REPOSITORY.parent / "shared" / "real_data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set REAL_DATA_DIR to compare with the public files")
    return folder


def public_rows(folder, name):
    """Return the public file of an input as header and rows of text."""
    path = folder / PUBLIC_FILES[name]
    reader = gzip.open if path.suffix == ".gz" else open
    with reader(path, "rt", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header, rows


@pytest.mark.parametrize("name", HEADERS)
def test_no_public_header_differs_and_no_public_id_or_row_occurs(name, real_data):
    header, rows = public_rows(real_data, name)
    assert header == HEADERS[name].split(",")
    ours = read(name)
    assert set(ours.itertuples(index=False, name=None)).isdisjoint(map(tuple, rows))
    for column in IDENTIFIERS[name]:
        position = header.index(column)
        shared = set(ours[column]) & {row[position] for row in rows}
        assert shared <= {"#F%$D@*&8"}, f"{column} occurs in the public file: {sorted(shared)[:5]}"


@pytest.mark.parametrize("name", ["card_usage", "credit_profiles"])
def test_no_public_row_occurs_under_another_id(name, real_data):
    """Rows too rich to match by chance are compared without their ids."""
    header, rows = public_rows(real_data, name)
    kept = [column for column in header if column not in IDENTIFIERS[name]]
    positions = [header.index(column) for column in kept]
    public = {tuple(row[position] for position in positions) for row in rows}
    assert public.isdisjoint(read(name)[kept].itertuples(index=False, name=None))
