"""The terms of the report page, and the way to each from the words of the first level."""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup, escape

from card_segments.report.words import DIFFERENCES, INDEXES_ABOVE, INDEXES_BELOW, STABLE_FROM


class Term(NamedTuple):
    """A term of the list at the end of the page.

    Attributes
    ----------
    key : str
        Its place in the address, after `term-`.
    name, meaning : str
        What stands in the list.
    forms : tuple of str
        The words, in lower case, by which texts of the data name it; an `s` may follow each.
    """

    key: str
    name: str
    meaning: str
    forms: tuple[str, ...] = ()


TERMS = (
    Term(
        "value",
        "Value",
        "A segment's share of what its segmentation is measured by, such as purchases or the "
        "credit limit, as observed in the data and not made a year's.",
    ),
    Term(
        "trend",
        "Trend",
        "Change of the segment's share of customers in percentage points, over the months or since "
        "the last publication. A dash: not known.",
    ),
    Term(
        "treatment",
        "Treatment",
        "Help before selling: more customers than allowed may need help. Reprice first: it loses "
        "money as priced. Protect, repair, keep, grow: what the first action is for.",
    ),
    Term(
        "need-help",
        "May need help",
        "Signs of distress, such as cash advances in place of purchases or late payment. These "
        "customers get no sales offers.",
        ("may need help", "vulnerable"),
    ),
    Term(
        "cash-advance",
        "Cash advance",
        "Cash taken with the card. Interest on it runs from the first day.",
        ("cash advance", "cash-advance", "cash-advance user"),
    ),
    Term(
        "minimum",
        "Minimum payer",
        "Pays about the minimum that falls due, or less, so that the debt hardly shrinks.",
        ("minimum payer", "the minimum"),
    ),
    Term(
        "late",
        "Late payer",
        "Pays after the due date, on average by more days than the variable late_payment_days.",
        ("late payer", "pay late", "late payment"),
    ),
    Term(
        "revolver",
        "Revolver, transactor, dormant",
        "Carries a balance and pays interest; pays in full; hardly uses the card.",
        ("revolver", "transactor", "dormant"),
    ),
    Term(
        "utilisation",
        "Utilisation",
        "Of income: monthly spend as a part of monthly income. Of the limit: what is owed as a "
        "part of what may be owed.",
        ("utilisation",),
    ),
    Term(
        "net-value",
        "Net value",
        "What a cardholder earns the bank in a year less what the card costs, by assumed rates; "
        "where it is below nothing, the card loses money.",
        ("net value", "lose money"),
    ),
    Term(
        "cashback",
        "Cashback",
        "Part of a purchase that is paid back to the customer.",
        ("cashback",),
    ),
    Term(
        "upselling",
        "Upselling",
        "Asking a customer to spend or borrow more, or to pay for a dearer card.",
        ("upselling",),
    ),
    Term(
        "upi",
        "UPI",
        "Unified Payments Interface: payments between bank accounts by phone, in India.",
        ("upi",),
    ),
    Term(
        "net-banking",
        "Net banking",
        "Payments from the customer's page in the online bank.",
        ("net banking", "net-banking"),
    ),
    Term(
        "verdicts",
        "Supported, contradicted, no difference that matters, undecided",
        "Verdicts on claims. Undecided: the data leave room for a difference that matters, and for "
        "none.",
    ),
    Term(
        "index",
        "Index",
        f"100 is everyone's mean. Only below {INDEXES_BELOW[0]} or above {INDEXES_ABOVE[0]} does "
        "it count as evidence.",
    ),
    Term(
        "standardised-difference",
        "Standardised difference",
        f"Difference from everyone in standard deviations: {DIFFERENCES[0]} small, "
        f"{DIFFERENCES[1]} medium, {DIFFERENCES[2]} large (Cohen 1988).",
    ),
    Term(
        "silhouette",
        "Silhouette",
        "How much nearer customers are to their own segment than to the next, from −1 to 1 "
        "(Rousseeuw 1987). It compares candidates of one segmentation, not segmentations.",
    ),
    Term(
        "jaccard",
        "Jaccard",
        "How much of a segment comes back when the customers are drawn anew: from "
        f"{STABLE_FROM} on stable (Hennig 2007).",
    ),
    Term(
        "prediction-strength",
        "Prediction strength",
        "How well segments found in one half of the customers fit the other: from 0.8 on "
        "repeatable (Tibshirani and Walther 2005).",
    ),
    Term(
        "separation",
        "Separation",
        "How far the silhouette is above that of made-up data with the same distributions and "
        "correlations but no segments, in standard deviations: from 3 on more than chance.",
    ),
    Term(
        "margin",
        "Margin",
        "0 on the border to the next segment, 1 in the middle of one's own. Near 0, treat "
        "customers as belonging to both.",
    ),
    Term(
        "recommendations",
        "Recommendations",
        "Rules of the playbook that the segment's figures meet. What stands in red is what not to "
        "do.",
    ),
)
KEYS = {form: term.key for term in TERMS for form in term.forms}
# The longest first, so that a term within another does not take its place.
FORMS = re.compile(
    rf"\b({'|'.join(map(re.escape, sorted(KEYS, key=len, reverse=True)))})s?\b", re.IGNORECASE
)


def with_terms(text: str | None) -> Markup:
    """Return a text as HTML in which each term leads to what it means, the first time it comes.

    Examples
    --------
    >>> print(with_terms("Cash advances & more cash advances"))
    <a class="term" href="#term-cash-advance">Cash advances</a> &amp; more cash advances
    >>> with_terms("No term"), with_terms(None)
    (Markup('No term'), Markup(''))
    """
    written, end, seen = Markup(), 0, set()
    for found in FORMS.finditer(text or ""):
        key = KEYS[found[1].lower()]
        if key in seen:
            continue
        seen.add(key)
        written += escape(text[end : found.start()])
        written += Markup('<a class="term" href="#term-{}">{}</a>').format(key, found[0])
        end = found.end()
    return written + escape((text or "")[end:])
