"""Figures and keys in the words that a reader expects."""

from __future__ import annotations

import math
from typing import Any

MISSING = "–"
# Larger numbers are written with a power of ten.
LONGEST = 1e15
PERCENT_UNITS = ("percent", "percent a year")
AMOUNT_UNIT = "currency units"

# The scales by which figures are put into words; no published table depends on them.
# From which bootstrap Jaccard coefficient on a segment is what (Hennig 2007).
STABLE_FROM = 0.75
STABILITY = {
    0.85: "highly stable",
    STABLE_FROM: "stable",
    0.6: "a pattern with doubtful members",
}
# Small, medium and large standardised differences (Cohen 1988).
DIFFERENCES = (0.2, 0.5, 0.8)
# An index between the first two is no evidence.
INDEXES_ABOVE, INDEXES_BELOW = (120, 150, 200), (80, 65, 50)


def is_missing(value: Any) -> bool:
    """Return whether there is no figure to show."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def number(value: float | None, decimals: int | None = None) -> str:
    """Write a number with thousands separators and as many decimals as it needs.

    Examples
    --------
    >>> number(1234567.8), number(12.345), number(0.1234), number(None), number(5, 2)
    ('1,234,568', '12.3', '0.12', '–', '5.00')
    >>> number(0.00123), number(-2.5e20)
    ('0.0012', '−2.5e+20')
    """
    if is_missing(value):
        return MISSING
    size = abs(value)
    if decimals is None:
        decimals = 0 if size >= 100 or float(value).is_integer() else 1 if size >= 10 else 2
        if 0 < size < 0.1:
            # two digits, as far as anyone reads decimals
            decimals = min(1 - math.floor(math.log10(size)), 6)
    text = f"{value:,.{decimals}f}" if size < LONGEST else f"{value:.3g}"
    # what rounds to nothing has no sign
    return (
        text.replace("-", "−") if any(digit in text for digit in "123456789") else text.lstrip("-")
    )


def share(value: float | None, decimals: int = 1) -> str:
    """Write a share from 0 to 1 in per cent.

    Examples
    --------
    >>> share(0.2496), share(None)
    ('25.0 %', '–')
    """
    return MISSING if is_missing(value) else f"{number(100 * value, decimals)} %"


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a figure that is in per cent already.

    Examples
    --------
    >>> percent(42.823)
    '42.8 %'
    """
    return MISSING if is_missing(value) else f"{number(value, decimals)} %"


def money(value: float | None, decimals: int | None = None, currency: str | None = None) -> str:
    """Write an amount in its currency, where that is said.

    Examples
    --------
    >>> money(3124.4, currency="EUR"), money(-5, 2, "EUR"), money(3124.4), money(None, 0, "EUR")
    ('EUR 3,124', 'EUR −5.00', '3,124', '–')
    """
    text = number(value, decimals)
    return f"{currency} {text}" if currency and not is_missing(value) else text


def figure(value: float | None, unit: str | None, currency: str | None = None) -> str:
    """Write a figure in its unit, as the published profiles name it.

    Examples
    --------
    >>> figure(0.25, "share"), figure(43.04, "percent"), figure(3124.4, AMOUNT_UNIT, "EUR")
    ('25.0 %', '43.0 %', 'EUR 3,124')
    """
    if unit == "share":
        return share(value)
    if unit in PERCENT_UNITS:
        return percent(value)
    return money(value, currency=currency) if unit == AMOUNT_UNIT else number(value)


def points(value: float) -> str:
    """Write a change of a share in percentage points.

    Examples
    --------
    >>> points(1.26), points(-0.5), points(0.02)
    ('▲ 1.3', '▼ 0.5', '0.0')
    """
    text = number(abs(value), 1)
    return text if text == "0.0" else f"{'▲' if value > 0 else '▼'} {text}"


def between(lower: float | None, upper: float | None, write: Any = number) -> str:
    """Write the limits of an estimate.

    Examples
    --------
    >>> between(1, 4), between(None, None)
    ('1 to 4', '–')
    """
    if is_missing(lower) and is_missing(upper):
        return MISSING
    return f"{write(lower)} to {write(upper)}"


