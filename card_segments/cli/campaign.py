"""Write the list of customers of a segment for one recommended action, with its control group."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from card_segments.campaigns import Campaign, CampaignError, Request, write_campaign
from card_segments.campaigns.lists import CONTACT_NAME, CONTROL_NAME, FOLDER_NAME, in_words
from card_segments.cli.freshness import package_folder
from card_segments.cli.preflight import PreflightError, published_folder, read_variables
from card_segments.publishing.folder import DATABASE_NAME

SIGNS = Path("seeds/reference/segment_vulnerability_signs.csv")


def main(arguments: list[str] | None = None) -> int:
    """Write the list, and say who is on it, who is not, and what not to do."""
    parser = argparse.ArgumentParser(
        prog="python -m card_segments.cli.campaign", description=__doc__
    )
    parser.add_argument("--vars", default="{}", help="the variables given to dbt, as YAML")
    parser.add_argument("--segment", default="", help="a segment_key, such as card_usage_1")
    parser.add_argument("--action", default="", help="the recommendation_key of one of its actions")
    parser.add_argument("--note", default="", help="why, for the record")
    parser.add_argument("--control", type=float, help="share of the control group, 0.1 at first")
    parser.add_argument("--salt", help="what draws the control group besides the action")
    parser.add_argument("--border", type=float, default=Request.border_margin)
    parser.add_argument("--days", type=int, default=Request.contact_days)
    parser.add_argument("--opted-out", default=Request.opted_out_column)
    parser.add_argument("--contacted", default=Request.contacted_column)
    parser.add_argument("--campaigns", type=Path, help="folder of the lists")
    options = parser.parse_args(arguments)
    try:
        variables = read_variables(options.vars)
        published = published_folder(variables)
        campaign = write_campaign(
            published / DATABASE_NAME,
            options.campaigns or published / FOLDER_NAME,
            SIGNS if SIGNS.is_file() else package_folder() / SIGNS,
            Request(
                segment_key=options.segment,
                action=options.action,
                note=options.note,
                control_share=options.control,
                salt=options.salt,
                border_margin=options.border,
                contact_days=options.days,
                opted_out_column=options.opted_out,
                contacted_column=options.contacted,
                late_payment_days=float(variables["late_payment_days"]),
            ),
        )
    except (CampaignError, PreflightError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(summary(campaign)))
    return 0


def summary(campaign: Campaign) -> list[str]:
    """Return what was written, in lines."""
    record = campaign.record
    lines = [
        f"{record['segment_name']} ({record['segment_key']}, {record['members']:,} customers): "
        f"{record['action']}",
        f"  {record['contact_customers']:7,} to contact:   {campaign.folder / CONTACT_NAME}",
        f"  {record['control_customers']:7,} to compare:   {campaign.folder / CONTROL_NAME} "
        "(never contact them for this action)",
        f"  left out: {in_words(record)}",
        f"What not to do: {record['what_not_to_do']}",
    ]
    if not campaign.is_opt_out_known:
        lines.append(
            "No published column says who opted out: take those out before you send "
            "(docs/campaigns.md says how a column is named)."
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
