"""Draw what the table `segments` is made from, model by model, on one screen.

dbt's own graph of it is a line of seventeen steps from left to right, which is wider than a screen;
from top to bottom it fits. Only direct steps are drawn: what a model also reads of what its parents
read is left out. Usage, after a build: ``python -m tools.draw_lineage``
"""

from __future__ import annotations

import json
from math import fsum
from typing import Any

import altair as alt
import networkx as nx

from tools.draw_data_flow import PROJECT, Box, boxes_and_arrows

PICTURE = PROJECT / "assets" / "lineage_of_segments.svg"
MANIFEST = PROJECT / "target" / "manifest.json"
TABLE = "model.card_segments.segments"
# A screen of 1,440 by 900 less what the browser and the docs need of it.
WIDTH, HEIGHT = 1160, 790
BOX_HEIGHT, LETTER, PADDING = 28, 7.2, 9


def lineage(manifest: dict[str, Any], table: str = TABLE) -> nx.DiGraph:
    """Return the seeds and models that a model is made from, with it, and the direct steps."""
    nodes = manifest["nodes"]
    steps, waiting = nx.DiGraph(), [table]
    while waiting:
        child = waiting.pop()
        for parent in nodes[child]["depends_on"].get("nodes", []):
            if nodes.get(parent, {}).get("resource_type") in ("seed", "model"):
                if parent not in steps:
                    waiting.append(parent)
                steps.add_edge(parent, child)
    return nx.transitive_reduction(steps)


def rows(steps: nx.DiGraph) -> list[list[str]]:
    """Return the nodes row by row, the table last, each as near above what it goes into as can be.

    Within a row each stands about where what it goes into stands, so that arrows seldom cross.
    """
    from_below = [sorted(row) for row in nx.topological_generations(steps.reverse())]
    place: dict[str, float] = {}
    for row in from_below:
        row.sort(
            key=lambda node: (
                # the same in whatever order dbt names them
                fsum(place[child] for child in steps[node]) / max(len(steps[node]), 1),
                node,
            )
        )
        place |= {node: (position + 0.5) / len(row) for position, node in enumerate(row)}
    return from_below[::-1]


def drawing(manifest: dict[str, Any]) -> alt.Chart:
    """Return the picture."""
    steps = lineage(manifest)
    found = rows(steps)
    step_down = HEIGHT / len(found)
    boxes: dict[str, Box] = {}
    for level, row in enumerate(found):
        names = [node.split(".")[-1] for node in row]
        widths = [LETTER * len(name) + 2 * PADDING for name in names]
        gap = (WIDTH - sum(widths)) / len(row)
        left = gap / 2
        for node, name, width in zip(row, names, widths, strict=True):
            boxes[node] = Box(
                left, level * step_down, width, BOX_HEIGHT, layer(manifest["nodes"][node]), name, ""
            )
            left += width + gap
    ways = [
        [
            (boxes[parent].left + boxes[parent].width / 2, boxes[parent].top + BOX_HEIGHT),
            (boxes[child].left + boxes[child].width / 2, boxes[child].top),
        ]
        for parent, child in sorted(steps.edges)
    ]
    return boxes_and_arrows(
        list(boxes.values()), ways, WIDTH, HEIGHT, "The models that segments is made from"
    )


def layer(node: dict[str, Any]) -> str:
    """Return the folder of the project that gives a node its colour."""
    folder = "/".join(node["fqn"][1:2])
    kind = "seeds" if node["resource_type"] == "seed" else "models"
    return f"{kind}/{folder}"


if __name__ == "__main__":
    drawing(json.loads(MANIFEST.read_text(encoding="utf-8"))).save(str(PICTURE))
