"""dbt docs, as `make docs` writes them: opened from disk without a network, and served."""

import functools
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request

import duckdb
import pytest
from workspaces import PROJECT, Workspace

from card_segments.report.dbt_docs import script_of
from card_segments.report.pictures import PICTURES, write_pictures
from tools import draw_data_flow, draw_lineage

OVERVIEW = (PROJECT / "models" / "overview.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(#!/([a-z]+)/([^)?]+)(?:\?g_v=1&g_i=([^)]+))?\)", OVERVIEW)
LINEAGES = sorted({(kind, name, chosen) for kind, name, chosen in LINKS if chosen})
PREFIX = "model.card_segments."
SEGMENTS = PREFIX + "segments"
FOLDERS = {
    "model": "nodes",
    "seed": "nodes",
    "snapshot": "nodes",
    "analysis": "nodes",
    "exposure": "exposures",
    "metric": "metrics",
    "macro": "macros",
}


@pytest.fixture(scope="module")
def docs(sample_build, tmp_path_factory):
    """The docs of the sample, in a folder; the warehouse is a copy, for dbt locks what it opens."""
    workspace = Workspace(tmp_path_factory.mktemp("docs"))
    shutil.copyfile(sample_build.warehouse, workspace.warehouse)
    (workspace.folder / "target").mkdir()
    shutil.copy(
        sample_build.folder / "target" / "partial_parse.msgpack", workspace.folder / "target"
    )
    workspace.published = sample_build.published
    run = workspace.dbt("docs", "generate")
    assert run.succeeded, run.output
    finished = collect(workspace)
    assert finished.returncode == 0, finished.stderr
    folder = workspace.folder / "target" / "docs"
    assert str(folder / "index.html") in finished.stdout
    workspace.docs = folder
    return workspace


def command(workspace, *arguments):
    variables = json.dumps({"published_dir": str(workspace.published)})
    return [
        *(sys.executable, "-m", "card_segments.cli.docs", "--vars", variables),
        *("--target", str(workspace.folder / "target"), *arguments),
    ]


def collect(workspace, *arguments):
    return subprocess.run(
        command(workspace, *arguments),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def manifest(docs):
    return json.loads((docs.folder / "target" / "manifest.json").read_text())


def selected(chosen):
    """The name in a selector such as 3+name+1."""
    return urllib.parse.unquote(chosen).strip("+0123456789")


def pictures(page):
    """Width of each picture that belongs to a description, by the name of its file."""
    return page.evaluate(
        """() => Object.fromEntries([...document.images]
            .filter(one => one.src.includes('/assets/'))
            .map(one => [one.src.split('/').pop(), one.naturalWidth]))"""
    )


def wait_for_picture(page, name):
    page.wait_for_function(
        "name => [...document.images].some(one => one.src.endsWith(name) && one.naturalWidth > 0)",
        arg=name,
    )


def node_colours(manifest):
    """The colour of each node that the project gives one."""
    return {
        unique_id: node["docs"]["node_color"]
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }


def lineage(page):
    """The colour of each node in the lineage, once it is painted."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('#cy canvas')].some(canvas => canvas.width > 0
            && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
                .data.some(value => value > 0))"""
    )
    page.wait_for_timeout(500)
    return page.evaluate(
        """() => Object.fromEntries(document.getElementById('cy')._cyreg.cy.nodes(':visible')
            .map(node => [node.id(), node.style('background-color')]))"""
    )


def test_a_reader_walks_from_the_overview_to_a_table_and_its_lineage(docs, manifest, browser):
    colours = node_colours(manifest)
    with browser.visit(docs.docs / "index.html") as visit:
        page = visit.page
        wait_for_picture(page, "data_flow.svg")
        for user in ("analytics engineer", "BI developer", "marketing", "service", "credit"):
            assert page.get_by_role("cell", name=user).first.is_visible(), user

        page.get_by_role("link", name="segments", exact=True).first.click()
        page.wait_for_selector("h1:has-text('segments')")
        wait_for_picture(page, "segments.svg")
        shown = page.locator("table tbody tr").all_inner_texts()
        columns = manifest["nodes"][SEGMENTS]["columns"]
        assert len(columns) > 5
        for name in columns:
            assert any(row.strip().startswith(name) for row in shown), name

        page.get_by_title("View Lineage Graph").click()
        near = lineage(page)
        neighbours = {
            one
            for map_name in ("parent_map", "child_map")
            for one in manifest[map_name][SEGMENTS]
            if not one.startswith(("test.", "unit_test.", "semantic_model."))
        }
        # and nothing of a folder that has the name of the table
        assert {one for one in near if not one.startswith("test.")} == {SEGMENTS, *neighbours}
        assert near[PREFIX + "int_segments"] == colours[PREFIX + "int_segments"]

        page.get_by_title("View Fullscreen").first.click()
        page.wait_for_function(
            "() => document.getElementById('cy')._cyreg.cy.nodes(':visible').length > 50"
        )
        far = lineage(page)
        for name in ("int_segmentations_fitted", "stg_spends__spends"):
            assert far[PREFIX + name] == colours[PREFIX + name], name

        assert not visit.outside_requests
        assert not visit.console_errors


