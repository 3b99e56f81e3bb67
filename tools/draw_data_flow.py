"""Draw the data flow, the picture of the overview in dbt docs.

Usage: ``python -m tools.draw_data_flow``
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import altair as alt
import pandas as pd
import yaml

PROJECT = Path(__file__).resolve().parents[1]
PICTURE = PROJECT / "assets" / "data_flow.svg"
WIDTH, HEIGHT = 900, 280
FILE, INK = "#ffffff", "#1c2733"


class Box(NamedTuple):
    """A box: its corner, its size, and the layer that gives its colour; a file has none."""

    left: float
    top: float
    width: float
    height: float
    layer: str | None
    name: str
    words: str


BOXES = [
    Box(0, 20, 110, 90, None, "Files", "CSV or Parquet,\nor the sample"),
    Box(150, 20, 110, 90, "seeds/inputs", "Inputs", "loaded as text,\nevery row counted"),
    Box(300, 20, 110, 90, "models/staging", "Staging", "typed, repaired\nor rejected"),
    Box(450, 20, 130, 90, "models/intermediate", "Intermediate", "features, segments,\nprofiles"),
    Box(620, 20, 120, 90, "models/marts", "Marts", "public tables,\ncontracts, metrics"),
    Box(780, 20, 120, 90, None, "Publication", "only if every\ntest passed"),
    Box(300, 170, 110, 90, "seeds/reference", "Reference", "names, rules, rates\nthat people edit"),
    Box(450, 170, 130, 90, "models/segmentation", "Fit (Python)", "parameters of\nstable segments"),
    Box(620, 170, 120, 90, "snapshots", "History", "who was where,\nsince when"),
    Box(780, 170, 120, 90, None, "Files to read", "DuckDB, Parquet,\nreport page"),
]
# Ways of arrows, from point to point.
ARROWS = [
    [(110, 65), (150, 65)],
    [(260, 65), (300, 65)],
    [(410, 65), (450, 65)],
    [(580, 65), (620, 65)],
    [(740, 65), (780, 65)],
    # features go to the fit, parameters come back
    [(495, 110), (495, 170)],
    [(550, 170), (550, 110)],
    # names, rules and rates
    [(355, 170), (355, 140), (470, 140), (470, 110)],
    [(840, 110), (840, 170)],
    [(680, 110), (680, 170)],
]


def colours() -> dict[str, str]:
    """Return the colours of the lineage by layer, as dbt_project.yml has them."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    found = {}
    for kind in ("seeds", "models", "snapshots"):
        layers = {"": project[kind]["card_segments"], **project[kind]["card_segments"]}
        for layer, settings in layers.items():
            if isinstance(settings, dict) and "+docs" in settings:
                found[f"{kind}/{layer}".rstrip("/")] = settings["+docs"]["node_color"]
    return found


def drawing() -> alt.Chart:
    """Return the picture."""
    return boxes_and_arrows(BOXES, ARROWS, WIDTH, HEIGHT, "The data flow, layer by layer")


def boxes_and_arrows(
    boxes_drawn: list[Box],
    ways_drawn: list[list[tuple[float, float]]],
    width: int,
    height: int,
    description: str,
) -> alt.Chart:
    """Return a picture of boxes in the colours of their layers, and of the ways between them."""
    by_layer = colours()
    boxes = pd.DataFrame(boxes_drawn)
    boxes["colour"] = [by_layer[box.layer] if box.layer else FILE for box in boxes_drawn]
    boxes["ink"] = ["#ffffff" if box.layer else INK for box in boxes_drawn]
    boxes["right"], boxes["bottom"] = boxes["left"] + boxes["width"], boxes["top"] + boxes["height"]
    boxes["middle"] = boxes["left"] + boxes["width"] / 2
    has_words = boxes["words"] != ""
    boxes["name_at"] = boxes["top"] + (boxes["height"] / 2).mask(has_words, 26)
    boxes["words_at"] = boxes["top"] + 50
    ways = pd.DataFrame(
        {"arrow": number, "step": step, "x": x, "y": y}
        for number, way in enumerate(ways_drawn)
        for step, (x, y) in enumerate(way)
    )
    heads = pd.DataFrame(map(head, ways_drawn))

    def at(column: str, kind: type, end: int) -> alt.X | alt.Y:
        scale = alt.Scale(domain=[0, end], reverse=kind is alt.Y, nice=False)
        return kind(f"{column}:Q", axis=None, scale=scale)

    lines = (
        alt.Chart(ways)
        .mark_line(color=INK, strokeWidth=1.5)
        .encode(x=at("x", alt.X, width), y=at("y", alt.Y, height), detail="arrow:N", order="step:Q")
    )
    tips = (
        alt.Chart(heads)
        .mark_point(shape="triangle-right", filled=True, color=INK, opacity=1, size=80)
        .encode(
            x=at("x", alt.X, width),
            y=at("y", alt.Y, height),
            angle=alt.Angle("angle:Q", scale=None),
        )
    )
    shapes = (
        alt.Chart(boxes)
        .mark_rect(cornerRadius=6, stroke=INK, strokeWidth=1)
        .encode(
            x=at("left", alt.X, width),
            x2="right",
            y=at("top", alt.Y, height),
            y2="bottom",
            color=alt.Color("colour:N", scale=None),
        )
    )
    words = [
        alt.Chart(boxes)
        .mark_text(fontSize=size, fontWeight=weight, lineBreak="\n", baseline="middle")
        .encode(
            x=at("middle", alt.X, width),
            y=at(place, alt.Y, height),
            text=f"{text}:N",
            color=alt.Color("ink:N", scale=None),
        )
        for text, place, size, weight in [
            ("name", "name_at", 13, 600),
            ("words", "words_at", 11.5, "normal"),
        ]
    ]
    return (
        alt.layer(lines, shapes, tips, *words)
        .properties(width=width, height=height, description=description)
        .configure(background="#ffffff", font="system-ui, sans-serif")
        .configure_view(stroke=None)
    )


def head(way: list[tuple[float, float]]) -> dict[str, float]:
    """Return where an arrow's head is, just before the box, and its angle in degrees."""
    (from_x, from_y), (x, y) = way[-2:]
    angle = math.atan2(y - from_y, x - from_x)
    return {
        "x": x - 5 * math.cos(angle),
        "y": y - 5 * math.sin(angle),
        "angle": math.degrees(angle) % 360,
    }


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    drawing().save(str(PICTURE))
