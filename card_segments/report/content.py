"""What the report page says, section by section, read from the published tables.

Each section is a function from the published file to a dictionary for its template, or None where
the tables that it needs are absent. Nothing here computes a result: figures come out of the
published tables as they are, or as sums with their shares and indexes, where those tables say that
they add up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import duckdb
import pandas as pd

from card_segments.report import charts
from card_segments.report.answers import answers
from card_segments.report.published import SEGMENT_SIZES, Published, grouped
from card_segments.report.words import DIFFERENCES, money, number, percent, share, title

Section = dict[str, Any] | None

# The page shows this much at most, however many customers, cities or occupations there are.
MAP_POINTS = 600
DRIVERS = 5
GROUPS = 30
AUDIENCES = 40
KEY_SEGMENTS = 12

# What the form takes, as the input contract (seeds/inputs/_inputs.yml) has it for these units.
LARGEST = 1_000_000_000_000
RANGES = {
    "share": (0, 1),
    "0 to 1": (0, 1),
    "percent": (0, 1000),
    "percent a year": (0, 100),
    "days": (-60, 36_500),
}

# Where a group's figure is hidden because it is too small, the tables hold null.
HIDDEN_NOTE = "A dash stands for a figure that is hidden because too few people are behind it."


def publication(published: Published) -> dict[str, Any]:
    """Return which build the page shows."""
    build = published.row("select * from publication")
    if build is None:
        raise duckdb.InvalidInputException("The table publication is empty.")
    # what an older version published says nothing of a currency
    return {"currency": None, **build}


def headline(published: Published) -> dict[str, Any]:
    """Return the figures that come first, those there are."""
    tiles = []

    def add(label: str, value: str, note: str, target: str) -> None:
        tiles.append({"label": label, "value": value, "note": note, "target": target})

    counts = published.row(
        """
        select
            count(*) as segmentations,
            count(*) filter (where status = 'published') as found,
            min(segmentation) as first,
            (select count(*) from segments) as segments
        from segmentations
        """
    )
    if counts["segmentations"]:
        add(
            "segments",
            number(counts["segments"]),
            f"in {counts['found']} of {counts['segmentations']} segmentations",
            f"segmentation-{counts['first']}",
        )
    everyone = value = repayment = None
    if published.has("income_utilisation_by_demographic"):
        everyone = published.row(
            "select * from income_utilisation_by_demographic where attribute = 'all'"
        )
    if everyone:
        add(
            "of income is spent",
            percent(everyone["income_utilisation_ratio_of_means_pct"]),
            f"{percent(everyone['income_utilisation_mean_of_ratios_pct'])} as the mean of each "
            "customer's ratio",
            "spending",
        )
        add(
            "of spend is by credit card",
            share(everyone["credit_card_share"]),
            f"{number(everyone['customers'])} customers",
            "spending",
        )
    if published.has("segment_value"):
        value = published.row("select * from segment_value where segment_key is null")
    if value:
        add(
            "net value of a cardholder and year",
            money(value["net_value_base_amount"], currency=publication(published)["currency"]),
            f"{number(value['net_value_low_amount'])} to {number(value['net_value_high_amount'])}, "
            "by low and high rates, assumed in seeds/reference/value_rates.csv",
            "behaviour",
        )
    if published.has("repayment_behaviour"):
        repayment = published.row("select * from repayment_behaviour where group_type = 'all'")
    if repayment:
        add(
            "pay only the minimum",
            share(repayment["minimum_payment_share_of_yes_or_no"]),
            "of those whose file says yes or no; of all answers, "
            f"{share(repayment['not_mentioned_share_of_all_answers'])} say neither",
            "credit",
        )
    if published.has("staffing_plan"):
        staff = published.row(
            """
            select max(planned_customers) as planned, sum(pooled_staff) as staff
            from staffing_plan where group_type = 'all' and handling_estimate = 'base'
            """
        )
        add(
            "full-time staff for branch and calls",
            number(staff["staff"], 0),
            f"for {number(staff['planned'], 0)} customers, assumed in dbt_project.yml and "
            "seeds/reference/service_channels.csv",
            "service",
        )
    rows = published.row(
        """
        select
            coalesce(sum(measured) filter (where measure = 'loaded_rows'), 0) as loaded,
            coalesce(sum(measured) filter (where measure = 'rejected_rows'), 0) as rejected
        from input_quality
        """
    )
    add(
        "rows loaded",
        number(int(rows["loaded"])),
        f"{number(int(rows['rejected']))} rejected, each with its reason",
        "quality",
    )
    return {"tiles": tiles, "found": grouped(published.rows(SEGMENT_SIZES), "segmentation")}


def segmentations(published: Published) -> list[dict[str, Any]]:
    """Return each segmentation with its segments, profiles, map, scoreboard and changes."""
    found = published.rows("select * from segmentations order by segmentation")
    points = map_points(published, MAP_POINTS)
    return [
        segmentation(published, row, points[points["segmentation"] == row["segmentation"]])
        for row in found
    ]


def segmentation(
    published: Published, summary: dict[str, Any], points: pd.DataFrame
) -> dict[str, Any]:
    """Return one segmentation, with its map's points drawn."""
    name = summary["segmentation"]
    candidates = published.frame(
        "select * from segment_candidates where segmentation = ? order by algorithm, n_segments",
        name,
    )
    return {
        **summary,
        "id": f"segmentation-{name}",
        "title": title(name),
        "segments": segments(published, name),
        "profiles": profiles(published, name),
        "maps": maps(points),
        "candidates": published.rows(
            """
            select *
            from segment_candidates
            where segmentation = ?
            order by algorithm <> 'k_means', algorithm, n_segments
            """,
            name,
        ),
        "candidate_chart": charts.candidates(candidates, charts.PAGE, "container")
        if candidates["silhouette"].notna().any()
        else None,
        "migrations": migrations(published, name),
        "moves": moves(published, name),
        "drift": drift(published, name),
        "stand_ins": stand_ins(published, name),
        "validation": validation(published, name),
    }


