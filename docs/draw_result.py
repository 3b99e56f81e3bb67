"""Draw the picture of the README from the published file: python docs/draw_result.py."""

import argparse
from html import escape
from pathlib import Path

import duckdb

TITLES = {
    "card_usage": "Card usage",
    "relationship": "Relationship and service",
    "repayment": "Repayment",
    "spending": "Spending and income",
}
WIDTH, LEFT, BAR, ROW, TOP = 890, 300, 440, 46, 92
CUSTOMERS, VALUE = "#7aa6c2", "#1f5673"


def main() -> None:
    """Read the segments and write docs/assets/segments.svg."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", default="published/cards.duckdb")
    parser.add_argument("--output", default="docs/assets/segments.svg", type=Path)
    options = parser.parse_args()
    with duckdb.connect(options.published, read_only=True) as connection:
        rows = connection.sql(
            """
            select
                segments.segmentation, segments.segment_name, segments.customers,
                segments.customer_share, segments.value_share, segments.jaccard,
                profiles.metric_label
            from segments
            inner join segment_profiles as profiles
                on segments.segment_key = profiles.segment_key
                and segments.value_metric = profiles.metric
            order by segments.segmentation, segments.segment_number
            """
        ).fetchall()
    options.output.write_text(drawing(rows), encoding="utf-8")


def drawing(rows: list[tuple]) -> str:
    """Return the segments as an SVG picture: two bars each, share of customers and of value."""
    parts, top = [], TOP
    for segmentation in dict.fromkeys(row[0] for row in rows):
        members = [row for row in rows if row[0] == segmentation]
        title = TITLES.get(segmentation, segmentation.replace("_", " "))
        parts.append(text(20, top, f"{title}: {len(members)} segments", "title"))
        top += 22
        for row in members:
            parts.append(segment(top, *row[1:]))
            top += ROW
        top += 34
    legend = (
        f'<rect x="{LEFT}" y="46" width="12" height="12" fill="{CUSTOMERS}"/>'
        + text(LEFT + 18, 56, "share of customers", "small")
        + f'<rect x="{LEFT + 160}" y="46" width="12" height="12" fill="{VALUE}"/>'
        + text(LEFT + 178, 56, "share of value (purchases, credit limit, debt, spend)", "small")
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - 20}" '
        'font-family="system-ui, sans-serif" role="img">'
        "<title>Customer segments of the bundled sample</title>"
        "<style>.head{font-size:20px;font-weight:600}.title{font-size:15px;font-weight:600}"
        ".name{font-size:14px}.small{font-size:12px;fill:#555}</style>"
        f'<rect width="{WIDTH}" height="{top - 20}" fill="#ffffff"/>'
        + text(20, 30, "Segments of the bundled sample, as published", "head")
        + legend
        + "".join(parts)
        + "</svg>\n"
    )


def segment(
    top: int,
    name: str,
    customers: int,
    customer_share: float,
    value_share: float,
    jaccard: float,
    value_label: str,
) -> str:
    """Draw one segment."""
    bars = ""
    for offset, share, colour, label in (
        (0, customer_share, CUSTOMERS, f"{customer_share:.1%} of customers"),
        (17, value_share, VALUE, f"{value_share:.1%} of {value_label}"),
    ):
        width = max(share * BAR, 2)
        bars += f'<rect x="{LEFT}" y="{top + offset}" width="{width:.1f}" height="14" '
        bars += f'fill="{colour}"/>' + text(LEFT + width + 8, top + offset + 11, label, "small")
    return (
        text(20, top + 12, name, "name")
        + text(20, top + 28, f"{customers:,} customers, stability {jaccard:.2f}", "small")
        + bars
    )


def text(x: float, y: float, words: str, style: str) -> str:
    """Return an SVG text."""
    return f'<text x="{x:.1f}" y="{y}" class="{style}">{escape(words)}</text>'


if __name__ == "__main__":
    main()
