"""Write the bundled sample: five made-up inputs and the segments planted in them.

Usage: ``python -m tools.write_sample [--output DIR] [--customers N] [--seed S]``

Nobody in these files exists. The script reads no data; what it knows about the public data sets are
the rounded parameters in the tables below. Same seed and size, same bytes.

What is imitated
----------------
======================  ==================================================  =========  =======
file                    public data set with the same columns               line ends  rows
======================  ==================================================  =========  =======
customers.csv           Codebasics challenge "Mitron Bank",                 CRLF       602
                        ``dim_customers.csv`` (codebasics.io)
spends.csv              the same, ``fact_spends.csv``                       LF         129,602
card_relationships.csv  Great Learning "AllLife Bank" on Kaggle,            CRLF       660
                        ``Credit Card Customer Data.csv``
card_usage.csv          Kaggle "Credit Card Dataset for Clustering"         CRLF       2,500
                        (ccdata), ``CC GENERAL.csv``
credit_profiles.csv     Kaggle "Credit score classification"                LF         1,500
                        (parisrohan), ``train.csv``
======================  ==================================================  =========  =======

``credit_profiles.csv`` holds 750 customers in two months, July and August, so that "the latest
month of a customer" means something. ``--customers`` scales all five in proportion (4000 gives the
public number of spends).

What is planted
---------------
``planted_segments.csv`` names the hidden group of every row that a loader should keep, under the
name of its segmentation and with its customer's key (``Sl_No`` for relationships):

- spending: card first, UPI first, debit everyday, net-banking savers
- relationship: branch visitors, callers, online
- card_usage: high spenders, instalment buyers, cash-advance users, low activity
- repayment: reliable, stretched, overdue

Which rows are dirty, and what a loader should do
-------------------------------------------------
- customers: blanks round a value, a lower-case city and an income like ``" 61,204.00 "`` are
  repaired (``CUSTOMER_REPAIRS``). The last two rows are quarantined: a customer without an income
  (and without spends), and a second row for the first customer.
- spends: one amount like ``" 1,204.00 "`` is repaired. Quarantined: a negative amount, an amount
  that is no number, a repeated key with another amount, and a customer that does not exist
  (``SAMPLE00000``). The last two are the last rows of the file.
- card_relationships: one limit like ``" 52,000.00 "`` is repaired, one row with ``unknown`` for a
  number of visits is quarantined. Four keys in ``Customer Key`` stand twice with different values,
  which is allowed: ``Sl_No`` is the key.
- card_usage: nothing to quarantine. An empty minimum payment or limit stays missing; a cash-advance
  frequency above 1, a balance above the limit and purchases that are not the sum of their parts are
  information and stay as they are.
- credit_profiles: nothing to quarantine, nearly everything to repair (``PROFILE_DIRT``): stray
  underscores go, placeholders and impossible values become missing.

Same bytes everywhere
---------------------
Only uniform draws of PCG64 are used, whose stream is fixed; normal draws are sums of twelve of
them, choices are look-ups in cumulative shares. So neither a new NumPy nor another C library
changes a number by more than its last bit, which the rounding of every output hides.
"""

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_INPUTS = REPOSITORY / "seeds" / "inputs"
DEFAULT_TRUTH = REPOSITORY / "tests" / "data"

DEFAULT_SEED = 20240501
DEFAULT_CUSTOMERS = 600
SMALLEST_CUSTOMERS = 100
BLOCK_CUSTOMERS = 10_000  # customers whose spends are held in memory at once

CRLF, LF = "\r\n", "\n"

# Rows of the other inputs per customer of customers.csv.
RELATIONSHIPS_PER_CUSTOMER = 1.1
CARDHOLDERS_PER_CUSTOMER = 25 / 6
PROFILES_PER_CUSTOMER = 1.25

Columns = dict[str, list[str]]
Truth = list[tuple[str, str, str]]

# --- customers.csv and spends.csv ---------------------------------------------------------------

AGE_GROUPS = ("21-24", "25-34", "35-45", "45+")
AGE_INCOME = (0.78, 1.03, 1.04, 1.10)  # factor on the income of the occupation
AGE_MARRIED = (0.29, 0.81, 0.94, 0.97)  # share of married customers
CITIES = ("Bengaluru", "Chennai", "Delhi NCR", "Hyderabad", "Mumbai")
CITY_SHARES = (0.19, 0.21, 0.18, 0.15, 0.27)
GENDERS = ("Female", "Male")

# occupation: share, mean monthly income, share of women, shares of the four age groups
OCCUPATIONS = {
    "Business Owners": (0.16, 70_000, 0.20, (0.14, 0.38, 0.25, 0.23)),
    "Freelancers": (0.19, 35_000, 0.25, (0.14, 0.36, 0.39, 0.11)),
    "Government Employees": (0.10, 52_000, 0.38, (0.17, 0.48, 0.22, 0.13)),
    "Salaried IT Employees": (0.32, 61_500, 0.44, (0.21, 0.35, 0.33, 0.11)),
    "Salaried Other Employees": (0.23, 39_000, 0.39, (0.18, 0.36, 0.34, 0.12)),
}
INCOME_NOISE = 0.045  # standard deviation of log income beside occupation and age

PAYMENT_TYPES = ("Credit Card", "Debit Card", "Net Banking", "UPI")
# planted segment: factor on utilisation, shares of the four payment types
SPENDING_SEGMENTS = {
    "card first": (1.10, (0.55, 0.16, 0.07, 0.22)),
    "UPI first": (1.02, (0.30, 0.17, 0.07, 0.46)),
    "debit everyday": (0.98, (0.34, 0.38, 0.08, 0.20)),
    "net-banking savers": (0.80, (0.36, 0.20, 0.26, 0.18)),
}
# Chance of each planted segment by age group, and weights by occupation on top of it.
SEGMENTS_BY_AGE = (
    (0.25, 0.55, 0.15, 0.05),
    (0.55, 0.25, 0.12, 0.08),
    (0.32, 0.17, 0.39, 0.12),
    (0.22, 0.10, 0.24, 0.44),
)
SEGMENTS_BY_OCCUPATION = (
    (1.0, 0.6, 0.9, 1.7),
    (0.6, 1.9, 1.0, 0.8),
    (1.1, 0.6, 1.2, 1.2),
    (1.1, 1.0, 1.0, 0.9),
    (1.1, 0.9, 1.0, 0.9),
)
PAYMENT_MIX_NOISE = 0.19  # standard deviation of the log shares of one customer