def segments(published: Published, name: str) -> list[dict[str, Any]]:
    """Return the segments of one segmentation, a card each."""
    found = [row for row in published.rows(SEGMENT_SIZES) if row["segmentation"] == name]
    for segment in found:
        key = segment["segment_key"]
        segment["drivers"] = published.rows(
            """
            select * from segment_profiles
            where segment_key = ? and abs(standardised_difference) >= ?
            order by abs(standardised_difference) desc, metric
            limit ?
            """,
            key,
            DIFFERENCES[0],
            DRIVERS,
        )
        segment["is_vulnerable"] = published.row(
            "select coalesce(bool_or(is_vulnerable is distinct from false), false) as answer "
            "from segment_recommendations where segment_key = ?",
            key,
        )["answer"]
        segment["teams"] = grouped(
            published.rows(
                """
                select recommendations.*
                from segment_recommendations as recommendations
                where segment_key = ?
                order by min(priority) over (partition by team), team, priority
                """,
                key,
            ),
            "team",
        )
        segment["behaviours"] = segment_behaviours(published, key)
        segment["value"] = (
            published.row("select * from segment_value where segment_key = ?", key)
            if published.has("segment_value")
            else None
        )
        segment["tier"] = (
            published.row("select * from segment_product_tiers where group_key = ?", key)
            if published.has("segment_product_tiers")
            else None
        )
        segment["flows"] = segment_flows(published, key)
    return found


def segment_behaviours(published: Published, key: str) -> list[dict[str, Any]]:
    """Return the classes of behaviour that are more common in a segment than elsewhere."""
    if not published.has("behaviour_by_segment"):
        return []
    return published.rows(
        """
        select * from behaviour_by_segment
        where segment_key = ? and customer_share >= 0.05 and behaviour_class <> 'all_other'
        order by customer_share desc, behaviour_class
        limit 2
        """,
        key,
    )


