"""The first level of the report page: what was found, and for each segment what to do.

Four readers ask for answers. A recommendation is of interest to a reader by the team that carries
it out or by its stage; a segment, where one of its recommendations is.
"""

from __future__ import annotations

from typing import Any

from card_segments.report.published import SEGMENT_SIZES, Published, grouped
from card_segments.report.words import clipped, is_missing, number, percent, share, title

EVERYONE = "everyone"
# For each reader the teams and stages of recommendations to look for, the most wanted first.
WANTED: dict[str, tuple[tuple[str, str], ...]] = {
    "marketing": (("team", "marketing"), ("team", "product")),
    "service": (("team", "service"), ("team", "digital")),
    "credit": (("team", "credit"), ("stage", "protect")),
    "risk": (("stage", "protect"), ("stage", "repair")),
}
READERS = (EVERYONE, *WANTED)

# Who looks at which section; those that are not listed are for all.
SECTION_READERS = {
    "spending": "everyone marketing",
    "card-features": "everyone marketing",
    "service": "everyone service",
    "behaviour": "everyone marketing credit risk",
    "credit": "everyone credit risk",
    "quality": "everyone risk",
}
EVERY_READER = " ".join(READERS)

TREATMENTS = {
    "serve": "Help before selling",
    "reprice": "Reprice first",
    "keep": "Keep",
    "grow": "Grow with care",
    "protect": "Protect",
    "repair": "Repair",
}
# As many sentences stand at the top at least and at most, where there are figures for them.
FEWEST_FINDINGS, MOST_FINDINGS = 3, 5


def answers(published: Published) -> dict[str, Any]:
    """Return the findings, the table of each segmentation and what changed since last time."""
    tables = segment_tables(published)
    return {
        "readers": READERS,
        "findings": chosen(findings(published)),
        "tables": tables,
        "change": change(published),
        "segmentation_readers": {table["segmentation"]: table["readers"] for table in tables},
        "section_readers": SECTION_READERS,
        "every_reader": EVERY_READER,
    }


def segment_tables(published: Published) -> list[dict[str, Any]]:
    """Return the segments of each segmentation with treatment, first action and what not to do."""
    recommendations = published.rows(
        """
        select segment_key, recommendation_key, stage, team, action, what_not_to_do, is_vulnerable
        from segment_recommendations order by segment_key, priority, recommendation_key
        """
    )
    actions = dict(grouped(recommendations, "segment_key"))
    treatments = (
        {
            row["segment_key"]: row["treatment"]
            for row in published.rows("select segment_key, treatment from segment_value")
        }
        if published.has("segment_value")
        else {}
    )
    moves = trends(published)
    tables = []
    for name, segments in grouped(published.rows(SEGMENT_SIZES), "segmentation"):
        for segment in segments:
            given = actions.get(segment["segment_key"], [])
            firsts = first_actions(given)
            stage = given[0]["stage"] if given else None
            treatment = treatments.get(segment["segment_key"]) or stage
            segment |= {
                "actions": firsts,
                "readers": " ".join(reader for one in firsts for reader in one["readers"])
                or EVERYONE,
                "treatment": TREATMENTS.get(treatment, title(treatment or "")),
                "is_vulnerable": any(one["is_vulnerable"] is not False for one in given),
                "trend": moves.get(segment["segment_key"]),
            }
        known = [segment["trend"] for segment in segments if segment["trend"]]
        tables.append(
            {
                "segmentation": name,
                "title": title(name),
                "segments": segments,
                "value_label": segments[0]["value_label"],
                "trend_of": known[0]["of"] if known else None,
                "readers": " ".join(
                    reader
                    for reader in READERS
                    if any(reader in segment["readers"].split() for segment in segments)
                ),
            }
        )
    return tables