# Utilisation (monthly spend / income): a base and factors on it.
BASE_UTILISATION = 0.437
UTILISATION_BY_OCCUPATION = (0.80, 1.06, 0.70, 1.21, 1.00)
UTILISATION_BY_AGE = (0.88, 1.00, 1.06, 0.88)
UTILISATION_BY_CITY = (1.02, 0.74, 1.11, 0.86, 1.20)
UTILISATION_BY_GENDER = (0.89, 1.05)
UTILISATION_NOISE = 0.05

MONTHS = ("May", "June", "July", "August", "September", "October")
MONTH_SHARES = (0.128, 0.150, 0.152, 0.190, 0.218, 0.162)

# category: shares by age group, factors for women and men, factors by payment type
CATEGORIES = {
    "Apparel": ((0.16, 0.04, 0.05, 0.05), (1.70, 0.66), (1.01, 1.08, 1.01, 0.91)),
    "Bills": ((0.05, 0.22, 0.22, 0.23), (0.71, 1.14), (1.08, 1.07, 1.01, 0.81)),
    "Electronics": ((0.17, 0.16, 0.15, 0.11), (0.72, 1.13), (1.08, 0.88, 0.92, 1.00)),
    "Entertainment": ((0.22, 0.06, 0.05, 0.05), (0.72, 1.13), (1.02, 0.89, 0.96, 1.09)),
    "Food": ((0.14, 0.08, 0.07, 0.07), (1.17, 0.92), (0.86, 0.92, 1.00, 1.28)),
    "Groceries": ((0.08, 0.18, 0.17, 0.17), (0.71, 1.14), (0.77, 1.10, 1.04, 1.25)),
    "Health & Wellness": ((0.09, 0.09, 0.16, 0.15), (1.68, 0.66), (1.04, 1.11, 1.07, 0.82)),
    "Others": ((0.03, 0.03, 0.03, 0.03), (1.17, 0.93), (1.05, 0.91, 1.02, 0.99)),
    "Travel": ((0.06, 0.13, 0.10, 0.13), (1.17, 0.91), (1.10, 0.87, 0.97, 0.96)),
}
CELL_NOISE = 0.25  # standard deviation of log spend in one month, category and payment type


def padded(text: str) -> str:
    """Return the text with a blank on either side."""
    return f" {text} "


def spreadsheet_amount(text: str) -> str:
    """Return a number as a spreadsheet exports it: `` 1,204.00 ``."""
    return f" {float(text):,.2f} "


# Row of customers.csv (from 0), column, change. All are to be repaired.
CUSTOMER_REPAIRS: tuple[tuple[int, str, Callable[[str], str]], ...] = (
    (7, "city", str.lower),
    (23, "occupation", padded),
    (41, "marital status", padded),
    (58, "gender", padded),
    (77, "avg_income", spreadsheet_amount),
)
# Customers (from 0) of whom one spend is dirty.
REPAIRED_SPEND_CUSTOMER = 10
NEGATIVE_SPEND_CUSTOMER = 20
TEXT_SPEND_CUSTOMER = 30
REPEATED_SPEND_CUSTOMER = 40

# --- card_relationships.csv ---------------------------------------------------------------------

LIMIT_QUANTILES = (0.0, 0.25, 0.50, 0.75, 1.0)
# planted group: share, limit in thousands at these quantiles, and for cards, visits to the bank,
# visits online and calls the smallest value and the weights of it and of those above it
RELATIONSHIPS = {
    "branch visitors": (
        0.58,
        (5, 14, 30, 52, 95),
        ((4, (27, 20, 30, 23)), (2, (25, 25, 25, 25)), (0, (38, 28, 34)), (0, (1, 1, 1, 1, 1))),
    ),
    "callers": (
        0.34,
        (3, 8, 12, 16, 28),
        (
            (1, (26, 27, 25, 22)),
            (0, (36, 35, 29)),
            (1, (4, 24, 20, 29, 23)),
            (4, (14, 13, 17, 16, 13, 14, 13)),
        ),
    ),
    "online": (
        0.08,
        (85, 110, 145, 170, 200),
        (
            (6, (3, 15, 22, 22, 38)),
            (0, (40, 60)),
            (7, (14, 12, 9, 11, 11, 12, 11, 9, 11)),
            (0, (34, 30, 34, 2)),
        ),
    ),
}
COUNTS = ("Total_Credit_Cards", "Total_visits_bank", "Total_visits_online", "Total_calls_made")
BORROWED_HABIT = 0.04  # chance that one habit of a customer is drawn from the table of any group
FIRST_SERIAL = 900_001  # far from the public serial numbers
FIRST_CUSTOMER_KEY = 7_000_000
REPEATED_KEYS = 4
REPAIRED_RELATIONSHIP = 50  # row (from 0)
REJECTED_RELATIONSHIP = 90

# --- card_usage.csv -----------------------------------------------------------------------------

# planted group: share; then for one-off purchases, instalments and cash advances the share of users
# and the mean and standard deviation of the log amount; then mean and deviation of log balance, log
# limit and log payments; then the mean full-payment share.
CARD_USAGE = {
    "high spenders": {
        "share": 0.26,
        "oneoff": (0.94, 7.0, 1.10),
        "instalments": (0.84, 6.6, 1.05),
        "cash": (0.22, 6.3, 1.20),
        "balance": (7.1, 1.05),
        "limit": (8.7, 0.50),
        "payments": (7.6, 0.80),
        "full": 0.16,
    },
    "instalment buyers": {
        "share": 0.24,
        "oneoff": (0.14, 4.6, 1.00),
        "instalments": (0.98, 6.1, 0.90),
        "cash": (0.08, 5.6, 1.10),
        "balance": (4.7, 1.10),
        "limit": (7.9, 0.55),
        "payments": (6.5, 0.75),
        "full": 0.54,
    },
    "cash-advance users": {
        "share": 0.31,
        "oneoff": (0.16, 4.9, 1.20),
        "instalments": (0.12, 4.9, 1.00),
        "cash": (0.98, 7.3, 1.10),
        "balance": (7.6, 0.75),
        "limit": (8.3, 0.60),
        "payments": (7.1, 0.85),
        "full": 0.02,
    },
    "low activity": {
        "share": 0.19,
        "oneoff": (0.82, 4.6, 0.90),
        "instalments": (0.12, 4.2, 0.80),
        "cash": (0.06, 5.0, 1.00),
        "balance": (3.2, 1.30),
        "limit": (7.4, 0.55),
        "payments": (5.3, 0.80),
        "full": 0.06,
    },
}
SHARED_SIZE = 0.35  # correlation of all log amounts of a cardholder with one hidden size
FULL_PAYMENT_SPREAD = 0.20
# Weights of 0, 1, 2 ... further purchases in each month of use, beside a few at random.
EXTRA_TRANSACTIONS = (0.74, 0.12, 0.06, 0.03, 0.02, 0.01, 0.01, 0.01)
LIMIT_STEPS = (
    *(500, 700, 1000, 1200, 1500, 1800, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 6000),
    *(6500, 7000, 7500, 8500, 9000, 10_000, 11_000, 12_000, 13_500, 15_000, 18_000, 22_000),
)
TENURES = (12, 11, 10, 9, 8, 7, 6)
TENURE_SHARES = (0.85, 0.04, 0.03, 0.02, 0.02, 0.02, 0.02)
NO_PAYMENTS = 0.02  # share of the low activity group that paid nothing, so has no minimum payment
OTHER_MISSING_MINIMUM = 0.03
OVER_LIMIT = 0.08  # share of the cash-advance users whose balance is above the limit
ABOVE_ONE_CASH_FREQUENCY = 0.001
PURCHASES_NOT_THE_SUM = 0.002