def segment_flows(published: Published, key: str) -> dict[str, Any] | None:
    """Return how many stay from month to month, and where most of the others go.

    None where small flows are folded, because the flows shown are then not all of the segment's.
    """
    if not published.has("monthly_segment_transitions"):
        return None
    flows = published.rows(
        """
        select
            to_segment_key = from_segment_key as stays,
            to_segment_key = 'all_other' as is_folded,
            coalesce(segments.segment_name, to_segment_key) as to_segment_name,
            sum(migrations.customers) as customers,
            sum(migrations.customers) / sum(sum(migrations.customers)) over () as rate
        from monthly_segment_transitions as migrations
        left join segments on migrations.to_segment_key = segments.segment_key
        where from_segment_key = ?
        group by all
        order by stays desc, rate desc, to_segment_name
        """,
        key,
    )
    if not flows or not flows[0]["stays"] or any(flow["is_folded"] for flow in flows):
        return None
    return {"stay_rate": flows[0]["rate"], "next": flows[1] if len(flows) > 1 else None}


def profiles(published: Published, name: str) -> dict[str, Any]:
    """Return the heat map of one segmentation: metrics by segments, a cell for each of both."""
    rows = published.rows(
        """
        with metrics as (
            select
                metric, metric_label, unit, population_mean, is_feature,
                max(abs(standardised_difference)) as largest_difference
            from segment_profiles where segmentation = ?
            group by all
        )
        select metrics.*, profiles.mean, profiles.index_100, profiles.standardised_difference
        from metrics
        inner join segments on segments.segmentation = ?
        left join segment_profiles as profiles
            on segments.segment_key = profiles.segment_key and metrics.metric = profiles.metric
        order by
            is_feature desc, largest_difference desc nulls last, metric, segments.segment_number
        """,
        name,
        name,
    )
    return {"metrics": grouped(rows, "metric")}


def map_points(published: Published, limit: int) -> pd.DataFrame:
    """Return a sample of the customers on the maps, without their identifiers.

    Parameters
    ----------
    published : Published
    limit : int
        How many customers of each segmentation and method at most.

    Returns
    -------
    DataFrame
        Columns segmentation, method, x, y, segment_name, segment_number.
    """
    return published.frame(
        """
        select segmentation, method, x, y, segment_name, segment_number
        from (
            select
                map.segmentation, map.method, map.x, map.y,
                segments.segment_name, segments.segment_number,
                row_number() over (
                    partition by map.segmentation, map.method
                    order by md5(map.customer_id), map.customer_id
                ) as draw
            from segment_map as map
            inner join segments on map.segment_key = segments.segment_key
        )
        where draw <= ?
        order by segmentation, method, draw
        """,
        limit,
    ).round({"x": 2, "y": 2})


