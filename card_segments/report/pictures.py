"""Draw the charts of the segments as SVG pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import altair as alt
import pandas as pd

from card_segments.report import charts, content, words
from card_segments.report.published import SEGMENT_SIZES, Published

# As many points of a map as a picture can show.
MAP_POINTS = 400


def write_pictures(published: Path, folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Draw pictures of a published file.

    Parameters
    ----------
    published : Path
        The published database.
    folder : Path
        Where the pictures go; made if it does not exist.
    names : sequence of str
        Which pictures, of `PICTURES`; none for all of them.

    Returns
    -------
    list of Path
        What was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with Published(published) as tables:
        for name in names or PICTURES:
            read, draw = PICTURES[name]
            rows = read(tables)
            rows.insert(0, "title", rows["segmentation"].map(words.title))
            chart = draw(rows) if len(rows) else nothing()
            paths.append(folder / f"{name}.svg")
            chart.save(str(paths[-1]))
    return paths


def sizes(published: Published) -> pd.DataFrame:
    """Return the segments of all segmentations."""
    return published.frame(SEGMENT_SIZES)


def features(published: Published) -> pd.DataFrame:
    """Return the profiles of the features that segments are formed from."""
    return published.frame(
        "from segment_profiles where is_feature order by segmentation, segment_key, metric"
    )


def points(published: Published) -> pd.DataFrame:
    """Return the points on the maps of principal components."""
    sample = content.map_points(published, MAP_POINTS)
    return sample[sample["method"] == "pca"].copy()


def candidates(published: Published) -> pd.DataFrame:
    """Return every candidate."""
    return published.frame("from segment_candidates order by segmentation, algorithm, n_segments")


def for_each(
    draw: Callable[[pd.DataFrame], alt.Chart], columns: int, colours: str = "independent"
) -> Callable[[pd.DataFrame], alt.Chart]:
    """Return a function that draws a panel a segmentation, so many beside each other."""

    def panels(rows: pd.DataFrame) -> alt.Chart:
        drawn = []
        for name, own in rows.groupby("title", sort=True):
            # a panel has no settings of its own, only the whole
            panel = draw(own).properties(title=alt.TitleParams(name, anchor="start", frame="group"))
            panel.config = alt.Undefined
            drawn.append(panel)
        whole = alt.concat(*drawn, columns=columns, spacing=36)
        return charts.themed(whole.resolve_scale(color=colours, shape="independent"), charts.PAPER)

    return panels


def nothing() -> alt.Chart:
    """Say that there is nothing to draw."""
    sentence = "No segmentation is published; the table segmentations says why."
    mark = (
        alt.Chart(pd.DataFrame({"words": [sentence]}))
        .mark_text(align="left", fontSize=14, x=10)
        .encode(text="words")
    )
    return charts.themed(mark.properties(width=460, height=40), charts.PAPER)


PICTURES: dict[
    str, tuple[Callable[[Published], pd.DataFrame], Callable[[pd.DataFrame], alt.Chart]]
] = {
    "segments": (sizes, charts.segment_sizes),
    "segment_profiles": (features, for_each(charts.profile_heatmap, 1, "shared")),
    "segment_map": (points, for_each(lambda rows: charts.segment_map(rows, width=400), 2)),
    "segment_candidates": (
        candidates,
        for_each(lambda rows: charts.candidates(rows, width=400), 2),
    ),
}