# --- credit_profiles.csv ------------------------------------------------------------------------

PROFILE_MONTHS = ("July", "August")
# planted group: share; then mean and standard deviation of each figure; then the shares of minimum
# payment (Yes, No) and of the credit mix (Good, Standard, Bad). Debt ratio: debt / monthly salary.
REPAYMENT = {
    "reliable": {
        "share": 0.40,
        "age": (36.5, 11),
        "log_income": (10.80, 0.60),
        "accounts": (3.6, 1.9),
        "cards": (4.5, 1.5),
        "rate": (8, 4.5),
        "loans": (2.0, 1.4),
        "delay": (10, 5),
        "delayed": (7, 3.2),
        "limit_change": (7, 4),
        "inquiries": (3.2, 1.6),
        "log_debt_ratio": (-1.85, 0.50),
        "history": (24, 5),
        "minimum": (0.04, 0.96),
        "mix": (0.70, 0.28, 0.02),
    },
    "stretched": {
        "share": 0.32,
        "age": (32.5, 10),
        "log_income": (10.55, 0.60),
        "accounts": (5.7, 1.7),
        "cards": (5.3, 1.5),
        "rate": (15, 5),
        "loans": (3.4, 1.9),
        "delay": (20, 5),
        "delayed": (15.5, 2.8),
        "limit_change": (12, 5),
        "inquiries": (7.2, 1.8),
        "log_debt_ratio": (-0.80, 0.45),
        "history": (18, 6),
        "minimum": (0.97, 0.03),
        "mix": (0.02, 0.90, 0.08),
    },
    "overdue": {
        "share": 0.28,
        "age": (30.5, 9),
        "log_income": (10.15, 0.50),
        "accounts": (7.7, 1.6),
        "cards": (7.3, 1.7),
        "rate": (24, 5),
        "loans": (6.0, 1.7),
        "delay": (40, 9),
        "delayed": (20, 3.2),
        "limit_change": (14, 7),
        "inquiries": (11.5, 2.4),
        "log_debt_ratio": (0.35, 0.45),
        "history": (10.5, 4),
        "minimum": (0.96, 0.04),
        "mix": (0.01, 0.19, 0.80),
    },
}
# Smallest and largest value that a clean cell may hold.
PROFILE_RANGES = {
    "age": (14, 56),
    "accounts": (0, 10),
    "cards": (1, 10),
    "rate": (1, 34),
    "loans": (0, 9),
    "delay": (-5, 67),
    "delayed": (-3, 28),
    "limit_change": (-6.5, 35),
    "inquiries": (0, 17),
    "history": (0.5, 33),
}
PROFILE_OCCUPATIONS = (
    *("Accountant", "Architect", "Developer", "Doctor", "Engineer", "Entrepreneur", "Journalist"),
    *("Lawyer", "Manager", "Mechanic", "Media_Manager", "Musician", "Scientist", "Teacher"),
    "Writer",
)
LOAN_TYPES = (
    *("Auto Loan", "Credit-Builder Loan", "Debt Consolidation Loan", "Home Equity Loan"),
    *("Mortgage Loan", "Not Specified", "Payday Loan", "Personal Loan", "Student Loan"),
)
PAYMENT_BEHAVIOURS = {
    "Low_spent_Small_value_payments": 0.28,
    "Low_spent_Medium_value_payments": 0.15,
    "Low_spent_Large_value_payments": 0.11,
    "High_spent_Small_value_payments": 0.12,
    "High_spent_Medium_value_payments": 0.19,
    "High_spent_Large_value_payments": 0.15,
}
# Risk of a row: weights of its figures, each less its centre and over its scale, and of noise. The
# lowest fifth or so scores Good, the highest Poor.
SCORE_WEIGHTS = {
    "age": (-0.22, 33, 11),
    "delay": (0.60, 21, 15),
    "delayed": (0.25, 13, 6),
    "log_debt_ratio": (0.40, -0.85, 1.0),
}
SCORE_MINIMUM_PAYMENT = 0.45
SCORE_NOISE = 1.10
GOOD_SHARE, POOR_SHARE = 0.19, 0.29

FIRST_PROFILE_ID = 0x9A1F00
FIRST_PROFILE_CUSTOMER = 0x9A0001
LARGEST_DEBT = 4_998
DEBT_TAPER = 1_500  # debts that would be larger are spread over this much below the largest


def underscored(text: str) -> str:
    """Return the text with a trailing underscore."""
    return f"{text}_"


def as_is(value: str) -> Callable[[str], str]:
    """Return a change that puts a fixed value in place of any text."""
    return lambda text: value


def scaled(factor: int, offset: int = 0) -> Callable[[str], str]:
    """Return a change that makes a number impossibly large, in the way it was written."""
    return lambda text: str(round(float(text) * factor) + offset)