def first_actions(recommendations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the action that comes first for everyone, and for each reader; each one once.

    Examples
    --------
    >>> premium = {"team": "marketing", "stage": "grow"}
    >>> plan = {"team": "credit", "stage": "protect"}
    >>> [one["readers"] for one in first_actions([premium, plan])]
    [['everyone', 'marketing'], ['credit', 'risk']]
    >>> first_actions([])
    []
    """
    wanted_by: dict[int, list[str]] = {0: [EVERYONE]} if recommendations else {}
    for reader, wants in WANTED.items():
        found = next(
            (
                position
                for column, value in wants
                for position, one in enumerate(recommendations)
                if one[column] == value
            ),
            None,
        )
        if found is not None:
            wanted_by.setdefault(found, []).append(reader)
    return [
        {**recommendations[position], "readers": readers} for position, readers in wanted_by.items()
    ]


def trends(published: Published) -> dict[str, dict[str, Any]]:
    """Return by how many points the share of each segment changed, where that is known.

    Since the last publication, or over the months where there are some. The rows of an old segment
    add up to all who were in it, those of a new one do not where flows of few customers are folded.
    """
    found = {}
    for row in published.rows(
        """
        with shares as (
            select
                from_segment_key, to_segment_key,
                customers / sum(customers) over (partition by segmentation) as share,
                bool_or(to_segment_key = 'all_other') over (partition by segmentation) as is_folded
            from segment_changes
        )
        select segment_key, sum(change) as change
        from (
            select from_segment_key as segment_key, -share as change from shares
            where not is_folded
            union all
            select to_segment_key, share from shares where not is_folded
        )
        group by segment_key
        """
    ):
        found[row["segment_key"]] = {"points": row["change"], "of": "since the last publication"}
    if not published.has("monthly_segment_transitions"):
        return found
    for row in published.rows(
        """
        with sizes as (
            select
                segmentation, from_segment_key as segment_key, from_month as size_month,
                sum(customers) as customers
            from monthly_segment_transitions group by all
        ),
        shares as (
            select
                *,
                customers / sum(customers) over (partition by segmentation, size_month) as share
            from sizes
        )
        select
            segment_key,
            min(size_month) as first_month, max(size_month) as last_month,
            max_by(share, size_month) - min_by(share, size_month) as change
        from shares
        group by segment_key
        having min(size_month) < max(size_month)
        """
    ):
        of = f"{row['first_month']:%B %Y} to {row['last_month']:%B %Y}"
        found[row["segment_key"]] = {"points": row["change"], "of": of}
    return {
        key: {**trend, "points": 100 * trend["points"]}
        for key, trend in found.items()
        if not is_missing(trend["points"])
    }


def change(published: Published) -> str:
    """Say what changed since the last publication."""
    row = published.row(
        """
        select
            sum(customers) as customers,
            sum(customers) filter (where from_segment_key is distinct from to_segment_key) as moved,
            coalesce(bool_or(to_segment_key = 'all_other'), false) as is_folded
        from segment_changes
        """
    )
    if row["customers"] is None:
        return "First publication: nothing to compare with."
    least = "At most " if row["is_folded"] else ""
    return (
        f"{least}{number(row['moved'] or 0)} of {number(row['customers'])} places in a segment "
        "changed since the last publication."
    ).capitalize()


def chosen(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings with their readers: those that come first are for everyone, too."""
    firsts = [one for one in found if not one["is_spare"]][:MOST_FINDINGS]
    spare = [one for one in found if one["is_spare"]]
    firsts += spare[: max(FEWEST_FINDINGS - len(firsts), 0)]
    return [
        {**one, "readers": f"{EVERYONE} {one['readers']}" if one in firsts else one["readers"]}
        for one in found
        if one in firsts or one["readers"]
    ]


def findings(published: Published) -> list[dict[str, Any]]:
    """Return what the tables say in sentences of at most twenty words, the weightiest first."""
    found: list[dict[str, Any]] = []

    def add(
        text: str, target: str, readers: str = "", *, is_spare: bool = False, assumed_in: str = ""
    ) -> None:
        found.append(
            {
                "text": text,
                "target": target,
                "readers": readers,
                "is_spare": is_spare,
                "assumed_in": assumed_in,
            }
        )

    for row in published.rows(
        "select segmentation from segmentations where status <> 'published' order by 1"
    ):
        add(
            f"There are no segments of {clipped(title(row['segmentation']).lower())}: no candidate "
            "passed the checks.",
            f"segmentation-{row['segmentation']}",
            "risk",
        )
    richest = [
        segment
        for segment in published.rows(SEGMENT_SIZES)
        if segment["value_share"] is not None and (segment["customer_share"] or 0) > 0
    ]
    richest.sort(key=lambda one: one["customer_share"] - one["value_share"])
    for position, segment in enumerate(richest):
        add(
            f"{clipped(segment['segment_name'])}: {share(segment['customer_share'], 0)} of "
            f"customers, {share(segment['value_share'], 0)} of "
            f"{clipped(segment['value_label'], words=4)}.",
            f"segmentation-{segment['segmentation']}",
            "" if position else "marketing",
            is_spare=position > 0,
        )
    if published.has("segment_value"):
        card_value(published, add)
    if published.has("service_demand"):
        callers = published.row(
            """
            select group_name, customer_share, contact_share from service_demand
            where channel = 'calls' and group_type = 'segment' and contact_share > customer_share
            order by contact_share - customer_share desc, group_position
            """
        )
        if callers:
            add(
                f"{clipped(callers['group_name'])} are {share(callers['customer_share'], 0)} of "
                f"customers and make {share(callers['contact_share'], 0)} of the calls.",
                "service",
                "service",
            )
    if published.has("repayment_behaviour"):
        payers = published.row("select * from repayment_behaviour where group_type = 'all'")
        if payers and payers["minimum_payment_share_of_yes_or_no"] is not None:
            add(
                f"{share(payers['minimum_payment_share_of_yes_or_no'], 0)} pay only the minimum, "
                "of those whose file says yes or no.",
                "credit",
                "credit",
            )
        if payers and payers["late_payer_share"] is not None:
            add(f"{share(payers['late_payer_share'], 0)} pay late.", "credit", "credit risk")
    if published.has("income_utilisation_by_demographic"):
        spent = published.row(
            "select * from income_utilisation_by_demographic where attribute = 'all'"
        )
        if spent and spent["income_utilisation_ratio_of_means_pct"] is not None:
            add(
                f"Customers spend {percent(spent['income_utilisation_ratio_of_means_pct'], 0)} of "
                f"their income, {share(spent['credit_card_share'], 0)} of that by credit card.",
                "spending",
                "marketing",
            )
    if published.has("staffing_plan"):
        staff = published.row(
            """
            select max(planned_customers) as planned, sum(pooled_staff) as staff
            from staffing_plan where group_type = 'all' and handling_estimate = 'base'
            """
        )
        if staff["staff"] is not None:
            add(
                f"Branch and calls need {number(staff['staff'], 0)} full-time staff, assuming "
                f"{number(staff['planned'], 0)} customers.",
                "service",
                "service",
                assumed_in="dbt_project.yml, seeds/reference/service_channels.csv",
            )
    rows = published.row(
        """
        select
            coalesce(sum(measured) filter (where measure = 'loaded_rows'), 0) as loaded,
            coalesce(sum(measured) filter (where measure = 'rejected_rows'), 0) as rejected,
            (select count(*) from publication_checks where not passed) as failed
        from input_quality
        """
    )
    add(
        f"{number(int(rows['loaded']))} rows were loaded and {number(int(rows['rejected']))} "
        f"rejected; {number(rows['failed'])} checks warn.",
        "quality",
        "risk",
        is_spare=True,
    )
    return found


def card_value(published: Published, add: Any) -> None:
    """Add who may need help, and which segments lose money."""
    everyone = published.row("select * from segment_value where segment_key is null")
    if everyone and everyone["vulnerable_customer_share"] is not None:
        add(
            f"{share(everyone['vulnerable_customer_share'], 0)} of cardholders may need help: "
            "serve them, and do not sell more.",
            "behaviour",
            "credit risk",
        )
    losing = published.rows(
        """
        select segment_name, count(*) over () as segments, net_value_base_amount as net_value
        from segment_value where segment_key is not null
        qualify net_value_base_amount < 0 order by net_value_base_amount, segment_key
        """
    )
    if losing:
        add(
            f"{len(losing)} of {losing[0]['segments']} card segments lose money by assumed rates, "
            f"first {clipped(losing[0]['segment_name'])}.",
            "behaviour",
            "marketing risk",
            assumed_in="seeds/reference/value_rates.csv",
        )