def interval(
    lower: float | None, base: float | None, upper: float | None, write: Any = number
) -> str:
    """Write an estimate with its limits.

    Examples
    --------
    >>> interval(1.0, 2.0, 4.0)
    '2 (1 to 4)'
    """
    if is_missing(base):
        return MISSING
    if is_missing(lower) or is_missing(upper):
        return write(base)
    return f"{write(base)} ({write(lower)} to {write(upper)})"


def amounts(
    lower: float | None,
    base: float | None,
    upper: float | None,
    decimals: int | None = None,
    currency: str | None = None,
) -> str:
    """Write an amount with its low and high estimate, which are in the same currency.

    Examples
    --------
    >>> amounts(-116, 135.8, 347, 0, "EUR"), amounts(None, 135.8, 347), amounts(1, None, 2)
    ('EUR 136 (−116 to 347)', '136', '–')
    """
    limits = interval(lower, base, upper, lambda value: number(value, decimals))
    return f"{currency} {limits}" if currency and not is_missing(base) else limits


def title(key: str) -> str:
    """Write a key as a title.

    Examples
    --------
    >>> title("card_usage"), title("age_group × city")
    ('Card usage', 'Age group × city')
    """
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def clipped(text: str, words: int = 6, characters: int = 60) -> str:
    """Write a name in a sentence: its beginning where it is long.

    Examples
    --------
    >>> clipped("High spenders"), clipped("one two three four", words=3), clipped("W" * 70)[-3:]
    ('High spenders', 'one two three …', 'WW…')
    """
    shown = text.split()
    short = " ".join(shown[:words]) + (" …" if len(shown) > words else "")
    return short if len(short) <= characters else short[: characters - 1] + "…"


def stability(jaccard: float | None) -> str:
    """Say how stable a segment is by its bootstrap Jaccard coefficient (Hennig 2007).

    Examples
    --------
    >>> stability(0.99), stability(0.7)
    ('highly stable', 'a pattern with doubtful members')
    """
    if is_missing(jaccard):
        return "not measured"
    return next(
        (word for limit, word in STABILITY.items() if jaccard >= limit), "not to be trusted"
    )


def strength(difference: float | None) -> int:
    """Return how large a standardised difference is: 0 none, 1 small, 2 medium, 3 large, signed.

    Examples
    --------
    >>> [strength(difference) for difference in (0.1, 0.3, -0.6, 1.2, None)]
    [0, 1, -2, 3, 0]
    """
    if is_missing(difference):
        return 0
    size = sum(abs(difference) >= limit for limit in DIFFERENCES)
    return int(math.copysign(size, difference)) if size else 0


def index_strength(index: float | None) -> int:
    """Return how far an index is from 100: 0 where it is no evidence (80 to 120), signed.

    Examples
    --------
    >>> [index_strength(index) for index in (100, 119, 130, 160, 250, 70, 20, None)]
    [0, 0, 1, 2, 3, -1, -3, 0]
    """
    if is_missing(index):
        return 0
    if index >= 100:
        return sum(index >= limit for limit in INDEXES_ABOVE)
    return -sum(index <= limit for limit in INDEXES_BELOW)


ARROWS = {-3: "▼▼", -2: "▼", -1: "▾", 0: "", 1: "▴", 2: "▲", 3: "▲▲"}
IN_WORDS = {
    -3: "far below",
    -2: "below",
    -1: "slightly below",
    0: "about the same",
    1: "slightly above",
    2: "above",
    3: "far above",
}

CAUSES = {
    "stayed": "stayed in their segment",
    "behaviour": "moved because they behave differently now",
    "model": "moved because the segments were drawn anew",
    "both": "moved for both reasons",
    "unknown": "moved, and nothing tells why",
    "all_other": "stayed or moved in groups too small to tell apart",
}

VERDICTS = {
    "natural": "The segments are stable and better separated than data of the same kind without "
    "segments.",
    "reproducible": "The segments can be repeated, but they are cuts through a cloud: nothing "
    "parts them from each other.",
    "unstable": "Other data would give other segments, however well they are separated.",
}