def maps(points: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the maps of one segmentation, a chart a method."""
    labels = {"pca": "Principal components", "tsne": "t-SNE"}
    return [
        {
            "label": labels.get(method, method),
            "points": len(rows),
            "chart": charts.segment_map(
                rows.drop(columns=["segmentation", "method"]), charts.PAGE, "container"
            ),
        }
        for method, rows in points.groupby("method", sort=True)
    ]


def migrations(published: Published, name: str) -> Section:
    """Return which share of all customers was in two segments in successive months.

    The segment's own customers are no base for a share, as small flows of it may be folded.
    """
    if not published.has("monthly_segment_transitions"):
        return None
    rows = published.rows(
        """
        with pairs as (
            select from_segment_key, to_segment_key, sum(customers) as customers
            from monthly_segment_transitions where segmentation = ? group by all
        )
        select
            origins.segment_key as from_segment_key,
            origins.segment_name as from_segment_name,
            pairs.customers,
            pairs.customers / (select sum(customers) from pairs) as rate
        from segments as origins
        inner join segments as targets on origins.segmentation = targets.segmentation
        left join pairs
            on origins.segment_key = pairs.from_segment_key
            and targets.segment_key = pairs.to_segment_key
        where origins.segmentation = ?
        order by origins.segment_number, targets.segment_number
        """,
        name,
        name,
    )
    months = published.row(
        """
        select
            min(from_month) as first,
            max(to_month) as last,
            count(distinct from_month) as steps,
            sum(customers) filter (where to_segment_key = 'all_other')
            / sum(customers) as folded_share
        from monthly_segment_transitions where segmentation = ?
        """,
        name,
    )
    if not months["steps"]:
        return None
    return {"origins": grouped(rows, "from_segment_key"), **months}


def moves(published: Published, name: str) -> Section:
    """Return who changed segment since the last publication, and why."""
    rows = published.rows(
        """
        select cause, sum(customers) as customers,
            sum(customers) / sum(sum(customers)) over () as share
        from segment_changes where segmentation = ?
        group by cause order by customers desc, cause
        """,
        name,
    )
    return {"causes": rows} if rows else None


def drift(published: Published, name: str) -> Section:
    """Return how far today's customers are from those of the last published model's fit."""
    rows = published.rows(
        """
        select
            drift.*,
            coalesce(
                labels.metric_label, replace(drift.subject, '_', ' ')
            ) as label
        from segment_drift as drift
        left join (
            select distinct segmentation, metric, metric_label from segment_profiles
        ) as labels
            on drift.segmentation = labels.segmentation and drift.subject = labels.metric
        where drift.segmentation = ? and population_stability_index is not null
        order by population_stability_index desc, is_feature, subject
        """,
        name,
    )
    if not rows:
        return None
    return {
        "subjects": rows,
        "drifted": [row for row in rows if row["drift"] != "none"],
        "features": sum(row["is_feature"] for row in rows),
        **{
            column: max(row[column] for row in rows)
            for column in ("reference_customers", "customers")
        },
    }


def stand_ins(published: Published, name: str) -> Section:
    """Return how far segments are proxies for protected attributes."""
    attributes = published.rows(
        """
        select * from segment_attribute_proxies where segmentation = ?
        order by is_flagged desc, attribute
        """,
        name,
    )
    groups = published.rows(
        """
        select shares.*, segments.segment_name
        from segment_group_rates as shares
        inner join segments on shares.segment_key = segments.segment_key
        where
            shares.segmentation = ? and p_value < 0.05
            and (share_ratio >= 1.25 or share_ratio <= 0.8)
        order by
            /* a group of which nobody is in the segment comes first */
            abs(ln(nullif(greatest(share_ratio, 0), 0))) desc nulls first,
            attribute, attribute_value, segments.segment_number
        limit 8
        """,
        name,
    )
    return {"attributes": attributes, "groups": groups} if attributes else None


def carried_from(published: Published, rows: list[dict[str, Any]], column: str) -> str | None:
    """Return the day of what a frozen build carried over from an earlier one, or None."""
    built = published.row("select published_at from publication")
    earlier = [
        row[column] for row in rows if row.get(column) and row[column] < built["published_at"]
    ]
    return max(earlier).strftime("%Y-%m-%d") if earlier else None


def validation(published: Published, name: str) -> Section:
    """Return how much of later behaviour the segments explain, beside a simple rule and chance."""
    if not published.has("segment_out_of_time_validation"):
        return None
    rows = published.rows(
        """
        select * from segment_out_of_time_validation where segmentation = ?
        order by outcome, scheme
        """,
        name,
    )
    outcomes = [
        (outcome, {row["scheme"]: row["omega_squared"] for row in members})
        for outcome, members in grouped(rows, "outcome")
    ]
    day = carried_from(published, rows, "validated_at")
    return {"outcomes": outcomes, "carried_from": day} if rows else None


def spending(published: Published) -> Section:
    """Return income, spend and utilisation by demographics, months, and key segments."""
    if not published.has("customer_demographics", "monthly_income_utilisation"):
        return None
    demographics = published.rows(
        f"""
        select * from customer_demographics
        where attribute_count <= 2
        qualify row_number() over (
            partition by dimension_set order by customers desc nulls last, group_label
        ) <= {GROUPS}
        order by attribute_count, dimension_set, group_label
        """
    )
    counts = dict(
        published.connection.execute(
            "select dimension_set, count(*) from customer_demographics group by dimension_set"
        ).fetchall()
    )
    months = published.frame(
        f"""
        select
            attribute, attribute_value, customers,
            strftime(spend_month, '%Y-%m') as month,
            income_utilisation_pct,
            count(distinct attribute_value) over (partition by attribute) as groups
        from monthly_income_utilisation
        where income_utilisation_pct is not null
        qualify dense_rank() over (
            partition by attribute order by customers desc, attribute_value
        ) <= {charts.SEGMENT_COLOURS}
        order by attribute <> 'all', attribute, attribute_value, spend_month
        """
    )
    return {
        "attributes": [
            {
                "name": name,
                "label": title(name),
                "rows": rows,
                "left_out": counts[name] - len(rows),
                "largest": max(
                    (row["income_utilisation_ratio_of_means_pct"] or 0 for row in rows), default=0
                ),
            }
            for name, rows in grouped(demographics, "dimension_set")
            if name != "all"
        ],
        "months": [
            {
                "name": name,
                "label": title(name) if name != "all" else "Everyone",
                "left_out": int(rows["groups"].iloc[0]) - rows["attribute_value"].nunique(),
                "chart": charts.monthly_lines(
                    rows.drop(columns="groups"),
                    "income_utilisation_pct",
                    "spend as % of monthly income",
                    "attribute_value",
                    charts.PAGE,
                    "container",
                ),
            }
            for name, rows in months.groupby("attribute", sort=False)
        ],
        "mixes": [
            {"column": column, "label": label, "attributes": spend_mix(published, column)}
            for column, label in (("category", "Category"), ("payment_type", "Payment type"))
        ],
        "key_segments": published.rows(
            f"""
            select * from key_customer_segments
            where is_key_segment order by key_rank limit {KEY_SEGMENTS}
            """
        ),
        "key_segment_count": published.row(
            "select count(*) as combinations, count(*) filter (where is_key_segment) as found, "
            "count(*) filter (where is_suppressed) as hidden from key_customer_segments"
        ),
    }


def spend_mix(published: Published, column: str) -> list[dict[str, Any]]:
    """Return what share of each group's spend goes to each category or payment type."""
    rows = published.rows(
        f"""
        with sums as (
            select
                attribute, attribute_value, {column} as part, sum(spend_amount) as spend_amount
            from spend_by_demographic
            group by all
        ),
        groups as (
            select
                attribute, attribute_value, max(customers) as customers,
                /* where a part is hidden, the rest is not the whole */
                case when bool_and(spend_amount is not null) then sum(spend_amount) end as total
            from spend_by_demographic
            group by all
        ),
        /* every part of every group, also where it spends nothing: rows are read by position */
        shares as (
            select
                groups.*, parts.part,
                case
                    when total is not null then coalesce(sums.spend_amount, 0)
                end / nullif(total, 0) as spend_share
            from groups
            cross join (select distinct part from sums) as parts
            left join sums
                on groups.attribute = sums.attribute
                and groups.attribute_value = sums.attribute_value
                and parts.part = sums.part
        )
        select
            shares.*,
            100 * shares.spend_share / nullif(everyone.spend_share, 0) as index_100,
            count(distinct shares.attribute_value) over (partition by shares.attribute)
                as all_groups
        from shares
        inner join shares as everyone
            on everyone.attribute = 'all' and shares.part = everyone.part
        qualify dense_rank() over (
            partition by shares.attribute order by shares.customers desc nulls last,
            shares.attribute_value
        ) <= {GROUPS}
        order by
            shares.attribute <> 'all', shares.attribute, shares.attribute_value,
            everyone.spend_share desc, shares.part
        """
    )
    return [
        {
            "label": title(name),
            "groups": grouped(members, "attribute_value"),
            "left_out": max(members[0]["all_groups"] - GROUPS, 0),
        }
        for name, members in grouped(rows, "attribute")
        if name != "all"
    ]


def card_features(published: Published) -> Section:
    """Return the recommended card features of each audience."""
    if not published.has("card_feature_recommendations"):
        return None
    rows = published.rows(
        f"""
        with audiences as (
            select
                group_type, group_key,
                row_number() over (
                    order by group_type <> 'all', group_type <> 'segment', max(customers) desc,
                    group_type, group_key
                ) as position
            from card_feature_recommendations
            where is_recommended
            group by group_type, group_key
        )
        select recommendations.*, audiences.position
        from card_feature_recommendations as recommendations
        inner join audiences using (group_type, group_key)
        where is_recommended and position <= {AUDIENCES}
        order by position, benefit_rank
        """
    )

    def audience(row: dict[str, Any]) -> str:
        if row["group_type"] == "all":
            return "Everyone"
        return f"{title(row['group_type'])}: {row['group_name']}"

    audiences = published.row(
        """
        select count(distinct (group_type, group_key)) as found
        from card_feature_recommendations where is_recommended
        """
    )["found"]
    return {
        "left_out": max(audiences - AUDIENCES, 0),
        "audiences": [
            {"label": audience(members[0]), "rows": members}
            for _, members in grouped(rows, "position")
        ],
    }


def service(published: Published) -> Section:
    """Return contacts, staff, card tiers and contacts that could move online."""
    if not published.has("service_demand", "staffing_plan"):
        return None
    return {
        "planned_customers": published.row(
            "select max(planned_customers) as one from staffing_plan"
        )["one"],
        "demand": published.rows(
            """
            select * from service_demand where group_type in ('segment', 'all')
            order by channel, group_type = 'all', group_position
            """
        ),
        "staff": published.rows(
            """
            select
                channel, group_type, group_name, group_position,
                any_value(planned_customers) as planned_customers,
                any_value(yearly_contacts) as yearly_contacts,
                any_value(contact_share) as contact_share,
                any_value(customer_share) as customer_share,
                max(pooled_staff) filter (where handling_estimate = 'low') as staff_low,
                max(pooled_staff) filter (where handling_estimate = 'base') as staff_base,
                max(pooled_staff) filter (where handling_estimate = 'high') as staff_high,
                max(stand_alone_staff) filter (where handling_estimate = 'base') as alone_base
            from staffing_plan where group_type in ('segment', 'all')
            group by channel, group_type, group_name, group_position
            order by channel, group_type = 'all', group_position
            """
        ),
        "tiers": published.rows("select * from segment_product_tiers order by group_position"),
        "targets": published.rows(
            """
            select * from digital_migration_targets
            where is_target order by saved_cost_base_amount desc nulls last, group_type, group_key
            """
        ),
    }


def behaviour(published: Published) -> Section:
    """Return classes of card behaviour by segment, and what segments are worth."""
    if not published.has("behaviour_by_segment", "segment_value"):
        return None
    rows = published.rows(
        """
        with classes as (
            select behaviour_class, sum(customers) as size
            from behaviour_by_segment group by behaviour_class
        ),
        groups as (select distinct segment_key, segment_name from behaviour_by_segment)
        select groups.*, classes.behaviour_class, found.customer_share, found.index_100
        from groups
        cross join classes
        left join behaviour_by_segment as found
            on groups.segment_key is not distinct from found.segment_key
            and classes.behaviour_class = found.behaviour_class
        order by groups.segment_key nulls last, size desc nulls last, classes.behaviour_class
        """
    )
    value = published.rows(
        "select * from segment_value order by segment_key is null, net_value_rank, segment_key"
    )
    if not rows and not value:
        return None
    return {"segments": grouped(rows, "segment_key"), "value": value}


def credit(published: Published) -> Section:
    """Return credit scores by age and occupation, and repayment by group."""
    if not published.has("repayment_behaviour", "credit_score_by_age"):
        return None
    by_age = published.frame(
        """
        select
            age_group as group_name, good_share as share, good_share_lower as lower,
            good_share_upper as upper, customers
        from credit_score_by_age
        where age_scheme = (select min(age_scheme) from credit_score_by_age)
            and good_share is not null and not is_unknown
        order by band_position
        """
    )
    by_occupation = published.frame(
        f"""
        select
            occupation as group_name, good_share as share, good_share_lower as lower,
            good_share_upper as upper, customers
        from credit_score_by_occupation
        where good_share is not null and not is_unknown
        qualify row_number() over (order by customers desc, occupation) <= {GROUPS}
        order by good_share desc, occupation
        """
    )
    counts = dict(
        published.connection.execute(
            "select group_type, count(*) from repayment_behaviour group by group_type"
        ).fetchall()
    )
    repayment = published.rows(
        f"""
        select * from repayment_behaviour
        where group_type <> 'all'
        qualify row_number() over (
            partition by group_type order by customers desc nulls last, group_key
        ) <= {GROUPS}
        order by group_type <> 'segment', group_type, is_unknown, group_key
        """
    )

    def drawn(frame: pd.DataFrame) -> alt.Chart | None:
        if frame.empty:
            return None
        return charts.shares_with_intervals(
            frame, "share of good credit scores", charts.PAGE, "container"
        )

    return {
        "by_age": drawn(by_age),
        "by_occupation": drawn(by_occupation),
        "repayment": [
            {"label": title(name), "rows": members, "left_out": counts[name] - len(members)}
            for name, members in grouped(repayment, "group_type")
        ],
    }


def claims(published: Published) -> Section:
    """Return the tested claims with their verdicts."""
    if not published.has("tested_claims"):
        return None
    rows = published.rows("select * from tested_claims order by subject, verdict, claim_key")
    counts = published.rows(
        "select verdict, count(*) as claims from tested_claims group by verdict "
        "order by claims desc, verdict"
    )
    day = carried_from(published, rows, "tested_at")
    subjects = grouped(rows, "subject")
    return {"subjects": subjects, "counts": counts, "carried_from": day} if rows else None


def quality(published: Published) -> dict[str, Any]:
    """Return what happened to the rows, the checks that had to hold, and what is absent."""
    return {
        "inputs": published.rows(
            """
            select
                input_name,
                sum(measured) filter (where measure = 'read_rows') as read_rows,
                sum(measured) filter (where measure = 'loaded_rows') as loaded_rows,
                sum(measured) filter (where measure = 'rejected_rows') as rejected_rows,
                coalesce(sum(measured) filter (where measure = 'repaired_values'), 0)
                    as repaired_values
            from input_quality group by input_name order by input_name
            """
        ),
        "reasons": published.rows(
            """
            select input_name, measure, column_name, description, sum(measured) as measured
            from input_quality
            where measure in ('rejected_rows_by_rule', 'repaired_values') and measured > 0
            group by all
            order by measure, measured desc, input_name, column_name, description
            """
        ),
        "checks": published.rows(
            "select * from publication_checks order by passed, check_name, subject"
        ),
        "absent": published.rows(
            "select * from published_tables where status <> 'published' order by table_name"
        ),
    }


def scoring(published: Published) -> list[dict[str, Any]]:
    """Return what the form needs to score a customer: stored parameters, labels, actions.

    The parameters are passed on as they are published, so that the page computes what SQL does.
    """
    parameters = published.rows("select * from segment_parameters order by all")
    found = []
    for summary in published.rows("select distinct segmentation from segments order by 1"):
        name = summary["segmentation"]
        fitted = [row for row in parameters if row["segmentation"] == name]
        if not fitted:
            continue
        described = published.rows(
            """
            select distinct metric, metric_label, unit from segment_profiles
            where segmentation = ? and is_feature order by metric
            """,
            name,
        )
        found.append(
            {
                "segmentation": name,
                "title": title(name),
                "features": [
                    {
                        "name": row["metric"],
                        "label": row["metric_label"],
                        "unit": row["unit"],
                        **feature_parameters(fitted, row["metric"]),
                        **usual_range(published, name, row["metric"]),
                        **allowed_range(row["unit"], feature_parameters(fitted, row["metric"])),
                    }
                    for row in described
                ],
                "segments": [
                    {**segment, **centroid(fitted, segment["key"])}
                    for segment in scored_segments(published, name)
                ],
            }
        )
    return found


def feature_parameters(parameters: list[dict], feature: str) -> dict[str, Any]:
    """Return how a feature is prepared, by the names of the published table."""
    return {
        row["parameter"]: row["parameter_text"]
        if row["parameter"] == "transform"
        else row["parameter_value"]
        for row in parameters
        if row["feature"] == feature and row["parameter"] != "centroid"
    }


def allowed_range(unit: str, parameters: dict[str, Any]) -> dict[str, float]:
    """Return between which values a feature can lie, by its unit: what else is a mistake.

    Amounts may be below zero where the model has a transform for that, as balances may.
    """
    is_signed = parameters.get("transform") in ("signed_log1p", "yeo_johnson")
    lowest, highest = RANGES.get(unit, (-LARGEST if is_signed else 0, LARGEST))
    return {"lowest": lowest, "highest": highest}


def centroid(parameters: list[dict], key: str) -> dict[str, Any]:
    """Return a segment's number, by which ties are settled, and where its centre lies."""
    coordinates = [
        row for row in parameters if row["parameter"] == "centroid" and row["segment_key"] == key
    ]
    return {
        "number": coordinates[0]["segment_number"],
        "centroid": {row["feature"]: row["parameter_value"] for row in coordinates},
    }


def usual_range(published: Published, name: str, feature: str) -> dict[str, float | None]:
    """Return between which values about nine in ten customers lie, as far as the bins tell."""
    return published.row(
        """
        select
            min(upper_edge) filter (where bin_number = 1) as usual_lowest,
            max(lower_edge) as usual_highest
        from segment_reference_bins
        where segmentation = ? and feature = ? and not is_missing_bin
        """,
        name,
        feature,
    )


def scored_segments(published: Published, name: str) -> list[dict[str, Any]]:
    """Return the segments that a customer can be in, with a typical member and the actions."""
    found = published.rows(
        """
        select segment_key as key, segment_name as name, description
        from segments where segmentation = ? order by segment_number
        """,
        name,
    )
    for segment in found:
        segment["typical"] = {
            row["metric"]: row["median"]
            for row in published.rows(
                "select metric, median from segment_profiles "
                "where segment_key = ? and is_feature order by metric",
                segment["key"],
            )
        }
        segment["actions"] = published.rows(
            "select team, action, what_not_to_do from segment_recommendations "
            "where segment_key = ? order by priority",
            segment["key"],
        )
    return found


SECTIONS: dict[str, Callable[[Published], Any]] = {
    "publication": publication,
    "answers": answers,
    "headline": headline,
    "segmentations": segmentations,
    "spending": spending,
    "card_features": card_features,
    "service": service,
    "behaviour": behaviour,
    "credit": credit,
    "claims": claims,
    "quality": quality,
    "scoring": scoring,
}
