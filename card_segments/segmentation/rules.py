"""Rules in words: which customers a segment holds, in raw units, and how far the words are true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.tree import DecisionTreeClassifier

from card_segments.segmentation.clustering import IntArray
from card_segments.segmentation.preparation import FeaturesError, FloatArray
from card_segments.segmentation.randomness import seed_for
from card_segments.segmentation.validation import checked_labels, checked_numbers

MAXIMUM_DEPTH = 3
MINIMUM_FIDELITY = 0.85
NO_SHORT_RULE = "no short rule"
ALL_CUSTOMERS = "all customers"
RULE_COLUMNS = ("segment_number", "rule", "fidelity", "coverage")
# A leaf with fewer customers than this part of them is not a rule.
SMALLEST_LEAF = 0.005
# So many customers of a branch may change sides for a number that is easier to read.
ROUNDING_PART = 0.005
# A second leaf, or a further condition, has to be worth this much fidelity.
WORTH_MORE_WORDS = 0.01

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class _Condition:
    """One column above, or at most, a number."""

    column: int
    is_above: bool
    threshold: float

    def holds(self, columns: list[FloatArray]) -> BoolArray:
        """Return for which customers it holds, shape (n,)."""
        values = columns[self.column]
        return values > self.threshold if self.is_above else values <= self.threshold


@dataclass(frozen=True)
class _Leaf:
    """The conditions on the way to a leaf, and the segment that most of its customers have."""

    conditions: tuple[_Condition, ...]
    segment: int


_Rule = tuple[tuple[_Condition, ...], ...]


def describe_segments(
    features: pd.DataFrame,
    labels: ArrayLike,
    maximum_depth: int = MAXIMUM_DEPTH,
    minimum_fidelity: float = MINIMUM_FIDELITY,
    labels_of: Mapping[str, str] | None = None,
    seed: int = 20240501,
) -> pd.DataFrame:
    """Describe each segment by a short rule in words, where one is true enough.

    Decision trees learn the segments from the raw features (surrogate models: Craven & Shavlik
    1996): one tree that tells all segments apart, and one per segment that tells it from the
    rest, without which small segments get no leaf. The truer of the two rules is given. A rule is
    one leaf of the tree, or two where the second one is worth it; conditions that change next to
    nothing are left out, and numbers are rounded where that moves hardly any customer. A customer
    may fit the rules of two segments, or none.

    Fidelity is the F1 of the rule *as it is written* for being in the segment: the harmonic mean
    of its precision (who fits the rule is in the segment) and its coverage. Accuracy would praise
    the empty rule: of a segment of 2 %, it is right for 98 % of customers (for F1 as a measure of
    fidelity see Guidotti et al. 2018; for the measure van Rijsbergen 1979).

    Parameters
    ----------
    features : DataFrame, shape (n, columns)
        Numbers in raw units, rows sorted by key. A missing value counts as the column's median; a
        column without any value is left out.
    labels : array_like of int, shape (n,)
        Segment numbers.
    maximum_depth : int
        Most conditions of a leaf, at least 1; "above 3 and at most 9" counts as two.
    minimum_fidelity : float
        0 to 1; below it the rule reads "no short rule".
    labels_of : mapping of str to str, optional
        What to call a column; its name with blanks for underscores when not given.
    seed : int
        Decides between splits of equal worth.

    Returns
    -------
    DataFrame
        A row per segment, by number: `segment_number`, `rule`, `fidelity` (0 to 1, of the best
        rule also where it is not printed), `coverage` (share of the segment's customers that fit
        the rule, 0 to 1). With one segment the rule is "all customers".

    Raises
    ------
    FeaturesError
        No customers or columns, a column that is not of numbers or is infinite, labels that do
        not fit, or settings out of bounds.

    References
    ----------
    Craven & Shavlik (1996), Advances in Neural Information Processing Systems 8. Guidotti et al.
    (2018), ACM Computing Surveys 51(5):93. Breiman et al. (1984), Classification and Regression
    Trees.

    Examples
    --------
    >>> features = pd.DataFrame({"calls": [0, 1, 2, 3, 7, 8, 9, 6, 1, 2],
    ...                          "online_visits": [1, 2, 1, 0, 2, 1, 0, 1, 12, 14]})
    >>> labels = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
    >>> for row in describe_segments(features, labels).itertuples(index=False):
    ...     print(row.segment_number, row.rule, row.fidelity, row.coverage)
    1 calls at most 4 and online visits at most 10 1.0 1.0
    2 calls above 4 1.0 1.0
    3 online visits above 10 1.0 1.0
    """
    _check_settings(maximum_depth, minimum_fidelity)
    names, columns = _columns(features)
    labels = checked_labels(labels, len(features))
    numbers, segments = np.unique(labels, return_inverse=True)
    if len(numbers) == 1:
        row = (int(numbers[0]), ALL_CUSTOMERS, 1.0, 1.0)
        return pd.DataFrame([row], columns=list(RULE_COLUMNS))

    called = [(labels_of or {}).get(name, name.replace("_", " ")) for name in names]
    common = _leaves(columns, segments, maximum_depth, seed)
    rows = []
    for position, number in enumerate(numbers.tolist()):
        is_member = segments == position
        own = _leaves(columns, is_member.astype(np.intp), maximum_depth, seed, "balanced")
        rules = (
            _best_rule(
                [leaf.conditions for leaf in leaves if leaf.segment == wanted], columns, is_member
            )
            for leaves, wanted in ((common, position), (own, 1))
        )
        # max keeps the first, the rule of the common tree, on ties.
        rule = max(rules, key=lambda one: _fidelity(one, columns, is_member))
        fidelity, coverage = _fidelity(rule, columns, is_member)
        is_true_enough = bool(rule) and fidelity >= minimum_fidelity
        text = _rule_text(rule, columns, called) if is_true_enough else NO_SHORT_RULE
        rows.append((number, text, fidelity, coverage))
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS))


def readable_threshold(below: float, above: float) -> float:
    """Return the number with the fewest digits in [below, above), near the middle; 0 if it is in.

    Examples
    --------
    >>> readable_threshold(4.0, 5.0), readable_threshold(9312.4, 9871.0)
    (4.0, 9600.0)
    >>> readable_threshold(0.0, 3.5), readable_threshold(-0.0213, -0.0207)
    (0.0, -0.021)
    """
    if below <= 0.0 < above:
        return 0.0
    middle = below + (above - below) / 2.0
    exponent = int(np.floor(np.log10(max(abs(below), abs(above)))))
    # below 1e-323 a double has no power of ten
    for power in range(exponent, max(exponent - 18, -324), -1):
        for nearest in (round(middle / 10.0**power), np.ceil(below / 10.0**power)):
            # Through decimal text, which gives the double that the written number stands for.
            candidate = float(f"{int(nearest)}e{power}")
            if below <= candidate < above:
                return candidate
    return float(below)


def _check_settings(maximum_depth: int, minimum_fidelity: float) -> None:
    if maximum_depth < 1:
        raise FeaturesError(f"'maximum_depth' is {maximum_depth!r}; give at least 1.")
    if not 0.0 <= minimum_fidelity <= 1.0:
        raise FeaturesError(f"'minimum_fidelity' is {minimum_fidelity!r}; give 0 to 1.")


def _columns(features: pd.DataFrame) -> tuple[list[str], list[FloatArray]]:
    """Return the names and the values, imputed, of the columns that have any value."""
    if not len(features):
        raise FeaturesError("there are no customers to describe; give at least one.")
    if not features.columns.size:
        raise FeaturesError("there are no features to describe segments by; give at least one.")
    if not features.columns.is_unique:
        raise FeaturesError("a feature stands twice among the columns; name each once.")
    names, columns = [], []
    for name in features.columns:
        values = checked_numbers(f"'{name}'", features[name])
        missing = np.isnan(values)
        if not missing.all():
            names.append(str(name))
            columns.append(np.where(missing, np.median(values[~missing]), values))
    return names, columns


def _leaves(
    columns: list[FloatArray],
    segments: IntArray,
    maximum_depth: int,
    seed: int,
    class_weight: str | None = None,
) -> list[_Leaf]:
    """Fit a surrogate tree and return its leaves; neighbours of one segment are joined."""
    if not columns:
        return []
    # Splits depend on the order of values alone. Ranks are exact in the tree's single precision,
    # where two large amounts would be the same and a very large one infinite.
    codes = np.column_stack([np.unique(one, return_inverse=True)[1] for one in columns])
    model = DecisionTreeClassifier(
        max_depth=maximum_depth,
        min_samples_leaf=max(1, int(SMALLEST_LEAF * len(segments))),
        class_weight=class_weight,
        random_state=seed_for(seed, "rules"),
    ).fit(codes, segments)
    tree = model.tree_

    def below(node: int, members: IntArray) -> list[_Leaf]:
        if tree.children_left[node] < 0:
            return [_Leaf((), int(tree.value[node, 0].argmax()))]
        column = int(tree.feature[node])
        goes_left = codes[members, column] <= tree.threshold[node]
        threshold = _rounded_threshold(columns[column][members], goes_left)
        found = []
        for child, side, is_above in (
            (tree.children_left[node], members[goes_left], False),
            (tree.children_right[node], members[~goes_left], True),
        ):
            condition = _Condition(column, is_above, threshold)
            found += [
                _Leaf((condition, *leaf.conditions), leaf.segment) for leaf in below(child, side)
            ]
        if len({leaf.segment for leaf in found}) == 1:
            return [_Leaf((), found[0].segment)]
        return found

    return below(0, np.arange(len(segments)))


def _rounded_threshold(values: FloatArray, goes_left: BoolArray) -> float:
    """Return a readable number that splits a branch as the tree does, but for a few customers."""
    ordered = np.sort(values)
    left = int(goes_left.sum())
    spare = int(ROUNDING_PART * len(values))
    below = ordered[max(left - 1 - spare, 0)]
    above = ordered[min(left + spare, len(values) - 1)]
    return readable_threshold(float(below), float(above))


def _best_rule(
    leaves: list[tuple[_Condition, ...]], columns: list[FloatArray], is_member: BoolArray
) -> _Rule:
    """Return the leaf, or the two leaves, with the highest fidelity, in few words."""
    # A tree with a single leaf has no condition and says nothing.
    own = [_tightest(conditions) for conditions in leaves if conditions]
    if not own:
        return ()

    def worth(rule: _Rule) -> float:
        return _fidelity(rule, columns, is_member)[0]

    rule: _Rule = max(((one,) for one in own), key=worth)
    pair = max(combinations(own, 2), key=worth, default=rule)
    if worth(pair) >= worth(rule) + WORTH_MORE_WORDS:
        rule = pair
    return _without_idle_conditions(rule, worth)


def _tightest(conditions: tuple[_Condition, ...]) -> tuple[_Condition, ...]:
    """Leave out conditions that a later one on the same side of the same column implies."""
    tightest: dict[tuple[int, bool], _Condition] = {}
    for one in conditions:
        tightest[one.column, one.is_above] = one
    return tuple(sorted(tightest.values(), key=lambda one: conditions.index(one)))


def _without_idle_conditions(rule: _Rule, worth: Callable[[_Rule], float]) -> _Rule:
    """Leave out leaves and conditions, the idlest first, while that costs next to no fidelity."""
    least = worth(rule) - WORTH_MORE_WORDS
    while True:
        # A leaf that the other one has come to hold goes before any condition: max keeps the first.
        shorter = [(leaf,) for leaf in rule if len(rule) > 1]
        shorter += [
            (*rule[:place], (*leaf[:position], *leaf[position + 1 :]), *rule[place + 1 :])
            for place, leaf in enumerate(rule)
            if len(leaf) > 1
            for position in range(len(leaf))
        ]
        best = max(shorter, key=worth, default=None)
        if best is None or worth(best) < least:
            return rule
        rule = best


def _fidelity(rule: _Rule, columns: list[FloatArray], is_member: BoolArray) -> tuple[float, float]:
    """Return F1 and coverage of a rule; 0 and 0 of none."""
    fits = np.zeros(len(is_member), dtype=bool)
    for leaf in rule:
        fits |= np.all([one.holds(columns) for one in leaf], axis=0)
    both = int((fits & is_member).sum())
    members = int(is_member.sum())
    return 2.0 * both / (int(fits.sum()) + members), both / members


def _rule_text(rule: _Rule, columns: list[FloatArray], called: list[str]) -> str:
    return ", or ".join(_leaf_text(leaf, columns, called) for leaf in rule)


def _leaf_text(leaf: tuple[_Condition, ...], columns: list[FloatArray], called: list[str]) -> str:
    """Write a leaf's conditions; both sides of one column become a range."""
    texts = []
    for column in dict.fromkeys(condition.column for condition in leaf):
        sides = [condition for condition in leaf if condition.column == column]
        left = columns[column][np.all([one.holds(columns) for one in sides], axis=0)]
        if left.size and left.min() == left.max():
            texts.append(f"{called[column]} equal to {_number_text(float(left[0]))}")
            continue
        words = " and ".join(
            f"{'above' if one.is_above else 'at most'} {_number_text(one.threshold)}"
            for one in sorted(sides, key=lambda one: not one.is_above)
        )
        texts.append(f"{called[column]} {words}")
    return " and ".join(texts)


def _number_text(number: float) -> str:
    """Write a number in full, with thousands apart.

    Examples
    --------
    >>> _number_text(12500.0), _number_text(0.25), _number_text(4.0)
    ('12,500', '0.25', '4')
    """
    if number and not 1e-6 <= abs(number) < 1e15:
        return f"{number:g}"
    return f"{Decimal(repr(number)).normalize():,f}"
