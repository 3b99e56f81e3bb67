"""The tours say what the published tables say, and name nothing that is not there."""

import re
import shutil
import subprocess

import duckdb
import pytest
import yaml
from workspaces import PROJECT, Workspace

from card_segments.campaigns import Request, write_campaign
from tools import write_tours

TOURS = PROJECT / "docs" / "tours"
PAGES = sorted(TOURS.glob("*.md"))
READERS = [path for path in PAGES if path.name != "README.md"]
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
RESULT = re.compile(f"{write_tours.BEGIN}.*?{write_tours.END}", re.DOTALL)
# Of an interval, of an index; everything else that is counted belongs into a result.
ROUND_NUMBERS = {"0", "95", "100", "200"}
# At 230 words a minute.
FIVE_MINUTES = 1_150


def by_name(path):
    return path.stem


@pytest.fixture(scope="module")
def published(sample_build):
    database = str(sample_build.published / "cards.duckdb")
    with duckdb.connect(database, read_only=True) as connection:
        yield connection


def prose(path):
    """A page without code blocks and results."""
    text = write_tours.ANSWER.sub("", path.read_text())
    return FENCE.sub("", RESULT.sub("", text))


def anchors(path):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", one.lower()).replace(" ", "-") for one in headings}


def test_there_is_a_tour_for_each_reader_in_the_index():
    linked = re.findall(r"\]\((\w+\.md)\)", (TOURS / "README.md").read_text())
    assert sorted(linked) == [path.name for path in READERS]
    assert len(linked) == 5


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_page_is_as_the_script_writes_it(path, published):
    assert path.read_text() == write_tours.written(path, published), "run make tours"


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_every_sql_block_is_run(path):
    text = path.read_text()
    assert text.count("```sql\n") == len(write_tours.BLOCK.findall(text)) >= 4


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_page_starts_from_the_answer_and_the_readers_question(path):
    text = path.read_text()
    answers = write_tours.ANSWER.findall(text)
    assert len(answers) == 1
    assert re.match(r"# .*\n\n<!-- answer\n", text)
    question = write_tours.ANSWER.sub("", text).split("\n\n")[1].strip()
    assert re.fullmatch(r"\*\*.*\?\*\*", question, re.DOTALL)
    assert " ".join(question.strip("*").split()) in (TOURS / "README.md").read_text()


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_page_says_what_a_reader_needs_besides_the_answer(path):
    warning = "3. What may not be summed" if path.stem == "bi_developer" else "What not to conclude"
    change = "2. Change a rule" if path.stem == "analytics_engineer" else "To change it"
    found = re.findall(r"^## (.*)$", path.read_text(), re.MULTILINE)
    assert {warning, change, "In the report page", "Next"} <= set(found)
    assert found[-1] == "Next"


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_report_page_has_the_sections_that_are_named(path, sample_build):
    report = (sample_build.published / "report.html").read_text()
    headings = {
        " ".join(re.sub("<[^>]*>", "", one).split())
        for one in re.findall(r"<h[2-4][^>]*>(.*?)</h[2-4]>", report, re.DOTALL)
    }
    section = re.search(r"^## In the report page\n(.*?)^## ", path.read_text(), re.DOTALL | re.M)[1]
    named = {" ".join(one.split()) for one in re.findall(r"\*([^*]+)\*", section)}
    assert named and named <= headings


@pytest.mark.parametrize("path", READERS, ids=by_name)
def test_page_is_read_in_five_minutes(path):
    assert len(prose(path).split()) < FIVE_MINUTES


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_prose_repeats_no_figure(path):
    text = re.sub(
        r"^## \d\.|^\d\. |`[^`]*`|\]\([^)]*\)|steps? \d((, \d)* (to|and) \d)?",
        "",
        prose(path),
        flags=re.M,
    )
    figures = set(re.findall(r"\d+(?:[.,]\d+)*", text))
    assert figures <= ROUND_NUMBERS


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", prose(path)):
        file = (path.parent / target[0]).resolve() if target[0] else path
        assert file.exists(), target
        if target[1]:
            assert target[1] in anchors(file), target


