"""Charts of the published tables, made with Altair: for the report page and for pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

ALGORITHM_LABELS = {
    "k_means": "k-means",
    "gaussian_mixture": "Gaussian mixture",
    "ward": "Ward",
    "hdbscan": "HDBSCAN",
    "baseline": "quantiles (baseline)",
}
# The number of colours that can be told apart; segments beyond it begin anew, with another shape.
SEGMENT_COLOURS = 6
SEGMENT_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
# Colours and shapes of the heat map end at this standardised difference: 0.8 already is large.
LARGEST_DIFFERENCE = 2.0


@dataclass(frozen=True)
class Theme:
    """The colours of a chart.

    Attributes
    ----------
    ink, muted, grid, background : str
        Colours of text, axis labels, grid lines and ground.
    customers, value : str
        Colours of the two bars of a segment.
    segments : sequence of str
        One colour a segment.
    """

    ink: str
    muted: str
    grid: str
    background: str
    customers: str
    value: str
    segments: Sequence[str]


# On paper: white ground. Colours that the colour-blind can tell apart (Okabe and Ito 2008),
# darkened until they stand out from white.
PAPER = Theme(
    ink="#1c2733",
    muted="#4c5a67",
    grid="#e3e8ec",
    background="#ffffff",
    customers="#7aa6c2",
    value="#1f5673",
    segments=("#0b6fa4", "#b8500a", "#04775a", "#9b4a7f", "#7a5c00", "#3d4f60"),
)

# On the page: colours that its style sheet sets, once for light and once for dark.
PAGE = Theme(
    ink="var(--ink)",
    muted="var(--muted)",
    grid="var(--line)",
    background="transparent",
    customers="var(--customers)",
    value="var(--value)",
    segments=tuple(f"var(--segment-{number})" for number in range(1, SEGMENT_COLOURS + 1)),
)


def segment_sizes(segments: pd.DataFrame, theme: Theme = PAPER) -> alt.Chart:
    """Draw what share of customers and of value each segment has.

    Parameters
    ----------
    segments : DataFrame
        Rows of the published table `segments`, of one or more segmentations, with `title` (of the
        segmentation) and `value_label` besides.
    theme : Theme

    Returns
    -------
    Chart
        Two bars a segment, one panel a segmentation.
    """
    long = segments.melt(
        id_vars=["title", "segment_name", "segment_number", "customers", "value_label"],
        value_vars=["customer_share", "value_share"],
        var_name="share_of",
        value_name="share",
    ).dropna(subset="share")
    long["of"] = long["share_of"].map({"customer_share": "customers", "value_share": "value"})
    long["label"] = [
        f"{share:.1%} of {'customers' if of == 'customers' else label}"
        for share, of, label in zip(long["share"], long["of"], long["value_label"], strict=True)
    ]
    panels = []
    for title, rows in long.groupby("title", sort=True):
        names = rows.sort_values("segment_number")["segment_name"].unique().tolist()
        base = alt.Chart(rows).encode(
            y=alt.Y(
                "segment_name:N",
                sort=names,
                title=None,
                axis=alt.Axis(
                    # the same for every panel, so that they stand below each other
                    minExtent=250,
                    labelLimit=250,
                    ticks=False,
                    domain=False,
                    labelPadding=8,
                ),
            ),
            yOffset=alt.YOffset("of:N", sort=["customers", "value"]),
            x=alt.X(
                "share:Q",
                title=None,
                axis=None,
                # room for the words behind the longest bar
                scale=alt.Scale(domain=[0, 1.35]),
            ),
        )
        bars = base.mark_bar(height={"band": 0.86}).encode(
            color=alt.Color(
                "of:N",
                title="Share of",
                scale=alt.Scale(
                    domain=["customers", "value"], range=[theme.customers, theme.value]
                ),
                legend=alt.Legend(orient="top", symbolType="square"),
            ),
            tooltip=["segment_name:N", alt.Tooltip("customers:Q", format=","), "label:N"],
        )
        words = base.mark_text(align="left", dx=5, color=theme.muted, fontSize=11).encode(
            text="label:N"
        )
        panels.append(
            (bars + words).properties(
                title=alt.TitleParams(f"{title}: {len(names)} segments", anchor="start"),
                width=460,
                height=alt.Step(19),
            )
        )
    return themed(
        alt.vconcat(*panels, spacing=18).properties(
            description="Share of customers and of value of each segment"
        ),
        theme,
    )


def profile_heatmap(profiles: pd.DataFrame, theme: Theme = PAPER) -> alt.Chart:
    """Draw how far each segment's mean of each metric is from everyone's.

    Parameters
    ----------
    profiles : DataFrame
        Rows of the published table `segment_profiles` of one segmentation.
    theme : Theme

    Returns
    -------
    Chart
        One cell a metric and segment: coloured by standardised difference, with the index in it.
    """
    rows = profiles.copy()
    rows["cell"] = [
        "–" if pd.isna(index) else f"{index:,.0f}" for index in rows["index_100"].astype("Float64")
    ]
    rows["strong"] = rows["standardised_difference"].abs() > LARGEST_DIFFERENCE * 0.6
    rows["segment_name"] = [textwrap.fill(name, 18) for name in rows["segment_name"]]
    lines = rows["segment_name"].str.count("\n").max() + 1
    segments = rows.sort_values("segment_key")["segment_name"].unique().tolist()
    metrics = (
        rows.assign(size=rows["standardised_difference"].abs())
        .groupby("metric_label")["size"]
        .max()
        .sort_values(ascending=False)
        .index.tolist()
    )
    base = alt.Chart(rows).encode(
        x=alt.X(
            "segment_name:N",
            sort=segments,
            title=None,
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelExpr="split(datum.label, '\\n')",
                # the lines of a label go down from where its first one stands
                labelPadding=4 + 13 * int(lines - 1),
                ticks=False,
                domain=False,
            ),
        ),
        y=alt.Y(
            "metric_label:N",
            sort=metrics,
            title=None,
            axis=alt.Axis(labelLimit=260, ticks=False, domain=False),
        ),
    )
    cells = base.mark_rect(stroke=theme.background, strokeWidth=2).encode(
        color=alt.Color(
            "standardised_difference:Q",
            title="Standardised difference",
            scale=alt.Scale(
                domain=[-LARGEST_DIFFERENCE, 0, LARGEST_DIFFERENCE],
                range=["#a8541a", "#f4f5f6", "#1f6796"],
                clamp=True,
                interpolate="rgb",
            ),
        )
    )
    words = base.mark_text(fontSize=11).encode(
        text="cell:N",
        color=alt.condition("datum.strong", alt.value("#ffffff"), alt.value(PAPER.ink)),
    )
    return themed(
        (cells + words).properties(
            width=alt.Step(130),
            height=alt.Step(22),
            description="Index of each metric in each segment, population = 100",
        ),
        theme,
    )


def segment_map(points: pd.DataFrame, theme: Theme = PAPER, width: Any = 460) -> alt.Chart:
    """Draw customers in two dimensions, coloured by segment.

    Parameters
    ----------
    points : DataFrame
        Columns `x`, `y`, `segment_name`, `segment_number`; a sample of the published table
        `segment_map` for one segmentation and method.
    theme : Theme
    width : int or "container"

    Returns
    -------
    Chart
        One point a customer; the name of the segment when pointed at.
    """
    names = (
        points.sort_values("segment_number").drop_duplicates("segment_name")["segment_name"]
    ).tolist()
    chart = (
        alt.Chart(points)
        # one word for a screen reader, not one for each of hundreds of points
        .mark_point(filled=True, size=26, opacity=0.7, aria=False)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(zero=False)),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False)),
            color=alt.Color("segment_name:N", title=None, scale=segment_scale(names, theme)),
            shape=alt.Shape(
                "segment_name:N",
                title=None,
                scale=alt.Scale(
                    domain=names,
                    range=[SEGMENT_SHAPES[i % len(SEGMENT_SHAPES)] for i in range(len(names))],
                ),
            ),
            tooltip=[alt.Tooltip("segment_name:N", title="Segment")],
        )
        .properties(
            width=width,
            height=300,
            description="Customers in two dimensions, a colour and shape for each segment: "
            + ", ".join(names),
        )
    )
    return themed(chart, theme)


def candidates(rows: pd.DataFrame, theme: Theme = PAPER, width: Any = 460) -> alt.Chart:
    """Draw how well separated the segments of each candidate are.

    Parameters
    ----------
    rows : DataFrame
        Rows of the published table `segment_candidates` of one segmentation.
    theme : Theme
    width : int or "container"

    Returns
    -------
    Chart
        Silhouette against the number of segments, a line an algorithm; the chosen one is named.
    """
    shown = rows.dropna(subset=["silhouette", "n_segments"]).copy()
    shown["algorithm_name"] = shown["algorithm"].map(ALGORITHM_LABELS).fillna(shown["algorithm"])
    present = shown["algorithm_name"].unique()
    names = [name for name in ALGORITHM_LABELS.values() if name in present]
    base = alt.Chart(shown).encode(
        x=alt.X(
            "n_segments:Q",
            title="number of segments",
            axis=alt.Axis(tickMinStep=1, format="d"),
            scale=alt.Scale(zero=False, nice=False, padding=20),
        ),
        y=alt.Y("silhouette:Q", title="silhouette", scale=alt.Scale(zero=False, padding=24)),
    )
    colour = alt.Color("algorithm_name:N", title=None, scale=segment_scale(names, theme))
    lines = base.mark_line(strokeWidth=2, opacity=0.8).encode(color=colour)
    marks = base.mark_point(filled=True, size=55, opacity=1).encode(
        color=colour,
        shape=alt.Shape("algorithm_name:N", title=None, scale=alt.Scale(domain=names)),
        tooltip=[
            alt.Tooltip("algorithm_name:N", title="Algorithm"),
            alt.Tooltip("n_segments:Q", title="Segments"),
            alt.Tooltip("silhouette:Q", title="Silhouette", format=".3f"),
        ],
    )
    chosen = base.transform_filter("datum.is_chosen")
    ring = chosen.mark_point(size=240, strokeWidth=2, color=theme.ink, filled=False)
    word = chosen.mark_text(dy=-17, fontWeight=600, color=theme.ink).encode(
        text=alt.value("chosen")
    )
    return themed(
        (lines + marks + ring + word).properties(
            width=width,
            height=240,
            description="Silhouette of every candidate by algorithm and number of segments",
        ),
        theme,
    )


def monthly_lines(
    rows: pd.DataFrame, y: str, y_title: str, series: str, theme: Theme = PAPER, width: Any = 460
) -> alt.Chart:
    """Draw a measure over the months, a line a series.

    Parameters
    ----------
    rows : DataFrame
        Columns `month` (text `YYYY-MM`), `y` and `series`.
    y, y_title : str
        Column of the measure and its name in words.
    series : str
        Column that tells the lines apart.
    theme : Theme
    width : int or "container"

    Returns
    -------
    Chart
    """
    names = rows[series].drop_duplicates().tolist()
    chart = (
        alt.Chart(rows)
        .mark_line(point=alt.OverlayMarkDef(size=40), strokeWidth=2)
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(zero=False)),
            color=alt.Color(f"{series}:N", title=None, scale=segment_scale(names, theme)),
            tooltip=[
                alt.Tooltip(f"{series}:N", title="Group"),
                alt.Tooltip("month:O", title="Month"),
                alt.Tooltip(f"{y}:Q", title=y_title, format=",.1f"),
            ],
        )
        .properties(width=width, height=220, description=f"{y_title} by month")
    )
    return themed(chart, theme)


def shares_with_intervals(
    rows: pd.DataFrame, title: str, theme: Theme = PAPER, width: Any = 460
) -> alt.Chart:
    """Draw shares of groups with their confidence intervals.

    Parameters
    ----------
    rows : DataFrame
        Columns `group_name`, `share`, `lower`, `upper` (0 to 1) and `customers`, in reading order.
    title : str
        What the shares are of, in words.
    theme : Theme
    width : int or "container"

    Returns
    -------
    Chart
        A point and its interval a group.
    """
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "group_name:N",
            # in their order; a list of names would become code, which some characters break
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=200, ticks=False, domain=False),
        )
    )
    intervals = base.mark_rule(strokeWidth=2, color=theme.customers).encode(
        x=alt.X("lower:Q", title=title, axis=alt.Axis(format=".0%")), x2="upper:Q"
    )
    points = base.mark_point(filled=True, size=60, opacity=1, color=theme.value).encode(
        x="share:Q",
        tooltip=[
            alt.Tooltip("group_name:N", title="Group"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("lower:Q", title="Lower limit", format=".1%"),
            alt.Tooltip("upper:Q", title="Upper limit", format=".1%"),
            alt.Tooltip("customers:Q", title="Customers", format=","),
        ],
    )
    return themed(
        (intervals + points).properties(
            width=width, height=alt.Step(22), description=f"{title}, with 95 % intervals"
        ),
        theme,
    )


def segment_scale(names: Sequence[str], theme: Theme) -> alt.Scale:
    """Return the scale that gives names the colours of a theme, in their order."""
    return alt.Scale(
        domain=list(names),
        range=[theme.segments[i % len(theme.segments)] for i in range(len(names))],
    )


def themed(chart: alt.Chart, theme: Theme) -> alt.Chart:
    """Give a finished chart the colours of a theme."""
    words = {"labelColor": theme.muted, "titleColor": theme.ink}
    return (
        chart.configure(background=theme.background, font="system-ui, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            **words,
            gridColor=theme.grid,
            domainColor=theme.grid,
            tickColor=theme.grid,
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
        )
        .configure_legend(
            **words, orient="bottom", columns=2, labelLimit=280, labelFontSize=12, symbolOpacity=1
        )
        .configure_title(color=theme.ink, fontSize=14, fontWeight=600)
    )