@pytest.fixture(scope="module")
def opened(docs, browser):
    """The docs, opened once: they take seconds to start."""
    with browser.visit(docs.docs / "index.html") as visit:
        yield visit


def follow(visit, link, heading):
    """Go where a link of the open page leads."""
    visit.page.evaluate("link => { window.location.hash = link }", link.lstrip("#"))
    visit.page.wait_for_selector(f"h1:has-text('{heading}')")


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_charts_stand_in_the_descriptions_of_the_tables(opened, name):
    follow(opened, f"#!/model/model.card_segments.{name}", name)
    wait_for_picture(opened.page, f"{name}.svg")
    assert list(pictures(opened.page)) == [f"{name}.svg"]
    assert not opened.outside_requests
    assert not opened.console_errors


# each starts the docs again, which reads the lineage to show from the address only once
@pytest.mark.parametrize(
    ("kind", "name", "chosen"),
    [LINEAGES[0], *(pytest.param(*one, marks=pytest.mark.exhaustive) for one in LINEAGES[1:])],
    ids=lambda one: str(one)[:40],
)
def test_links_open_the_lineage(docs, manifest, browser, kind, name, chosen):
    colours = node_colours(manifest)
    fragment = f"#!/{kind}/{name}?g_v=1&g_i={chosen}"
    with browser.visit(docs.docs / "index.html", fragment=fragment) as visit:
        shown = lineage(visit.page)
        assert 5 < len(shown) < 250
        # the node in the middle has a colour that says so
        coloured = set(shown) & set(colours) - {PREFIX + selected(chosen)}
        assert {one: shown[one] for one in coloured} == {one: colours[one] for one in coloured}
        assert PREFIX + selected(chosen) in shown
        assert not visit.outside_requests
        assert not visit.console_errors


def test_exposures_name_their_tables(opened):
    follow(opened, "#!/exposure/exposure.card_segments.report_page", "Report page")
    for name in ("segment_profiles", "staffing_plan", "tested_claims"):
        assert opened.page.get_by_role("link", name=name, exact=True).first.is_visible()
    assert not opened.console_errors


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("#!/overview", "Card Segments"),
        ("#!/model/model.card_segments.segments", "segments"),
        ("#!/exposure/exposure.card_segments.report_page", "Report page"),
        ("#!/metric/metric.card_segments.spend", "spend"),
    ],
)
def test_nobody_is_kept_out(opened, link, heading):
    follow(opened, link, heading)
    assert opened.accessibility_findings() == []


def test_every_link_of_the_overview_leads_somewhere(manifest):
    assert len(LINKS) > 30
    for kind, name, chosen in LINKS:
        if kind != "overview":
            assert name in manifest[FOLDERS[kind]], name
        if chosen:
            assert PREFIX + selected(chosen) in manifest["nodes"]


def test_the_overview_names_every_colour_of_the_lineage(manifest):
    legend = re.search(r"\| colour \|.*?\n\n", OVERVIEW, re.DOTALL)[0].strip().splitlines()[2:]
    assert len(legend) == len(set(node_colours(manifest).values())) == 7


def content(picture):
    """The words and the colours of a picture."""
    text = picture.read_text(encoding="utf-8")
    return re.findall(r">([^<>\n]+)<", text), re.findall(r'fill="(#\w+)"', text)


def test_the_picture_of_the_data_flow_is_that_of_its_script(tmp_path):
    drawn = tmp_path / "drawn.svg"
    draw_data_flow.drawing().save(str(drawn))
    assert content(draw_data_flow.PICTURE) == content(drawn)
    assert set(draw_data_flow.colours().values()) <= set(content(drawn)[1])