# Column, share of rows, change. Applied in this order: no change has to read what an earlier one
# made unreadable. Each kind reaches at least one row. Empty cells are in the whole public file, not
# in its August.
PROFILE_DIRT: tuple[tuple[str, float, Callable[[str], str]], ...] = (
    ("Name", 0.004, lambda text: f'"{text}'),
    ("Name", 0.004, lambda text: text.replace("Person ", 'Person, "')),
    ("SSN", 0.056, as_is("#F%$D@*&8")),
    ("Age", 0.017, scaled(130, 7)),
    ("Age", 0.008, as_is("-500")),
    ("Age", 0.051, underscored),
    ("Occupation", 0.070, as_is("_______")),
    ("Annual_Income", 0.009, scaled(311)),
    ("Annual_Income", 0.069, underscored),
    ("Monthly_Inhand_Salary", 0.030, as_is("")),
    ("Num_Bank_Accounts", 0.013, scaled(97, 301)),
    ("Num_Bank_Accounts", 0.001, as_is("-1")),
    ("Num_Credit_Card", 0.024, scaled(83, 211)),
    ("Interest_Rate", 0.022, scaled(89, 401)),
    ("Num_of_Loan", 0.005, scaled(101, 119)),
    ("Num_of_Loan", 0.040, as_is("-100")),
    ("Num_of_Loan", 0.050, underscored),
    ("Num_of_Delayed_Payment", 0.008, scaled(103, 503)),
    ("Num_of_Delayed_Payment", 0.030, underscored),
    ("Num_of_Delayed_Payment", 0.010, as_is("")),
    ("Changed_Credit_Limit", 0.020, as_is("_")),
    ("Num_Credit_Inquiries", 0.016, lambda text: f"{float(text) * 107 + 307:.1f}"),
    ("Credit_Mix", 0.209, as_is("_")),
    ("Outstanding_Debt", 0.011, underscored),
    ("Credit_History_Age", 0.030, as_is("NA")),
    ("Payment_of_Min_Amount", 0.115, as_is("NM")),
    ("Total_EMI_per_month", 0.033, scaled(163, 10_001)),
    ("Amount_invested_monthly", 0.045, as_is("__10000__")),
    ("Payment_Behaviour", 0.080, as_is("!@9#%8")),
    ("Monthly_Balance", 0.0001, as_is("__-333333333333333333333333333__")),
)


# --- drawing ------------------------------------------------------------------------------------


def generator(seed: int, stream: int) -> np.random.Generator:
    """Return the generator of one input, so that inputs do not depend on each other."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, stream])))


def normal(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """Draw nearly normal numbers (mean 0, standard deviation 1, never beyond 6).

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : int or tuple of int

    Returns
    -------
    numpy.ndarray
        Sums of twelve uniform draws less six: additions alone, so the same on every platform.
    """
    total = rng.random(shape)
    for _ in range(11):
        total += rng.random(shape)
    return total - 6.0


def pick(rng: np.random.Generator, weights: np.ndarray | Sequence[float], size: int) -> np.ndarray:
    """Draw positions by weight.

    Parameters
    ----------
    rng : numpy.random.Generator
    weights : array of shape (choices,) or (size, choices)
        Need not sum to 1.
    size : int

    Returns
    -------
    numpy.ndarray of int, shape (size,)
    """
    cumulative = np.cumsum(np.atleast_2d(np.asarray(weights, dtype=float)), axis=1)
    thresholds = cumulative[:, :-1] / cumulative[:, -1:]
    return (rng.random((size, 1)) >= thresholds).sum(axis=1)


def choose_rows(rng: np.random.Generator, rows: np.ndarray, count: int) -> np.ndarray:
    """Return `count` of the rows, drawn without replacement, in ascending order."""
    order = np.argsort(rng.random(len(rows)), kind="stable")
    return np.sort(rows[order[:count]])


def planted_groups(rng: np.random.Generator, shares: Sequence[float], size: int) -> np.ndarray:
    """Return shuffled group numbers whose sizes follow the shares."""
    bounds = np.round(np.cumsum(shares) / np.sum(shares) * size).astype(int)
    ordered = np.searchsorted(bounds, np.arange(size), side="right")
    return ordered[np.argsort(rng.random(size), kind="stable")]


def successes(rng: np.random.Generator, trials: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Draw binomial numbers: how many of `trials` (one number a row) succeed."""
    most = int(trials.max(initial=0))
    hits = rng.random((len(trials), most)) < np.asarray(chance)[:, None]
    return (hits & (np.arange(most) < trials[:, None])).sum(axis=1)


def long_decimals(rng: np.random.Generator, values: np.ndarray) -> list[str]:
    """Write numbers with thirteen decimals, of which all but two are drawn as digits.

    The public file shows raw floating-point numbers. Printing ours in full would show the last bit,
    which may differ between platforms.
    """
    tails = (rng.random(len(values)) * 10**11).astype(np.int64)
    return [
        f"{value:.2f}{tail:011d}"
        for value, tail in zip(values.tolist(), tails.tolist(), strict=True)
    ]


def short_decimals(values: np.ndarray, decimals: int) -> list[str]:
    """Write numbers with at most so many decimals and no trailing zeros."""
    rounded = np.round(values, decimals) + 0.0  # no "-0"
    texts = (f"{value:.{decimals}f}" for value in rounded.tolist())
    return [text.rstrip("0").rstrip(".") if "." in text else text for text in texts]


def texts(values: Iterable[object]) -> list[str]:
    """Write values as text."""
    return [str(value) for value in values]


def names_of(choices: Iterable[str], positions: np.ndarray) -> list[str]:
    """Return the name at each position."""
    names = tuple(choices)
    return [names[position] for position in positions.tolist()]


# --- customers.csv and spends.csv ---------------------------------------------------------------


def draw_customers(rng: np.random.Generator, customers: int) -> dict[str, np.ndarray]:
    """Draw the customers as positions in the tables above, with their segment, income and spend.

    Returns
    -------
    dict of numpy.ndarray, each of shape (customers,)
        `occupation`, `age`, `city`, `gender`, `married`, `segment`, `income` (a month, whole
        rupees) and `spend` (a month, average).
    """
    shares, incomes, women, ages = zip(*OCCUPATIONS.values(), strict=True)
    occupation = pick(rng, shares, customers)
    age = pick(rng, np.array(ages)[occupation], customers)
    city = pick(rng, CITY_SHARES, customers)
    gender = (rng.random(customers) >= np.array(women)[occupation]).astype(int)
    married = rng.random(customers) < np.array(AGE_MARRIED)[age]
    weights = np.array(SEGMENTS_BY_AGE)[age] * np.array(SEGMENTS_BY_OCCUPATION)[occupation]
    segment = pick(rng, weights, customers)
    income = np.array(incomes)[occupation] * np.array(AGE_INCOME)[age]
    income = np.round(income * np.exp(INCOME_NOISE * normal(rng, customers))).astype(int)
    utilisation = (
        BASE_UTILISATION
        * np.array([factor for factor, _ in SPENDING_SEGMENTS.values()])[segment]
        * np.array(UTILISATION_BY_OCCUPATION)[occupation]
        * np.array(UTILISATION_BY_AGE)[age]
        * np.array(UTILISATION_BY_CITY)[city]
        * np.array(UTILISATION_BY_GENDER)[gender]
        * np.exp(UTILISATION_NOISE * normal(rng, customers))
    )
    return {
        "occupation": occupation,
        "age": age,
        "city": city,
        "gender": gender,
        "married": married,
        "segment": segment,
        "income": income,
        "spend": income * utilisation,
    }


