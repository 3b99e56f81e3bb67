"""Write the report page from the published file."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import altair as alt
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from card_segments.report import words
from card_segments.report.charts import ALGORITHM_LABELS, SEGMENT_COLOURS
from card_segments.report.content import HIDDEN_NOTE, SECTIONS
from card_segments.report.published import Published
from card_segments.report.terms import TERMS, with_terms

# Writes Vega's parts as one script, with the function that draws a chart as a global name.
BUNDLER = """
import sys, vl_convert
sys.stdout.write(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
"""


def write_report(database: Path, output: Path) -> Path:
    """Write the report page, one file that needs no other.

    Parameters
    ----------
    database : Path
        The published DuckDB file.
    output : Path
        Where the page goes; replaced as a whole if it is there.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    duckdb.Error
        When the file cannot be opened or is not a publication of this project.
    OSError
        When the page cannot be written.
    """
    vega_bundle()
    with Published(database) as published:
        content = {name: section(published) for name, section in SECTIONS.items()}
    # a published page is a link into the folder of its build, and stays one
    output = output.resolve()
    fresh = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        fresh.write_text(render(content), encoding="utf-8")
        os.replace(fresh, output)
    finally:
        fresh.unlink(missing_ok=True)
    return output


def render(content: dict[str, Any]) -> str:
    """Return the page as HTML; every value is escaped, and the same content gives the same page."""
    # A chart is numbered where it is drawn; its specification stands at the end of the page.
    drawn: list[dict[str, Any]] = []

    def draw(chart: alt.TopLevelMixin) -> int:
        drawn.append(specification(chart))
        return len(drawn) - 1

    environment = Environment(
        loader=PackageLoader("card_segments.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    currency = content["publication"]["currency"]
    environment.filters.update(
        money=partial(words.money, currency=currency),
        number=words.number,
        share=words.share,
        percent=words.percent,
        title=words.title,
        with_terms=with_terms,
    )
    environment.globals.update(
        draw=draw,
        drawn=lambda: drawn,
        figure=partial(words.figure, currency=currency),
        points=words.points,
        interval=words.interval,
        between=words.between,
        share=words.share,
        causes=words.CAUSES,
        amount_unit=currency or words.AMOUNT_UNIT,
        amounts=partial(words.amounts, currency=currency),
        one_decimal=partial(words.number, decimals=1),
        two_decimals=partial(words.number, decimals=2),
        strength=words.strength,
        index_strength=words.index_strength,
        stability=words.stability,
        stable_from=words.STABLE_FROM,
        evidence_below=words.INDEXES_BELOW[0],
        evidence_above=words.INDEXES_ABOVE[0],
        terms=TERMS,
        arrows=words.ARROWS,
        in_words=words.IN_WORDS,
        verdicts=words.VERDICTS,
        algorithms=ALGORITHM_LABELS,
        segment_colours=SEGMENT_COLOURS,
        hidden_note=HIDDEN_NOTE,
        style=_own_text(environment, "page.css"),
        script=_own_text(environment, "page.js"),
        score_script=_own_text(environment, "score.js"),
        vega=lambda: Markup(vega_bundle().result().stdout.replace("</script", "<\\/script")),
    )
    return environment.get_template("page.html.j2").render(content)


@cache
def vega_bundle() -> Future[subprocess.CompletedProcess[str]]:
    """Begin to bundle the scripts that draw charts: another core can do it, and it takes long."""
    command = [sys.executable, "-c", BUNDLER]
    return ThreadPoolExecutor(1).submit(
        subprocess.run, command, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return a chart as Vega-Lite; without numbers that Altair counts up from chart to chart."""
    with alt.data_transformers.enable(consolidate_datasets=False):
        return chart.to_dict()


def _own_text(environment: Environment, name: str) -> Markup:
    """Return a file of this package as it is: style and scripts are not data."""
    source, _, _ = environment.loader.get_source(environment, name)
    return Markup(source.strip())