def test_the_lineage_of_segments_is_drawn_whole_on_one_screen(tmp_path, manifest):
    """A change of the lineage wants `make picture`; 1,440 by 900 less the frame of the docs."""
    drawn = tmp_path / "drawn.svg"
    draw_lineage.drawing(manifest).save(str(drawn))
    assert content(draw_lineage.PICTURE) == content(drawn)
    steps = draw_lineage.lineage(manifest)
    assert {node.split(".")[-1] for node in steps} <= set(content(drawn)[0])
    width, height = re.search(r'width="(\d+)" height="(\d+)"', drawn.read_text()).groups()
    assert int(width) <= 1200
    assert int(height) <= 820


def test_pictures_stay_out_of_the_published_file(sample_build, manifest):
    described = [
        node["name"] for node in manifest["nodes"].values() if "![" in node.get("description", "")
    ]
    assert sorted(described) == sorted(PICTURES)
    for query in (sample_build.query, sample_build.query_published):
        commented = query(
            """
            select comment from duckdb_tables() where comment is not null
            union all
            select comment from duckdb_columns() where comment is not null
            """
        )["comment"]
        assert len(commented) > 400
        assert not [one for one in commented if "![" in one or ".svg" in one]
    listed = sample_build.query_published("from published_tables").set_index("table_name")
    for name in described:
        assert "![" not in listed.loc[name, "description"]
        assert listed.loc[name, "description"].startswith("One row")


@pytest.mark.parametrize(
    "value",
    [
        "</script><img src=x>",
        "<!--<script>",
        "]]>",
        "\u2028\u2029",
        "CATALOG.JSON INLINE DATA",
        "</head>",
    ],
)
def test_no_value_ends_the_script_that_holds_it(tmp_path, value):
    file = tmp_path / "manifest.json"
    content = {"nodes": {"one": {"fqn": ["folder", "one"], "compiled_code": f"select '{value}'"}}}
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    script = script_of(file)
    assert script.isascii() and "<" not in script
    content["nodes"]["one"]["fqn"] = ["folder/", "one"]
    assert json.loads(script) == content


def test_the_page_does_not_tell_where_it_was_built(docs):
    page = (docs.docs / "index.html").read_text(encoding="utf-8")
    assert str(PROJECT) in (docs.folder / "target" / "manifest.json").read_text()
    assert str(PROJECT) not in page


def test_pictures_show_the_segments_of_the_published_file(sample_build, tmp_path):
    paths = write_pictures(sample_build.published / "cards.duckdb", tmp_path)
    assert [path.name for path in paths] == [f"{name}.svg" for name in PICTURES]
    sizes = (tmp_path / "segments.svg").read_text(encoding="utf-8")
    for row in sample_build.query_published("from segments").itertuples():
        assert row.segment_name in sizes
        assert f"{row.customer_share:.1%} of customers" in sizes


def test_pictures_say_when_there_is_no_segment(sample_build, tmp_path):
    published = tmp_path / "none.duckdb"
    with duckdb.connect(str(published)) as connection:
        connection.sql(f"attach '{sample_build.published / 'cards.duckdb'}' as sample (read_only)")
        for name in PICTURES:
            connection.sql(f"create table {name} as from sample.{name} where false")
    for path in write_pictures(published, tmp_path):
        assert "No segmentation is published" in path.read_text(encoding="utf-8"), path.name


def test_docs_are_served_to_this_machine_until_interrupted(docs):
    with subprocess.Popen(
        [*command(docs, "--serve", "--port", "0")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # whoever starts the tests in the background has it ignored, and so would the server
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    ) as server:
        try:
            server.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
            with urllib.request.urlopen(address, timeout=20) as answer:
                assert b"Card Segments" in answer.read()
            with urllib.request.urlopen(address + "assets/segments.svg", timeout=20) as answer:
                assert answer.headers["Content-Type"] == "image/svg+xml"
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=20)
        finally:
            server.kill()
    assert server.returncode == 0
    assert not errors


def test_what_stands_in_the_way_is_said_in_one_sentence(docs, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = collect(docs, "--serve", "--port", str(taken.getsockname()[1]))
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "name another one with PORT=" in run.stderr

    nothing = Workspace(tmp_path)
    run = collect(nothing)
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "run `dbt docs generate` first" in run.stderr

    nothing.folder = docs.folder
    run = collect(nothing)
    assert (run.returncode, run.stderr.count("\n")) == (1, 1)
    assert "run `make build` first" in run.stderr
    assert (docs.docs / "index.html").is_file()


def test_the_picture_of_the_readme_names_the_segments_of_the_sample(sample_build):
    picture = (PROJECT / "docs" / "assets" / "segments.svg").read_text(encoding="utf-8")
    names = sample_build.query_published("select segment_name from segments")["segment_name"]
    assert not [name for name in names if name not in picture]