def customer_ids(first: int, count: int) -> list[str]:
    """Return ids such as ``SAMPLE00001``; number 0 is the customer who does not exist."""
    return [f"SAMPLE{number:05d}" for number in range(first, first + count)]


def customer_columns(drawn: dict[str, np.ndarray]) -> Columns:
    """Write the customers as the columns of customers.csv, dirty rows included."""
    count = len(drawn["income"])
    columns = {
        "customer_id": customer_ids(1, count),
        "age_group": names_of(AGE_GROUPS, drawn["age"]),
        "city": names_of(CITIES, drawn["city"]),
        "occupation": names_of(OCCUPATIONS, drawn["occupation"]),
        "gender": names_of(GENDERS, drawn["gender"]),
        "marital status": names_of(("Single", "Married"), drawn["married"].astype(int)),
        "avg_income": texts(drawn["income"].tolist()),
    }
    for row, column, change in CUSTOMER_REPAIRS:
        columns[column][row] = change(columns[column][row])
    without_income = (*customer_ids(count + 1, 1), "25-34", "Chennai", "Freelancers")
    second_row = (*customer_ids(1, 1), "35-45", "Delhi NCR", "Business Owners")
    rejected = (
        (*without_income, "Female", "Single", ""),
        (*second_row, "Male", "Married", "70412"),
    )
    for row in rejected:
        for values, value in zip(columns.values(), row, strict=True):
            values.append(value)
    return columns


def spend_cells(rng: np.random.Generator, drawn: dict[str, np.ndarray], block: slice) -> np.ndarray:
    """Draw the spends of a block of customers.

    Returns
    -------
    numpy.ndarray of int, shape (customers, months, categories, payment types)
    """
    segment, age, gender = (drawn[name][block] for name in ("segment", "age", "gender"))
    by_age, by_gender, by_payment = (
        np.array(table) for table in zip(*CATEGORIES.values(), strict=True)
    )
    mixes = np.array([mix for _, mix in SPENDING_SEGMENTS.values()])[segment]
    mixes = mixes * np.exp(PAYMENT_MIX_NOISE * normal(rng, mixes.shape))
    categories = by_age.T[age] * by_gender.T[gender]
    weights = categories[:, :, None] * by_payment[None] * mixes[:, None, :]
    weights = np.array(MONTH_SHARES)[None, :, None, None] * weights[:, None]
    weights = weights * np.exp(CELL_NOISE * normal(rng, weights.shape))
    weights = weights / weights.sum(axis=(1, 2, 3), keepdims=True)
    total = drawn["spend"][block] * len(MONTHS)
    return np.maximum(np.round(weights * total[:, None, None, None]), 1).astype(int)


def spend_rows(rng: np.random.Generator, drawn: dict[str, np.ndarray]) -> Iterator[tuple]:
    """Yield the rows of spends.csv, customer by customer, dirty rows included."""
    cells = [(month, name, way) for month in MONTHS for name in CATEGORIES for way in PAYMENT_TYPES]
    months, names, ways = (list(column) for column in zip(*cells, strict=True))
    customers = len(drawn["income"])
    repeated = ()
    for start in range(0, customers, BLOCK_CUSTOMERS):
        stop = min(start + BLOCK_CUSTOMERS, customers)
        amounts = spend_cells(rng, drawn, slice(start, stop)).reshape(stop - start, -1).tolist()
        if start == 0:
            repeated = (customer_ids(REPEATED_SPEND_CUSTOMER + 1, 1)[0], *cells[0], "777")
            spoil_spends(amounts)
        for customer, row in zip(customer_ids(start + 1, stop - start), amounts, strict=True):
            yield from zip([customer] * len(cells), months, names, ways, row, strict=True)
    yield repeated
    yield (customer_ids(0, 1)[0], *cells[0], "350")


def spoil_spends(amounts: list[list[int | str]]) -> None:
    """Put the dirty amounts into the spends of the first customers."""
    largest = max(amounts[REPAIRED_SPEND_CUSTOMER])
    position = amounts[REPAIRED_SPEND_CUSTOMER].index(largest)
    amounts[REPAIRED_SPEND_CUSTOMER][position] = spreadsheet_amount(str(largest))
    amounts[NEGATIVE_SPEND_CUSTOMER][0] = -amounts[NEGATIVE_SPEND_CUSTOMER][0]
    amounts[TEXT_SPEND_CUSTOMER][0] = "not known"


# --- card_relationships.csv ---------------------------------------------------------------------


def relationship_columns(rng: np.random.Generator, rows: int) -> tuple[Columns, Truth]:
    """Draw card_relationships.csv and its planted groups."""
    groups = list(RELATIONSHIPS)
    shares, limit_tables, count_tables = zip(*RELATIONSHIPS.values(), strict=True)
    group = planted_groups(rng, shares, rows)
    keys = np.argsort(rng.random(10 * rows), kind="stable")[:rows] + FIRST_CUSTOMER_KEY
    keys[-REPEATED_KEYS:] = keys[:REPEATED_KEYS]
    chance = rng.random(rows)
    limits = np.zeros(rows)
    counts = np.zeros((len(COUNTS), rows), dtype=int)
    habits = np.where(
        rng.random(counts.shape) < BORROWED_HABIT,
        pick(rng, shares, counts.size).reshape(counts.shape),
        group,
    )
    for number in range(len(groups)):
        own = group == number
        limits[own] = np.interp(chance[own], LIMIT_QUANTILES, limit_tables[number])
        for column, (smallest, weights) in enumerate(count_tables[number]):
            own = habits[column] == number
            counts[column, own] = smallest + pick(rng, weights, int(own.sum()))
    columns = {
        "Sl_No": texts(range(FIRST_SERIAL, FIRST_SERIAL + rows)),
        "Customer Key": texts(keys.tolist()),
        "Avg_Credit_Limit": texts((np.round(limits).astype(int) * 1000).tolist()),
    } | {name: texts(values.tolist()) for name, values in zip(COUNTS, counts, strict=True)}
    truth = planted("relationship", columns["Sl_No"], names_of(groups, group))
    del truth[REJECTED_RELATIONSHIP]
    limit = columns["Avg_Credit_Limit"][REPAIRED_RELATIONSHIP]
    columns["Avg_Credit_Limit"][REPAIRED_RELATIONSHIP] = spreadsheet_amount(limit)
    columns["Total_visits_online"][REJECTED_RELATIONSHIP] = "unknown"
    return columns, truth