@pytest.fixture(scope="module")
def names(published):
    """What a page may name: tables, columns, models, seeds and their words, variables."""
    found = {
        name
        for row in published.sql("select table_name, column_name from duckdb_columns()").fetchall()
        for name in row
    }
    found |= {"not_null", "accepted_values", "data_type"}  # dbt's own
    found |= set(yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"])
    for folder, ending in (
        ("models", "sql"),
        ("python_models", "py"),
        ("macros", "sql"),
        ("seeds", "csv"),
    ):
        found |= {one.stem for one in (PROJECT / folder).rglob(f"*.{ending}")}
    for seed in (PROJECT / "seeds" / "reference").glob("*.csv"):
        found |= set(re.findall(r"\w+", seed.read_text()))
    return found


@pytest.mark.parametrize("path", PAGES, ids=by_name)
def test_what_is_named_exists(path, names):
    built = ("published/", "warehouse/", "target/")
    for code in re.findall(r"`([^`\n]+)`", prose(path)):
        if re.fullmatch(r"[\w.-]+(/[\w.-]*)+", code) and not code.startswith(built):
            assert (PROJECT / code).exists(), code
        elif re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", code):
            assert code in names, code
        elif code.startswith("make "):
            assert re.search(rf"^{code.split()[1]}:", (PROJECT / "Makefile").read_text(), re.M), (
                code
            )


def test_list_for_a_campaign_is_written_as_the_page_says(sample_build, tmp_path):
    text = (TOURS / "marketing.md").read_text()
    segment, action = re.search(r"^make campaign SEGMENT=(\w+) ACTION=(\w+)$", text, re.M).groups()
    signs = PROJECT / "seeds" / "reference" / "segment_vulnerability_signs.csv"
    database = sample_build.published / "cards.duckdb"
    record = write_campaign(database, tmp_path, signs, Request(segment, action)).record
    # the offer is in the first table; of those away from the border a part is left out
    assert f"| {record['segment_name']} | {record['action']} |" in text
    told = re.search(rf"\| {record['segment_name']} \| [\d,]+ \| [\d,]+ \| ([\d,]+) \|", text)[1]
    assert 0 < record["contact_customers"] < int(told.replace(",", ""))


def commands():
    return [
        (path.stem, line)
        for path in READERS
        for block in SHELL.findall(path.read_text())
        for line in block.splitlines()
    ]


@pytest.mark.parametrize("line", [line for _, line in commands() if line.startswith("make ")])
def test_make_knows_the_command(line):
    run = subprocess.run(
        ["sh", "-c", line.replace("make", "make --dry-run", 1)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def readers_folder(sample_build, tmp_path_factory):
    """A folder of one's own with a copy of the warehouse, which others may have open."""
    workspace = Workspace(tmp_path_factory.mktemp("tours"))
    shutil.copyfile(sample_build.warehouse, workspace.warehouse)
    workspace.published = sample_build.published
    return workspace


@pytest.mark.parametrize(
    "line",
    [line for _, line in commands() if re.match(r"dbt (ls|show|run-operation) ", line)],
)
def test_dbt_answers_the_command(line, readers_folder, tmp_path):
    words = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    run = readers_folder.dbt(*words[1:])
    assert run.succeeded, run.output
    expected = {
        "ls": "segment_value",
        "show": "reject_rule",
        "run-operation": "Frequent callers",
    }
    assert expected[words[1]] in run.text


def test_a_failing_query_is_named_with_page_and_line(tmp_path, published):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```sql\nselect nothing from segments\n```\n")
    with pytest.raises(write_tours.TourError, match=r"page\.md, the SQL of line 3: Binder Error"):
        write_tours.written(page, published)


@pytest.mark.parametrize("condition", ["false", "true"])
def test_an_empty_or_endless_result_is_refused(condition, tmp_path, published):
    page = tmp_path / "page.md"
    page.write_text(f"```sql\nselect * from segment_members where {condition}\n```\n")
    with pytest.raises(write_tours.TourError, match="a page shows 1 to 20"):
        write_tours.written(page, published)


@pytest.mark.parametrize("condition", ["false", "true"])
def test_an_answer_is_one_text(condition, tmp_path, published):
    page = tmp_path / "page.md"
    page.write_text(f"# A page\n\n<!-- answer\nselect 'yes' from segments where {condition}\n-->\n")
    with pytest.raises(write_tours.TourError, match=r"SQL of line 3: \d+ rows; an answer is one"):
        write_tours.written(page, published)


def test_an_answer_takes_the_place_of_the_last_one(tmp_path, published):
    page = tmp_path / "page.md"
    statement = "<!-- answer\nselect concat('It is ', 41 + 1, '.')\n-->\n"
    page.write_text(f"# A page\n\n{statement}\nafter\n")
    once = write_tours.written(page, published)
    assert f"{statement}{write_tours.BEGIN}\n**It is 42.**\n{write_tours.END}\n\nafter" in once
    page.write_text(once.replace("42", "43"))
    assert write_tours.written(page, published) == once


def test_results_are_replaced_and_the_prose_is_kept(tmp_path, published):
    page = tmp_path / "page.md"
    text = "before\n\n```sql\nselect 1 as one, 0.1 + 0.2 as sum\n```\n\nafter\n"
    page.write_text(text)
    once = write_tours.written(page, published)
    assert "| one | sum |\n| ---: | ---: |\n| 1 | 0.30 |" in once
    page.write_text(once.replace("0.30", "0.40"))
    assert write_tours.written(page, published) == once
    assert RESULT.sub("", once).split() == text.split()


def test_noise_in_the_last_digits_changes_nothing():
    for value in (0.125, 1234.5, 12.35, -0.005):
        around = {write_tours.shown(value * (1 + step * 1e-13)) for step in range(-3, 4)}
        assert len(around) == 1


def test_without_a_publication_one_sentence_says_what_to_do(tmp_path, capsys):
    missing = tmp_path / "cards.duckdb"
    assert write_tours.main([str(missing)]) == 1
    assert capsys.readouterr().err == f"There is no {missing}; run make build first.\n"
