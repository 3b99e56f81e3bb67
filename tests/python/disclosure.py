"""An attack on the published aggregates: what can be worked out about too few people.

What is published are equations: each shown cell is the sum of unknown ones. A small cell is
disclosed where every solution that has no negative value gives it the same value, which a linear
programme tells. Elimination alone would find less: it does not know that people are never negative.
Amounts are published for the same cells as counts, so what the equations determine of people they
determine of money.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

ATTRIBUTES = ["age_group", "gender", "marital_status", "city", "occupation"]
OTHER = "All other"
TOLERANCE = 1e-6


@dataclass
class Equations:
    """Sums of unknown cells that are known, and the cells that must not follow from them."""

    name: str
    unknowns: dict[Hashable, int] = field(default_factory=dict)
    rows: list[set[int]] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    signed: list[tuple[set[int], set[int]]] = field(default_factory=list)

    def cells(self, keys: Iterable[Hashable]) -> set[int]:
        """Return the numbers of unknown cells; those that are new get one."""
        return {self.unknowns.setdefault(key, len(self.unknowns)) for key in keys}

    def know(self, keys: Iterable[Hashable], total: float) -> None:
        """Note that the cells add up to a total that is published."""
        cells = self.cells(keys)
        if cells and total is not None and not pd.isna(total):
            self.rows.append(cells)
            self.sums.append(float(total))

    def know_equal(self, left: Iterable[Hashable], right: Iterable[Hashable]) -> None:
        """Note that two sums are the same, though neither is published."""
        self.signed.append((self.cells(left), self.cells(right)))

    def matrix(self) -> sparse.csr_matrix:
        """Return the equations as a matrix, one row each."""
        entries = [(row, cell, 1.0) for row, cells in enumerate(self.rows) for cell in cells]
        for row, (left, right) in enumerate(self.signed, start=len(self.rows)):
            entries += [(row, cell, 1.0) for cell in left - right]
            entries += [(row, cell, -1.0) for cell in right - left]
        rows, cells, values = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(self.rows) + len(self.signed), len(self.unknowns))
        return sparse.csr_matrix((values, (rows, cells)), shape=shape)

    def disclosed(self, targets: dict[Hashable, Iterable[Hashable]]) -> list[str]:
        """Return the targets, each a sum of unknown cells, that the equations determine."""
        matrix, found = self.matrix(), []
        sums = np.array(self.sums + [0.0] * len(self.signed))
        for label, keys in targets.items():
            wanted = np.zeros(len(self.unknowns))
            wanted[[self.unknowns[key] for key in keys if key in self.unknowns]] = 1
            if not wanted.any():
                continue
            bounds = [self._bound(sign * wanted, matrix, sums) for sign in (1, -1)]
            if None not in bounds and -bounds[1] - bounds[0] < 1e-4:
                found.append(f"{self.name}: {label} is {bounds[0]:.4g}")
        return found

    def _bound(self, costs, matrix, sums):
        solution = linprog(costs, A_eq=matrix, b_eq=sums, bounds=(0, None), method="highs")
        return solution.fun if solution.status == 0 else None

    def eliminated(self, targets: dict[Hashable, Iterable[Hashable]]) -> list[str]:
        """Return the targets that elimination gives, whatever the values are."""
        matrix = self.matrix().toarray()
        if not targets or not matrix.size:
            return []
        _, sizes, directions = np.linalg.svd(matrix, full_matrices=False)
        basis = directions[sizes > TOLERANCE]
        found = []
        for label, keys in targets.items():
            wanted = np.zeros(len(self.unknowns))
            wanted[[self.unknowns[key] for key in keys if key in self.unknowns]] = 1
            rest = wanted - basis.T @ (basis @ wanted)
            if wanted.any() and np.abs(rest).max() < TOLERANCE:
                found.append(f"{self.name}: {label} follows by elimination")
        return found


class Attack:
    """Everything that the aggregates of one publication give away about fewer than `minimum`."""

    def __init__(self, published, warehouse, minimum: int = 10) -> None:
        self.published = duckdb.connect(str(published), read_only=True)
        self.warehouse = duckdb.connect(str(warehouse), read_only=True)
        self.minimum = minimum
        self.tables = {name for (name,) in self.published.sql("show tables").fetchall()}

    def __enter__(self) -> Attack:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close both files."""
        self.published.close()
        self.warehouse.close()

    def read(self, table: str) -> pd.DataFrame:
        """Return a published table, empty where it is absent."""
        return self.published.sql(f"from {table}").df() if table in self.tables else pd.DataFrame()

    def truth(self, query: str) -> pd.DataFrame:
        """Return what the attacker does not know."""
        return self.warehouse.sql(query).df()

    def small(self, people: int) -> bool:
        """Tell whether so many people are someone, and too few."""
        return 0 < people < self.minimum

    def leaks(self) -> list[str]:
        """Return a sentence for everything that can be worked out."""
        parts = [
            *(self.combinations() if "customer_demographics" in self.tables else []),
            *(self.spend() if "monthly_spend" in self.tables else []),
            *(self.transitions() if "monthly_segment_transitions" in self.tables else []),
            *(self.behaviours() if "behaviour_by_segment" in self.tables else []),
            *(self.rates() if "segment_group_rates" in self.tables else []),
            *self.segment_combinations(),
            *(self.credit() if "repayment_behaviour" in self.tables else []),
            *self.groups(),
        ]
        return parts

    def combinations(self) -> list[str]:
        """Demographic combinations: all tables by attribute are sums of the cells of all five."""
        people = self.truth(
            "select attribute, attribute_value, customer_id "
            "from intermediate.int_customers_by_attribute where attribute <> 'all'"
        )
        people = people.pivot(index="customer_id", columns="attribute", values="attribute_value")
        cells = [tuple(row) for row in people[ATTRIBUTES].itertuples(index=False)]
        equations = Equations("customer_demographics")
        sizes = pd.Series(cells).value_counts()
        shown = self.read("customer_demographics")
        # a combination without a row may be one that nobody has, or one that is not shown
        everyone = list(itertools.product(*(sorted(set(people[name])) for name in ATTRIBUTES)))
        targets, known = {}, []
        for row in shown.to_dict("records"):
            values = {name: row[name] for name in ATTRIBUTES if isinstance(row[name], str)}
            within = [
                cell
                for cell in everyone
                if all(cell[ATTRIBUTES.index(name)] == value for name, value in values.items())
            ]
            equations.know(within, row["customers"])
            size = sum(sizes.get(cell, 0) for cell in within)
            if pd.isna(row["customers"]):
                if self.small(size):
                    targets[row["group_label"]] = within
            else:
                known.append((row["group_label"], frozenset(within), size))
        found = [
            f"customer_demographics: {label} has {size} customers"
            for label, _, size in known
            if self.small(size)
        ]
        # a shown cell less one that is part of it
        for (label, whole, size), (part_label, part, part_size) in itertools.permutations(known, 2):
            if part < whole and self.small(size - part_size):
                found.append(f"customer_demographics: {label} less {part_label}")
        return found + equations.disclosed(targets)

    def spend(self) -> list[str]:
        """Spend by attribute or segment, month, category and payment type, and its sums."""
        # a segmentation is one more attribute; segments without a row of their own are one value
        as_attribute = {"segmentation": "attribute", "segment_key": "attribute_value"}
        by_segment = self.read("spend_by_segment").rename(columns=as_attribute)
        months_by_segment = self.read("monthly_utilisation_by_segment")
        months_by_segment = months_by_segment.rename(columns=as_attribute)
        shown_keys = ", ".join(repr(one) for one in ["", *by_segment["attribute_value"].unique()])
        segmentations = ", ".join(repr(one) for one in ["", *by_segment["attribute"].unique()])
        cells = self.truth(
            f"""
            with people as (
                select attribute, attribute_value, customer_id
                from intermediate.int_customers_by_attribute
                union all
                select
                    segmentation,
                    if(segment_key in ({shown_keys}), segment_key, 'all_other'),
                    customer_id
                from intermediate.int_segment_scores
                where segmentation in ({segmentations})
            )
            select people.attribute, people.attribute_value as value, spends.spend_month as month,
                spends.category, spends.payment_type, spends.customer_id, spends.is_credit_card
            from intermediate.int_spends as spends
            inner join people using (customer_id)
            where spends.spend_amount <> 0
            """
        )
        cells["kind"] = list(zip(cells["category"], cells["payment_type"], strict=True))
        monthly = self.read("monthly_spend")
        totals = pd.concat([self.read("spend_by_demographic"), by_segment])
        months = pd.concat([self.read("monthly_income_utilisation"), months_by_segment])
        shown_kinds = {
            attribute: set(zip(rows["category"], rows["payment_type"], strict=True))
            for attribute, rows in totals.groupby("attribute")
        }
        found = []
        for attribute in sorted(set(cells["attribute"]) - {"all"}):
            own = cells[cells["attribute"] == attribute]
            keys = own[["value", "month", "kind"]].drop_duplicates()
            cards = own.groupby("kind")["is_credit_card"].first()
            equations = Equations(f"spend by {attribute}")
            unknown = [tuple(row) for row in keys.itertuples(index=False)]
            equations.cells(unknown)

            def among(level, value, month, kind, unknown=unknown, cards=cards, own=attribute):
                """Return the unknown cells behind a published row."""
                shown = shown_kinds[level]
                return [
                    cell
                    for cell in unknown
                    if (level == "all" or cell[0] == value)
                    and (month is None or cell[1] == month)
                    and (
                        kind is None
                        or cell[2] == kind
                        or (
                            kind[0] == OTHER
                            and cell[2] not in shown
                            and (
                                not any(k[0] == OTHER and k[1] != OTHER for k in shown)
                                or cards[cell[2]] == (kind[1] != OTHER)
                            )
                        )
                    )
                ]

            for level in (attribute, "all"):
                for rows, has_month in ((monthly, True), (totals, False)):
                    rows = rows[(rows["attribute"] == level) & rows["spend_amount"].notna()]
                    for row in rows.to_dict("records"):
                        month = row["spend_month"] if has_month else None
                        kind = (row["category"], row["payment_type"])
                        equations.know(among(level, row["attribute_value"], month, kind), 1)
                rows = months[(months["attribute"] == level) & months["spend_amount"].notna()]
                for row in rows.to_dict("records"):
                    value = row["attribute_value"]
                    equations.know(among(level, value, row["spend_month"], None), 1)
                    if pd.notna(row["credit_card_share"]):
                        by_card = among(level, value, row["spend_month"], None)
                        equations.know([cell for cell in by_card if cards[cell[2]]], 1)
                for value in {cell[0] for cell in unknown}:
                    equations.know(among(level, value, None, None), 1)
            targets = {}
            levels = ["value", "month", "kind"]
            chosen = (itertools.combinations(levels, size) for size in (1, 2, 3))
            for columns in map(list, itertools.chain.from_iterable(chosen)):
                people = own.groupby(columns)["customer_id"].nunique()
                for key in people[people.between(1, self.minimum - 1)].index:
                    key = key if isinstance(key, tuple) and len(columns) > 1 else (key,)
                    wanted = dict(zip(columns, key, strict=True))
                    targets[tuple(map(str, key))] = [
                        cell
                        for cell in unknown
                        if all(
                            cell[("value", "month", "kind").index(name)] == at
                            for name, at in wanted.items()
                        )
                    ]
            found += equations.eliminated(targets)
        return found

    def transitions(self) -> list[str]:
        """Flows between segments: who leaves one in a month came into it in another."""
        flows = self.truth(
            """
            with keyed as (
                select scores.customer_id, segments.segment_key, scores.period_month as month
                from intermediate.int_spending__monthly_scores as scores
                inner join intermediate.int_segments as segments
                    using (segmentation, segment_number)
            ),
            pairs as (
                select *, lead(segment_key) over (partition by customer_id order by month) as next
                from keyed
            )
            select month, segment_key, next, count(*) as customers
            from pairs where next is not null group by all
            """
        )
        shown = self.read("monthly_segment_transitions")
        if shown.empty:
            return []
        names = sorted(set(flows["segment_key"]) | set(flows["next"]))
        sizes = {(r.month, r.segment_key, r.next): r.customers for r in flows.itertuples()}
        equations = Equations("monthly_segment_transitions")
        months = sorted(set(flows["month"]))
        found = []
        for month in months:
            rows = shown[shown["from_month"] == month]
            cells = {(month, one, two) for one in names for two in names}
            origins = set(rows["from_segment_key"])
            named = set(zip(rows["from_segment_key"], rows["to_segment_key"], strict=True))
            for row in rows.to_dict("records"):
                origin, target = row["from_segment_key"], row["to_segment_key"]
                # segments without a row of their own are one
                within = [one for one in names if (origin == "all_other") == (one not in origins)]
                within = within if origin == "all_other" else [origin]
                flows = [
                    (month, one, two)
                    for one in within
                    for two in names
                    if two == target or (target == "all_other" and (origin, two) not in named)
                ]
                equations.know(flows, row["customers"])
                if len(flows) == 1 and self.small(sizes.get(flows[0], 0)):
                    found.append(f"monthly_segment_transitions: {flows[0]}")
            # everyone who is in no row moved nowhere
            equations.know(cells, rows["customers"].sum() if len(rows) else None)
        for before, after in itertools.pairwise(months):
            for name in names:
                equations.know_equal(
                    [(before, one, name) for one in names], [(after, name, two) for two in names]
                )
        # how many were in a segment in a month is published too
        by_month = self.read("monthly_utilisation_by_segment").dropna(subset="customers_in_month")
        for row in by_month.itertuples():
            earlier = [month for month in months if month < row.spend_month]
            into, out_of = [], [(row.spend_month, row.segment_key, two) for two in names]
            if earlier:
                into = [(earlier[-1], one, row.segment_key) for one in names]
            for cells in (into, out_of if row.spend_month in months else []):
                if cells:
                    equations.know(cells, row.customers_in_month)
        targets = {}
        for month in months:
            for name in names:
                for label, cells in (
                    ("out of", [(month, name, two) for two in names if two != name]),
                    ("into", [(month, one, name) for one in names if one != name]),
                ):
                    if self.small(sum(sizes.get(cell, 0) for cell in cells)):
                        targets[(str(month)[:7], label, name)] = cells
        for cell, size in sizes.items():
            if self.small(size):
                targets[(str(cell[0])[:7], *cell[1:])] = [cell]
        return found + equations.disclosed(targets)

    def behaviours(self) -> list[str]:
        """Classes of behaviour by segment, with everyone's classes and the segments' sizes."""
        sizes = self.truth(
            """
            select coalesce(scores.segment_key, '-') as segment_key, behaviours.behaviour_class,
                count(*) as customers
            from marts.cardholder_behaviour as behaviours
            left join intermediate.int_segment_scores as scores
                on behaviours.customer_id = scores.customer_id
                and scores.segmentation = 'card_usage'
            group by all
            """
        )
        classes = sorted(self.truth("from reference.behaviour_classes")["behaviour_class"])
        segments = sorted(set(sizes["segment_key"]))
        shown = self.read("behaviour_by_segment")
        shown["segment_key"] = shown["segment_key"].astype(object)
        equations = Equations("behaviour_by_segment")
        for segment in [*segments, None]:
            is_own = (
                shown["segment_key"].isna() if segment is None else shown["segment_key"] == segment
            )
            rows = shown[is_own]
            within = segments if segment is None else [segment]
            named = set(rows["behaviour_class"]) - {"all_other"}
            for row in rows.to_dict("records"):
                kinds = [row["behaviour_class"]]
                if kinds == ["all_other"]:
                    kinds = [name for name in classes if name not in named]
                equations.know([(s, k) for s in within for k in kinds], row["customers"])
                equations.know([(s, k) for s in within for k in classes], row["segment_customers"])
        targets = {
            (row.segment_key, row.behaviour_class): [(row.segment_key, row.behaviour_class)]
            for row in sizes.itertuples()
            if self.small(row.customers)
        }
        return equations.disclosed(targets)

    def rates(self) -> list[str]:
        """Segments by protected attribute, with the sizes of segments and of groups."""
        sizes = self.truth("from intermediate.int_segment_attribute_counts")
        shown, found = self.read("segment_group_rates"), []
        segment_sizes = self.read("segments").set_index("segment_key")["customers"]
        for (segmentation, attribute), rows in sizes.groupby(["segmentation", "attribute"]):
            equations = Equations(f"segment_group_rates of {segmentation} by {attribute}")
            own = shown[(shown["segmentation"] == segmentation) & (shown["attribute"] == attribute)]
            values, segments = (
                sorted(set(rows["attribute_value"])),
                sorted(set(rows["segment_key"])),
            )
            for row in own.to_dict("records"):
                value, segment = row["attribute_value"], row["segment_key"]
                equations.know([(s, value) for s in segments], row["customers"])
                if pd.notna(row["group_share"]) and pd.notna(row["customers"]):
                    equations.know([(segment, value)], row["group_share"] * row["customers"])
            for segment in segments:
                cells = [(segment, value) for value in values]
                missing = (
                    segment_sizes[segment]
                    - rows.loc[rows["segment_key"] == segment, "customers"].sum()
                )
                # who has no value is one more unknown
                equations.know(
                    [*cells, *([(segment, None)] if missing else [])], segment_sizes[segment]
                )
            targets = {
                (row.segment_key, row.attribute_value): [(row.segment_key, row.attribute_value)]
                for row in rows.itertuples()
                if self.small(row.customers)
            }
            found += equations.disclosed(targets)
        return found

    def segment_combinations(self) -> list[str]:
        """Segments of two segmentations, with the sizes of segments: who is in one only is told."""
        shown, found = self.read("segment_combinations"), []
        if shown.empty:
            return found
        sizes = self.read("segments").set_index("segment_key")["customers"]
        members = self.truth("from intermediate.int_segment_scores")
        members = members.pivot(index="customer_id", columns="segmentation", values="segment_key")
        for (one, other), rows in shown.groupby(["segmentation", "other_segmentation"]):
            # identifiers of several populations may be equal
            pair = members[[one, other]].dropna(how="all").astype(object)
            pair = pair.where(pair.notna(), None)
            cells = pair.value_counts(dropna=False)
            equations = Equations(f"segment_combinations of {one} and {other}")
            both = [cell for cell in cells.index if None not in cell]
            for segment in {*rows["segment_key"], *rows["other_segment_key"]}:
                equations.know([cell for cell in cells.index if segment in cell], sizes[segment])
            for row in rows.to_dict("records"):
                cell = (row["segment_key"], row["other_segment_key"])
                equations.know([cell], row["customers"])
                equations.know(both, row["pair_customers"])
                if pd.notna(row["expected_customers"]):
                    # what chance gives is a product of two margins, so take both as known
                    for place in (0, 1):
                        margin = [known for known in both if known[place] == cell[place]]
                        equations.know(margin, cells[margin].sum())
            targets = {cell: [cell] for cell, size in cells.items() if self.small(size)}
            found += equations.disclosed(targets)
        return found

    def credit(self) -> list[str]:
        """Groups of the credit tables: kinds of group, and narrow age bands within broad ones."""
        people = self.truth("from intermediate.int_credit_customers_by_group")
        table = people.pivot(index="customer_id", columns="group_type", values="group_key")
        table = table.astype(object).where(table.notna(), None)
        kinds = [name for name in table.columns if name != "all"]
        shown = {
            name: rows.set_index("group_key")["customers"]
            for name, rows in self.read("repayment_behaviour").groupby("group_type")
        }
        known = {("age_group_broad" if k == "age_group" else k): v for k, v in shown.items()}
        ages = self.read("credit_score_by_age").set_index(["age_scheme", "age_group"])["customers"]
        occupations = self.read("credit_score_by_occupation").set_index("occupation")["customers"]
        found = []
        for group in (["age_group_fine", "age_group_broad"], ["occupation"], ["credit_score"],
                      ["credit_mix"], ["segment"]):  # fmt: skip
            columns = [name for name in group if name in kinds]
            if not columns:
                continue
            cells = table[columns].dropna(how="all").apply(tuple, axis=1)
            sizes = cells.value_counts()
            equations = Equations(f"credit tables by {columns[0]}")
            everyone = list(sizes.index)
            if columns != ["segment"]:
                equations.know(everyone, known["all"].iloc[0])
            targets = {}
            for place, name in enumerate(columns):
                for value in {cell[place] for cell in everyone}:
                    within = [cell for cell in everyone if cell[place] == value]
                    for figure in (
                        known.get(name, pd.Series(dtype=float)).get(value),
                        ages.get((name.removeprefix("age_group_"), value)),
                        occupations.get(value) if name == "occupation" else None,
                    ):
                        equations.know(within, figure)
                    if self.small(sizes[within].sum()):
                        targets[(name, value)] = within
            found += equations.disclosed(targets)
        return found

    def groups(self) -> list[str]:
        """Groups of the service tables and segments: each kind adds up to everyone."""
        found = []
        for table, name in (
            ("service_demand", "group_type, group_key"),
            ("staffing_plan", "group_type, group_key"),
            ("segment_product_tiers", "group_type, group_key"),
        ):
            if table not in self.tables:
                continue
            shown = self.published.sql(f"select distinct {name}, customers from {table}").df()
            sizes = self.truth(
                "select group_type, group_key, count(*) as customers "
                "from intermediate.int_relationships_grouped group by all"
            )
            for kind, rows in shown.groupby("group_type"):
                own = sizes[sizes["group_type"] == kind]
                equations = Equations(f"{table} by {kind}")
                equations.know(own["group_key"], own["customers"].sum())
                for row in rows.itertuples():
                    equations.know([row.group_key], row.customers)
                few = own[own["customers"] < self.minimum]
                found += equations.disclosed({key: [key] for key in few["group_key"]})
        for table, column in (("segments", "customers"), ("segment_value", "customers")):
            rows = self.read(table)
            if len(rows):
                few = rows[rows[column].between(1, self.minimum - 1)]
                found += [f"{table}: {key}" for key in few["segment_key"]]
        # a base beside everyone: who has no value is counted too
        for table, base in (
            ("segment_profiles", "customers_with_value"),
            ("segment_value", "customers_with_value"),
        ):
            rows = self.read(table)
            if len(rows):
                sizes = self.read("segments").set_index("segment_key")["customers"]
                lacking = rows["segment_key"].map(sizes) - rows[base]
                few = rows[lacking.between(1, self.minimum - 1)]
                found += [f"{table}: {key} lacks a value of a few" for key in few["segment_key"]]
        rows = pd.concat(
            [self.read(name) for name in ("credit_score_by_age", "credit_score_by_occupation")]
        )
        if len(rows):
            few = rows["customers_without_score"].between(1, self.minimum - 1)
            found += ["credit scores: a few without a score"] * int(few.sum())
        return found