# --- card_usage.csv -----------------------------------------------------------------------------


def usage_table(name: str, group: np.ndarray) -> np.ndarray:
    """Return the parameters called `name` of each cardholder's group, one row a parameter."""
    return np.array([parameters[name] for parameters in CARD_USAGE.values()])[group].T


def log_amounts(
    rng: np.random.Generator, mean: np.ndarray, deviation: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Draw amounts whose logarithms share the hidden size of a cardholder."""
    own = np.sqrt(1 - SHARED_SIZE**2) * normal(rng, len(size))
    return np.exp(mean + deviation * (SHARED_SIZE * size + own))


def used_amounts(
    rng: np.random.Generator, name: str, group: np.ndarray, size: np.ndarray, decimals: int
) -> np.ndarray:
    """Draw amounts of a way to use the card that part of the cardholders never use (0)."""
    share, mean, deviation = usage_table(name, group)
    amounts = np.round(np.maximum(log_amounts(rng, mean, deviation, size), 1.0), decimals)
    return np.where(rng.random(len(group)) < share, amounts, 0.0)


def active_months(
    rng: np.random.Generator, amounts: np.ndarray, tenure: np.ndarray, typical: float
) -> np.ndarray:
    """Draw in how many months of the tenure an amount was spent: more months for larger amounts."""
    rank = np.argsort(np.argsort(amounts, kind="stable"), kind="stable") / len(amounts)
    months = 1 + successes(rng, tenure - 1, typical * (0.3 + rank))
    return np.where(amounts > 0, months, 0)


def draw_balances(
    rng: np.random.Generator, group: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw balances and limits, a few balances above their limit."""
    wanted = log_amounts(rng, *usage_table("limit", group), size)
    steps = np.array(LIMIT_STEPS, dtype=float)
    limits = steps[np.searchsorted((steps[1:] + steps[:-1]) / 2, wanted)]
    balances = np.minimum(
        log_amounts(rng, *usage_table("balance", group), size),
        limits * (0.85 + 0.14 * rng.random(len(group))),
    )
    cash_users = np.flatnonzero(group == list(CARD_USAGE).index("cash-advance users"))
    over = choose_rows(rng, cash_users, round(OVER_LIMIT * len(cash_users)))
    balances[over] = limits[over] * (1.01 + 0.2 * rng.random(len(over)))
    return np.round(balances, 6), limits


def draw_usage(rng: np.random.Generator, group: np.ndarray) -> dict[str, np.ndarray]:
    """Draw the figures of the cardholders: amounts, months, transactions."""
    rows = len(group)
    size = normal(rng, rows)
    tenure = np.array(TENURES)[pick(rng, TENURE_SHARES, rows)]
    balance, limit = draw_balances(rng, group, size)
    oneoff = used_amounts(rng, "oneoff", group, size, 2)
    instalments = used_amounts(rng, "instalments", group, size, 2)
    cash = used_amounts(rng, "cash", group, size, 6)
    payments = np.round(log_amounts(rng, *usage_table("payments", group), size), 6)
    unpaid = (group == list(CARD_USAGE).index("low activity")) & (rng.random(rows) < NO_PAYMENTS)
    minimum = np.round(20 + balance * np.exp(-0.9 + 0.6 * normal(rng, rows)), 6)
    oneoff_months = active_months(rng, oneoff, tenure, 0.35)
    instalment_months = active_months(rng, instalments, tenure, 0.75)
    fewest = np.maximum(oneoff_months, instalment_months)
    most = np.minimum(oneoff_months + instalment_months, tenure)
    months = fewest + (rng.random(rows) * (most - fewest + 1)).astype(int)
    cash_months = active_months(rng, cash, tenure, 0.25)
    full = usage_table("full", group) + FULL_PAYMENT_SPREAD * normal(rng, rows) * (
        usage_table("full", group) > 0.1
    )
    extra_visits = pick(rng, EXTRA_TRANSACTIONS, rows)
    return {
        "tenure": tenure,
        "balance": balance,
        "balance_months": tenure - successes(rng, tenure - 1, np.full(rows, 0.06)),
        "limit": limit,
        "oneoff": oneoff,
        "instalments": instalments,
        "purchases": np.round(oneoff + instalments, 2),
        "cash": cash,
        "payments": np.where(unpaid, 0.0, payments),
        "minimum": np.where(unpaid | (rng.random(rows) < OTHER_MISSING_MINIMUM), np.nan, minimum),
        "oneoff_months": oneoff_months,
        "instalment_months": instalment_months,
        "months": months,
        "transactions": months * (1 + extra_visits)
        + successes(rng, 4 * months, np.full(rows, 0.2)),
        "cash_months": cash_months,
        "cash_transactions": cash_months + successes(rng, 3 * cash_months, np.full(rows, 0.3)),
        "full_months": successes(rng, tenure, np.clip(full, 0, 1)),
    }


def spoil_usage(rng: np.random.Generator, drawn: dict[str, np.ndarray]) -> None:
    """Put the oddities of the public file into the figures: see ``card_usage`` in the module."""
    rows = len(drawn["tenure"])
    short = np.flatnonzero((drawn["cash"] > 0) & (drawn["tenure"] < 12))
    many = choose_rows(rng, short, max(2, round(ABOVE_ONE_CASH_FREQUENCY * rows)))
    drawn["cash_months"][many] = drawn["tenure"][many] + 1
    drawn["cash_transactions"][many] = 2 * drawn["cash_months"][many]
    buyers = np.flatnonzero(drawn["purchases"] > 0)
    unequal = choose_rows(rng, buyers, max(2, round(PURCHASES_NOT_THE_SUM * rows)))
    drawn["purchases"][unequal] = np.round(drawn["purchases"][unequal] * 0.9, 2)
    drawn["limit"][choose_rows(rng, np.arange(rows), 1)] = np.nan


def usage_columns(rng: np.random.Generator, rows: int) -> tuple[Columns, Truth]:
    """Draw card_usage.csv and its planted groups."""
    group = planted_groups(rng, [table["share"] for table in CARD_USAGE.values()], rows)
    drawn = draw_usage(rng, group)
    spoil_usage(rng, drawn)

    def amount(name: str, decimals: int) -> list[str]:
        return ["" if text == "nan" else text for text in short_decimals(drawn[name], decimals)]

    def frequency(name: str) -> list[str]:
        return short_decimals(drawn[name] / drawn["tenure"], 6)

    columns = {
        "CUST_ID": [f"C9{number:04d}" for number in range(1, rows + 1)],
        "BALANCE": amount("balance", 6),
        "BALANCE_FREQUENCY": frequency("balance_months"),
        "PURCHASES": amount("purchases", 2),
        "ONEOFF_PURCHASES": amount("oneoff", 2),
        "INSTALLMENTS_PURCHASES": amount("instalments", 2),
        "CASH_ADVANCE": amount("cash", 6),
        "PURCHASES_FREQUENCY": frequency("months"),
        "ONEOFF_PURCHASES_FREQUENCY": frequency("oneoff_months"),
        "PURCHASES_INSTALLMENTS_FREQUENCY": frequency("instalment_months"),
        "CASH_ADVANCE_FREQUENCY": frequency("cash_months"),
        "CASH_ADVANCE_TRX": texts(drawn["cash_transactions"].tolist()),
        "PURCHASES_TRX": texts(drawn["transactions"].tolist()),
        "CREDIT_LIMIT": amount("limit", 0),
        "PAYMENTS": amount("payments", 6),
        "MINIMUM_PAYMENTS": amount("minimum", 6),
        "PRC_FULL_PAYMENT": frequency("full_months"),
        "TENURE": texts(drawn["tenure"].tolist()),
    }
    return columns, planted("card_usage", columns["CUST_ID"], names_of(CARD_USAGE, group))


# --- credit_profiles.csv ------------------------------------------------------------------------


def repayment_table(name: str, group: np.ndarray) -> np.ndarray:
    """Return the parameters called `name` of each customer's group, one row a customer."""
    return np.array([parameters[name] for parameters in REPAYMENT.values()])[group]


def draw_figure(rng: np.random.Generator, name: str, group: np.ndarray) -> np.ndarray:
    """Draw a figure by group, kept within its range if it has one."""
    mean, deviation = repayment_table(name, group).T
    smallest, largest = PROFILE_RANGES.get(name, (-np.inf, np.inf))
    return np.clip(mean + deviation * normal(rng, len(group)), smallest, largest)


def draw_profiles(rng: np.random.Generator, group: np.ndarray) -> dict[str, np.ndarray]:
    """Draw what does not change between the months of a customer."""
    names = ("age", "accounts", "cards", "rate", "loans", "delay", "delayed", "inquiries")
    figures = {name: np.round(draw_figure(rng, name, group)).astype(int) for name in names}
    figures |= {
        name: draw_figure(rng, name, group)
        for name in ("limit_change", "history", "log_debt_ratio", "log_income")
    }
    income = np.clip(np.exp(figures["log_income"]), 7_000, 180_000)
    salary = income / 12 * (1 + 0.03 * normal(rng, len(group)))
    highest_debt = LARGEST_DEBT - DEBT_TAPER * rng.random(len(group))
    debt = np.minimum(salary * np.exp(figures["log_debt_ratio"]), highest_debt)
    emi = salary * figures["loans"] * 0.008 * np.exp(0.4 * normal(rng, len(group)))
    return figures | {
        "income": income,
        "salary": salary,
        "debt": debt,
        "emi": emi,
        "log_debt_ratio": np.log(debt / salary),
        "pays_minimum": pick(rng, repayment_table("minimum", group), len(group)) == 0,
        "mix": pick(rng, repayment_table("mix", group), len(group)),
        "occupation": pick(rng, np.ones(len(PROFILE_OCCUPATIONS)), len(group)),
    }


def credit_scores(rng: np.random.Generator, drawn: dict[str, np.ndarray]) -> list[str]:
    """Draw scores from age, delays, debt and minimum payments."""
    risk = SCORE_NOISE * normal(rng, len(drawn["age"]))
    risk = risk + SCORE_MINIMUM_PAYMENT * drawn["pays_minimum"]
    for name, (weight, centre, scale) in SCORE_WEIGHTS.items():
        risk = risk + weight * (drawn[name] - centre) / scale
    good, poor = np.quantile(risk, (GOOD_SHARE, 1 - POOR_SHARE))
    return names_of(("Good", "Standard", "Poor"), np.searchsorted([good, poor], risk))


def loan_lists(rng: np.random.Generator, counts: np.ndarray) -> list[str]:
    """Write as many kinds of loan as a customer has, repeats included, "and " before the last."""
    kinds = pick(rng, np.ones(len(LOAN_TYPES)), int(counts.sum()))
    lists = []
    for own in np.split(kinds, np.cumsum(counts)[:-1]):
        loans = names_of(LOAN_TYPES, own)
        lists.append(
            ", ".join([*loans[:-1], f"and {loans[-1]}"]) if len(loans) > 1 else "".join(loans)
        )
    return lists


def history_ages(years: np.ndarray, month: int) -> list[str]:
    """Write lengths of credit history in the given month of the file (from 0)."""
    months = (years * 12).astype(int) + month
    return [f"{count // 12} Years and {count % 12} Months" for count in months.tolist()]


def profile_month(
    rng: np.random.Generator, drawn: dict[str, np.ndarray], written: Columns, month: int
) -> Columns:
    """Write one month of all customers as columns, clean.

    Parameters
    ----------
    rng : numpy.random.Generator
    drawn : dict of numpy.ndarray
        From `draw_profiles`.
    written : dict of list of str
        The columns that read the same in every month.
    month : int
        Position in `PROFILE_MONTHS`.
    """
    count = len(drawn["age"])
    smallest, largest = PROFILE_RANGES["delay"]
    delay = np.clip(
        drawn["delay"] + np.round(1.5 * normal(rng, count)).astype(int), smallest, largest
    )
    invested = drawn["salary"] * 0.045 * np.exp(0.6 * normal(rng, count))
    balance = 270 + 0.1 * drawn["salary"] - drawn["emi"] - invested + 60 * normal(rng, count)
    behaviour = pick(rng, tuple(PAYMENT_BEHAVIOURS.values()), count)
    serials = range(1, count + 1)
    return {
        "ID": [
            f"{FIRST_PROFILE_ID + len(PROFILE_MONTHS) * serial + month:#x}" for serial in serials
        ],
        "Customer_ID": [f"CUS_{FIRST_PROFILE_CUSTOMER + serial - 1:#x}" for serial in serials],
        "Month": [PROFILE_MONTHS[month]] * count,
        "Name": [f"Sample Person {serial:05d}" for serial in serials],
        "Age": texts(drawn["age"].tolist()),
        "SSN": [f"900-{serial // 10_000:02d}-{serial % 10_000:04d}" for serial in serials],
        "Occupation": names_of(PROFILE_OCCUPATIONS, drawn["occupation"]),
        "Annual_Income": short_decimals(drawn["income"], 2),
        "Monthly_Inhand_Salary": list(written["Monthly_Inhand_Salary"]),
        "Num_Bank_Accounts": texts(drawn["accounts"].tolist()),
        "Num_Credit_Card": texts(drawn["cards"].tolist()),
        "Interest_Rate": texts(drawn["rate"].tolist()),
        "Num_of_Loan": texts(drawn["loans"].tolist()),
        "Type_of_Loan": list(written["Type_of_Loan"]),
        "Delay_from_due_date": texts(delay.tolist()),
        "Num_of_Delayed_Payment": texts(drawn["delayed"].tolist()),
        "Changed_Credit_Limit": short_decimals(drawn["limit_change"], 2),
        "Num_Credit_Inquiries": [f"{number}.0" for number in drawn["inquiries"].tolist()],
        "Credit_Mix": names_of(("Good", "Standard", "Bad"), drawn["mix"]),
        "Outstanding_Debt": short_decimals(drawn["debt"], 2),
        "Credit_Utilization_Ratio": long_decimals(
            rng, np.clip(32.3 + 5.1 * normal(rng, count), 20, 48)
        ),
        "Credit_History_Age": history_ages(drawn["history"], month),
        "Payment_of_Min_Amount": names_of(("No", "Yes"), drawn["pays_minimum"].astype(int)),
        "Total_EMI_per_month": list(written["Total_EMI_per_month"]),
        "Amount_invested_monthly": long_decimals(rng, invested),
        "Payment_Behaviour": names_of(PAYMENT_BEHAVIOURS, behaviour),
        "Monthly_Balance": long_decimals(rng, np.abs(balance)),
        "Credit_Score": credit_scores(rng, drawn | {"delay": delay}),
    }


def profile_columns(rng: np.random.Generator, customers: int) -> tuple[Columns, Truth]:
    """Draw credit_profiles.csv, dirt included, and its planted groups."""
    group = planted_groups(rng, [table["share"] for table in REPAYMENT.values()], customers)
    drawn = draw_profiles(rng, group)
    written = {
        "Monthly_Inhand_Salary": long_decimals(rng, drawn["salary"]),
        "Type_of_Loan": loan_lists(rng, drawn["loans"]),
        "Total_EMI_per_month": long_decimals(rng, drawn["emi"]),
    }
    months = [profile_month(rng, drawn, written, month) for month in range(len(PROFILE_MONTHS))]
    truth = planted("repayment", months[0]["Customer_ID"], names_of(REPAYMENT, group))
    columns = {
        name: [
            value for pair in zip(*(month[name] for month in months), strict=True) for value in pair
        ]
        for name in months[0]
    }
    rows = np.arange(len(columns["ID"]))
    for name, share, change in PROFILE_DIRT:
        for row in choose_rows(rng, rows, max(1, round(share * len(rows)))).tolist():
            columns[name][row] = change(columns[name][row])
    return columns, truth


# --- writing ------------------------------------------------------------------------------------


def planted(segmentation: str, customers: list[str], groups: list[str]) -> Truth:
    """Return the rows of planted_segments.csv of one segmentation."""
    return [(segmentation, *pair) for pair in zip(customers, groups, strict=True)]


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Sequence], line_end: str) -> None:
    """Write a CSV file in UTF-8 with the given line ends, whatever the platform."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=line_end)
        writer.writerow(header)
        writer.writerows(rows)


def write_columns(path: Path, columns: Columns, line_end: str) -> None:
    """Write columns of equal length as a CSV file."""
    write_rows(path, columns, zip(*columns.values(), strict=True), line_end)


def write_inputs(inputs: Path, truth_folder: Path, customers: int, seed: int) -> None:
    """Write the five inputs and the planted truth.

    Parameters
    ----------
    inputs : pathlib.Path
        Folder of the five inputs; made if it is not there.
    truth_folder : pathlib.Path
        Folder of planted_segments.csv; made if it is not there.
    customers : int
        Valid customers of customers.csv; the other inputs grow in proportion.
    seed : int
        Same seed and size, same bytes.

    Raises
    ------
    ValueError
        If there are too few customers to hold the dirty rows and the planted groups.
    """
    if customers < SMALLEST_CUSTOMERS:
        raise ValueError(f"--customers must be at least {SMALLEST_CUSTOMERS}, not {customers}.")
    for folder in (inputs, truth_folder):
        folder.mkdir(parents=True, exist_ok=True)
    rng = generator(seed, 1)
    drawn = draw_customers(rng, customers)
    segments = names_of(SPENDING_SEGMENTS, drawn["segment"])
    spending = planted("spending", customer_ids(1, customers), segments)
    relationships, relationship = relationship_columns(
        generator(seed, 2), round(customers * RELATIONSHIPS_PER_CUSTOMER)
    )
    usage, card_usage = usage_columns(
        generator(seed, 3), round(customers * CARDHOLDERS_PER_CUSTOMER)
    )
    profiles, repayment = profile_columns(
        generator(seed, 4), round(customers * PROFILES_PER_CUSTOMER)
    )
    write_columns(inputs / "customers.csv", customer_columns(drawn), CRLF)
    spend_header = ("customer_id", "month", "category", "payment_type", "spend")
    write_rows(inputs / "spends.csv", spend_header, spend_rows(rng, drawn), LF)
    write_columns(inputs / "card_relationships.csv", relationships, CRLF)
    write_columns(inputs / "card_usage.csv", usage, CRLF)
    write_columns(inputs / "credit_profiles.csv", profiles, LF)
    truth_header = ("segmentation", "customer_id", "planted_segment")
    truth = [*relationship, *card_usage, *spending, *repayment]
    write_rows(truth_folder / "planted_segments.csv", truth_header, truth, LF)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Write the bundled sample inputs.")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="folder of the inputs and of planted_segments.csv (default: the bundled files)",
    )
    parser.add_argument("--customers", type=int, default=DEFAULT_CUSTOMERS, metavar="N")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, metavar="S")
    options = parser.parse_args(arguments)
    try:
        write_inputs(
            options.output or DEFAULT_INPUTS,
            options.output or DEFAULT_TRUTH,
            options.customers,
            options.seed,
        )
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
