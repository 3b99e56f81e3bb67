"""The report page says what the tables say, to everyone, and asks nothing of the network."""

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest
from browser import PHONE, ZOOMED
from jinja2 import Environment
from playwright.sync_api import expect
from workspaces import INPUTS, PROJECT, copy_without_keys, open_to_read, published_tables

from card_segments.cli.report import main
from card_segments.report import write_report
from card_segments.report.terms import FORMS, with_terms

SEGMENTATIONS = ("card_usage", "relationship", "repayment", "spending")
HOSTILE = '</script><img src=x onerror="window.attacked = 1"> \' & "{{ 7 * 7 }}" ✓'


@pytest.fixture(scope="module")
def page(sample_build):
    """The page that the build wrote."""
    return sample_build.published / "report.html"


@pytest.fixture
def changed(sample_build, tmp_path):
    """A function that writes the page of a changed copy of the published file."""

    def write(*statements):
        database = tmp_path / "cards.duckdb"
        copy_without_keys(sample_build.published / "cards.duckdb", database)
        with duckdb.connect(str(database)) as connection:
            for statement in statements:
                connection.execute(statement)
        return write_report(database, tmp_path / "report.html")

    return write


def drawn(visit):
    """Unfold everything and wait for the charts; return how many there are."""
    return visit.page.evaluate("() => cardSegments.unfold().then((charts) => charts.length)")


def dead_links(visit):
    return visit.page.evaluate(
        "() => Array.from(document.querySelectorAll('a'), (link) => link.getAttribute('href'))"
        ".filter((address) => !address.startsWith('#reader='))"
        ".filter((address) => !document.getElementById(address.slice(1)))"
    )


def assert_sound(visit):
    assert visit.console_errors == []
    assert visit.outside_requests == []
    assert dead_links(visit) == []


# What it says


def test_the_build_writes_the_page_of_its_own_publication(sample_build, page):
    build_id = sample_build.query_published("select build_id from publication")["build_id"][0]
    assert f"build {build_id}" in page.read_text(encoding="utf-8")


def test_every_section_and_chart_is_there(browser, page):
    with browser.visit(page) as visit:
        assert drawn(visit) >= 15
        widths = visit.page.evaluate(
            "() => Array.from(document.querySelectorAll('.chart'),"
            " (chart) => chart.querySelector('svg').getBoundingClientRect().width)"
        )
        assert min(widths) > 250
        sections = visit.page.locator("main > section")
        ids = sections.evaluate_all("(found) => found.map((one) => one.id)")
        assert ids == [
            "headline",
            *(f"segmentation-{name}" for name in SEGMENTATIONS),
            *("figures", "spending", "card-features", "service", "behaviour", "credit", "claims"),
            *("quality", "score", "appendix", "reading"),
        ]
        linked = visit.page.locator(".contents a").evaluate_all(
            "(links) => links.map((link) => link.getAttribute('href').slice(1))"
        )
        assert linked == ids
        assert_sound(visit)


def test_cards_say_what_the_tables_say(browser, page, sample_build):
    segments = sample_build.query_published("select * from segments")
    actions = sample_build.query_published("select * from segment_recommendations")
    with browser.visit(page) as visit:
        drawn(visit)
        for segment in segments.itertuples():
            card = visit.page.locator(f"[aria-labelledby='{segment.segment_key}-name']")
            text = card.inner_text()
            assert text.startswith(segment.segment_name)
            assert segment.description in text
            share = f"{100 * segment.customer_share:.1f} % of customers ({segment.customers:,})"
            assert share in text
            own = actions[actions["segment_key"] == segment.segment_key]
            assert len(own) > 0
            for action in own.itertuples():
                assert action.action in text
                assert action.evidence in text
                assert action.what_not_to_do in text


def test_tables_say_what_the_tables_say(browser, page, sample_build):
    everyone = sample_build.query_published(
        "select * from income_utilisation_by_demographic where attribute = 'all'"
    ).iloc[0]
    cities = sample_build.query_published(
        "select * from income_utilisation_by_demographic where attribute = 'city'"
    )
    claims = sample_build.query_published("select * from tested_claims")
    answers = sample_build.query_published(
        "select * from repayment_behaviour where group_type = 'all'"
    ).iloc[0]
    staff = sample_build.query_published(
        "select sum(pooled_staff) as staff from staffing_plan "
        "where group_type = 'all' and handling_estimate = 'base'"
    )["staff"][0]
    with browser.visit(page) as visit:
        drawn(visit)
        headline = visit.page.locator("#figures").inner_text()
        assert f"{everyone.income_utilisation_ratio_of_means_pct:.1f} %" in headline
        assert f"{everyone.income_utilisation_mean_of_ratios_pct:.1f} %" in headline
        assert re.search(rf"\b{staff:.0f}\s+full-time staff", headline)
        # not mentioned is neither yes nor no
        known = f"{100 * answers.minimum_payment_share_of_yes_or_no:.1f}"
        neither = f"{100 * answers.not_mentioned_share_of_all_answers:.1f}"
        assert re.search(rf"\b{known} %\s+pay only the minimum", headline)
        assert f"{neither} % say neither" in headline
        by_city = visit.page.locator("#spending [data-choice='City'] table").first
        for city in cities.itertuples():
            row = by_city.locator("tr", has_text=city.attribute_value).first.text_content()
            assert f"{city.income_utilisation_ratio_of_means_pct:.1f} %" in row
        tested = visit.page.locator("#claims").inner_text()
        for claim in claims.itertuples():
            assert claim.claim in tested
            assert claim.reason in tested


def table_rows(visit, place):
    """The cells of a table's rows by their heads, keyed by the first one."""
    return visit.page.locator(place).first.evaluate(
        """(table) => {
            const words = (cell) => cell.textContent.replace(/\\s+/g, " ").trim();
            const heads = Array.from(table.tHead.rows[0].cells, words);
            return Object.fromEntries(Array.from(table.tBodies[0].rows, (row) => [
                words(row.cells[0]),
                Object.fromEntries(Array.from(row.cells, (cell, i) => [heads[i], words(cell)])),
            ]));
        }"""
    )


def test_a_group_keeps_its_columns_and_hides_what_is_hidden(browser, changed):
    """A group may lack a category; where a part of its spend is hidden, no share is known."""
    page = changed(
        "delete from spend_by_demographic where attribute_value = 'Mumbai' "
        "and category = (select min(category) from spend_by_demographic)",
        "update spend_by_demographic set spend_amount = null where attribute_value = 'Chennai' "
        "and category = (select max(category) from spend_by_demographic)",
    )
    with duckdb.connect(str(page.with_name("cards.duckdb")), read_only=True) as connection:
        mix = connection.sql(
            "select attribute_value, category, sum(spend_amount) as amount "
            "from spend_by_demographic where attribute = 'city' group by all"
        ).df()
    mix = mix.pivot(index="attribute_value", columns="category", values="amount").fillna(0)
    shares = mix.div(mix.sum(axis=1), axis=0)
    with browser.visit(page) as visit:
        rows = table_rows(visit, "[data-chooser='Category by'] [data-choice='City'] table")
    for city, row in shares.iterrows():
        for category, share in row.items():
            shown = rows[city][category]
            assert shown == "–" if city == "Chennai" else shown.startswith(f"{100 * share:.1f} %")
    assert rows["Mumbai"][min(shares.columns)].startswith("0.0 %")


def test_a_segment_keeps_its_columns_where_a_figure_is_absent(browser, changed):
    page = changed(
        "delete from segment_profiles where segment_key = 'spending_1' and metric = 'upi_share'",
        "delete from behaviour_by_segment where segment_key = 'card_usage_1' "
        "and behaviour_class = 'revolver'",
        "update segments set segment_name = 'Namesakes' where segment_number <= 2",
        "update behaviour_by_segment set segment_name = 'Namesakes' "
        "where segment_key in ('card_usage_1', 'card_usage_2')",
    )
    with browser.visit(page) as visit:
        drawn(visit)
        tables = visit.page.locator("#segmentation-spending table, #behaviour table")
        for table in tables.all():
            widths = table.evaluate("(one) => Array.from(one.rows, (row) => row.cells.length)")
            assert len(set(widths)) == 1
        share = visit.page.locator("#segmentation-spending tr", has_text="UPI's share").first
        assert share.locator("td").first.inner_text() == "–"
        behaviour = visit.page.locator("#behaviour table").first
        assert behaviour.locator("tbody tr", has_text="Namesakes").count() == 2


def test_drift_since_the_last_fit_is_told(browser, page, changed):
    with browser.visit(page) as visit:
        drawn(visit)
        assert "like those the model was fitted on" not in visit.page.locator("main").inner_text()
    insert = "insert into segment_drift by name select 'spending' as segmentation, {} as subject, "
    insert += "600 as reference_customers, 590 as customers, {} as population_stability_index, "
    insert += "0.01 as chance_level, '{}' as drift, {} as is_feature"
    drifted = changed(
        "delete from segment_drift",
        insert.format("'upi_share'", 0.3123, "major", True),
        insert.format("'credit_card_share'", 0.0123, "none", True),
        insert.format("'mix of segments'", 0.002, "none", False),
        "insert into segment_drift by name select 'repayment' as segmentation, 'loans' as subject, "
        "0.0 as population_stability_index, 'none' as drift, true as is_feature",
    )
    with browser.visit(drifted) as visit:
        drawn(visit)
        text = visit.page.locator("#appendix-spending").inner_text()
        assert "UPI's share of spend (major, 0.31)." in text
        assert "590 customers of today beside 600" in text
        assert "have drifted" in visit.page.locator("#appendix-repayment").inner_text()
        rows = table_rows(visit, "#appendix-spending details:has-text('stability index') table")
        assert [row["Drift"] for row in rows.values()] == ["major", "none", "none"]
        assert [row["Index"] for row in rows.values()] == ["0.312", "0.012", "0.002"]
        assert_sound(visit)


def test_the_largest_groups_are_drawn_and_not_the_best(changed):
    page = changed(
        "insert into credit_score_by_occupation by name "
        "select credit_score_by_occupation.* replace ("
        "occupation || ' ' || copy as occupation, 11 as customers, 1 as good_share) "
        "from credit_score_by_occupation, range(9) as copies(copy) where not is_suppressed"
    )
    charts = re.search(r'id="charts">(.*?)</script>', page.read_text(encoding="utf-8"))[1]
    with duckdb.connect(str(page.with_name("cards.duckdb")), read_only=True) as connection:
        names = connection.sql(
            "select occupation from credit_score_by_occupation where customers > 11 "
            "and good_share is not null and not is_unknown order by customers desc limit 30"
        ).fetchall()
    assert len(names) > 10
    assert all(f'"group_name": "{name}"' in charts for (name,) in names)


def test_no_customer_is_on_the_page(page, sample_build):
    words = set(re.findall(r"[\w-]+", page.read_text(encoding="utf-8")))
    for table in ("segment_members", "segment_map", "customer_income_utilisation"):
        ids = sample_build.query_published(f"select distinct customer_id from {table}")
        # numbers may stand on the page as figures of something else
        named = {one for one in ids["customer_id"] if not one.isdigit()}
        assert len(named) > 0
        assert named & words == set()


def test_the_same_publication_gives_the_same_page(page, sample_build, tmp_path):
    again = write_report(sample_build.published / "cards.duckdb", tmp_path / "again.html")
    assert again.read_bytes() == page.read_bytes()


# What it says first

LAPTOP = (1440, 900)
READERS = ("everyone", "marketing", "service", "credit", "risk")


def seen(visit, place):
    """The elements of a place that are shown: their texts, and where the lowest ends."""
    found = [one for one in visit.page.locator(place).all() if one.is_visible()]
    ends = [box["y"] + box["height"] for box in (one.bounding_box() for one in found)]
    return [one.inner_text() for one in found], max(ends, default=0)


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_is_answered_on_one_screen(browser, page, sample_build, reader):
    """Who, how many, what to do and what not to do; for everyone at once on two screens."""
    recommendations = sample_build.query_published("from segment_recommendations")
    with browser.visit(page, fragment=f"#reader={reader}", size=LAPTOP) as visit:
        rows, end = seen(visit, ".answers tbody tr")
        assert 2 <= len(rows) <= 14
        assert end <= LAPTOP[1] * (2 if reader == "everyone" else 1)
        own = (recommendations["team"] == reader) | (recommendations["stage"] == "protect")
        keys = recommendations["recommendation_key"][own | (reader in ("everyone", "service"))]
        commands, _ = seen(visit, ".answers code")
        assert len(commands) == len(rows)
        assert {command.split("ACTION=")[1] for command in commands} & set(keys)
        for row in rows:
            assert re.search(r"\d %.*\(\d+\)", row)
        for place in ("First action", "What not to do"):
            texts, _ = seen(visit, f".answers [data-label='{place}'] > span")
            assert len(texts) == len(rows)
            assert all(texts)
        assert_sound(visit)


def test_the_first_action_is_the_first_of_the_reader(browser, page, sample_build):
    first = sample_build.query_published(
        "select segment_key, recommendation_key, what_not_to_do from segment_recommendations "
        "where team = 'credit' qualify row_number() over "
        "(partition by segment_key order by priority) = 1"
    )
    assert len(first) > 0
    with browser.visit(page, fragment="#reader=credit", size=LAPTOP) as visit:
        rows, _ = seen(visit, ".answers tbody tr")
    for one in first.itertuples():
        command = f"make campaign SEGMENT={one.segment_key} ACTION={one.recommendation_key}"
        assert any(command in row and one.what_not_to_do in row for row in rows)


def test_findings_are_few_and_short(browser, page, changed):
    long_words = changed(
        "update segments set segment_name = repeat('many words of a bank ', 15)",
        "update segment_value set segment_name = repeat('many words of a bank ', 15)",
        "update service_demand set group_name = repeat('many words of a bank ', 15)",
        "update segment_profiles set metric_label = repeat('many words of a bank ', 15)",
    )
    for one in (page, long_words):
        with browser.visit(one, size=LAPTOP) as visit:
            sentences, _ = seen(visit, ".findings li")
        assert 3 <= len(sentences) <= 5
        for sentence in sentences:
            said = sentence.removesuffix("More").split("Assumed in")[0]
            assert len(said.split()) <= 20, sentence


# The words of a place. A command names the list of an action by its key.
WITHOUT_COMMANDS = (
    "one => Array.from(one.childNodes)"
    ".map((part) => part.tagName === 'CODE' ? '' : part.textContent).join('')"
)


@pytest.mark.parametrize(
    "reader",
    [*READERS[:2], *(pytest.param(reader, marks=pytest.mark.exhaustive) for reader in READERS[2:])],
)
def test_terms_of_the_first_level_lead_to_what_they_mean(browser, page, reader):
    """Those of the page and of the glossary of the project; each once in a text."""
    rows = re.findall(r"^\| ([^|]+) \|", (PROJECT / "docs/glossary.md").read_text(), re.MULTILINE)
    names = {name.strip().lower() for row in rows for name in row.split(",")} - {"term", "value"}
    terms = re.compile(rf"\b({'|'.join(map(re.escape, names))})s?\b", re.IGNORECASE)
    texts = ".findings li, .answers th[scope=row], .answers td small, .answers td > span"
    with browser.visit(page, fragment=f"#reader={reader}", size=LAPTOP) as visit:
        told = [one for one in visit.page.locator(texts).all() if one.is_visible()]
        for one in told:
            links = " ".join(one.locator("a.term").all_inner_texts()).lower()
            words = one.evaluate(WITHOUT_COMMANDS)
            for term in terms.findall(words) + FORMS.findall(words):
                assert term.lower() in links, (term, words)
        link = visit.page.locator("a.term:visible").first
        link.click()
        meaning = visit.page.locator(link.get_attribute("href"))
        expect(meaning).to_be_in_viewport()
        assert visit.page.evaluate("window.scrollY") > 0
        assert f"reader={reader}" in visit.page.url or reader == "everyone"
        assert_sound(visit)


def test_a_term_within_another_word_is_none():
    assert with_terms("Coupling, duping") == "Coupling, duping"
    assert "term-cash-advance" in with_terms("cash-advance users")


@pytest.mark.parametrize("reader", READERS)
def test_no_sentence_of_the_first_level_is_long(browser, page, reader):
    """None has more than twenty words, of the page's own and of the playbook's."""
    places = ".lede, .findings li, .answers td > span, #headline > .note"
    with browser.visit(page, fragment=f"#reader={reader}", size=LAPTOP) as visit:
        told = [one for one in visit.page.locator(places).all() if one.is_visible()]
        texts = [one.evaluate(WITHOUT_COMMANDS) for one in told]
    assert len(texts) > 5
    for text in texts:
        for sentence in re.split(r"(?<=[.;]) ", text):
            assert len(sentence.split()) <= 20, sentence


def test_findings_say_what_the_tables_say(browser, page, sample_build):
    rich = sample_build.query_published(
        "select * from segments order by value_share - customer_share desc limit 1"
    ).iloc[0]
    help_share = sample_build.query_published(
        "select vulnerable_customer_share from segment_value where segment_key is null"
    )["vulnerable_customer_share"][0]
    with browser.visit(page) as visit:
        told = visit.page.locator(".findings").inner_text()
    assert f"{rich.segment_name}: {100 * rich.customer_share:.0f} % of customers" in told
    assert f"{100 * help_share:.0f} % of cardholders may need help" in told
    # what rests on assumptions says where they are
    assert re.search(r"lose money by assumed rates.*seeds/reference/value_rates.csv", told)


def test_the_trend_is_the_change_of_the_share(browser, page, changed, sample_build):
    months = sample_build.query_published(
        "select from_segment_key, from_month, sum(customers) as customers "
        "from monthly_segment_transitions group by all"
    )
    sizes = months.pivot(index="from_month", columns="from_segment_key", values="customers")
    shares = sizes.div(sizes.sum(axis=1), axis=0)
    points = 100 * (shares.iloc[-1] - shares.iloc[0])
    with browser.visit(page, size=LAPTOP) as visit:
        for key, change in points.items():
            row = visit.page.locator(".answers tr", has_text=f"SEGMENT={key} ").first
            shown = row.locator("[data-label='Trend']").inner_text()
            assert shown == f"{'▲' if change > 0 else '▼'} {abs(change):.1f}"
    insert = "insert into segment_changes by name select 'repayment' as segmentation, "
    insert += "'{}' as from_segment_key, '{}' as to_segment_key, '{}' as cause, {} as customers"
    moved = changed(
        "delete from segment_changes",
        insert.format("repayment_1", "repayment_1", "stayed", 60),
        insert.format("repayment_1", "repayment_2", "behaviour", 20),
        insert.format("repayment_2", "repayment_2", "stayed", 120),
    )
    with browser.visit(moved, size=LAPTOP) as visit:
        assert "20 of 200 places in a segment changed" in visit.page.locator("header").inner_text()
        for key, shown in (("repayment_1", "▼ 10.0"), ("repayment_2", "▲ 10.0")):
            row = visit.page.locator(".answers tr", has_text=f"SEGMENT={key} ").first
            assert row.locator("[data-label='Trend']").inner_text() == shown


def test_the_reader_stays_in_the_address(browser, page):
    with browser.visit(page, size=LAPTOP) as visit:
        everything = seen(visit, "main > section")[0]
        visit.page.locator(".readers").get_by_text("Credit").click()
        # the page follows its address in an event of its own, after the click
        expect(visit.page.locator("html")).to_have_attribute("data-reader", "credit")
        assert visit.page.url.endswith("#reader=credit")
        own = seen(visit, "main > section")[0]
        assert len(own) < len(everything)
        assert not visit.page.locator("#service").is_visible()
        assert not visit.page.locator(".contents a[href='#service']").is_visible()
        visit.page.locator(".contents a[href='#claims']").click()
        visit.page.wait_for_function("() => location.hash === '#reader=credit&at=claims'")
        expect(visit.page.locator("#claims table").first).to_be_visible()
        visit.page.reload()
        assert visit.page.locator("#claims table").first.is_visible()
        assert not visit.page.locator("#service").is_visible()
        current = visit.page.locator(".readers [aria-current]")
        assert current.evaluate_all("(all) => all.map((one) => one.textContent)") == ["Credit"]
        visit.page.wait_for_function(
            "() => document.querySelector('.contents [aria-current]').hash === '#claims'"
        )
        assert_sound(visit)


@pytest.mark.parametrize("currency", ["'EUR'", "null"])
def test_amounts_are_in_the_currency_or_say_that_none_is_set(browser, changed, currency):
    page = changed(f"update publication set currency = {currency}")
    with browser.visit(page) as visit:
        drawn(visit)
        header = visit.page.locator("header").inner_text()
        texts = visit.page.locator("main").inner_text()
        tile = visit.page.locator(".tile", has_text="net value").inner_text()
        income = visit.page.locator("#spending [data-choice] tbody tr").first.inner_text()
    if currency == "null":
        assert "Amounts are in currency units" in header
        assert "EUR" not in texts
    else:
        assert "Amounts are in EUR." in header
        assert re.match(r"EUR −?\d", tile)
        assert len(re.findall(r"EUR [\d,]+", income)) == 2
        for place in ("#card-features", "#service", "#behaviour", ".card"):
            assert "EUR " in texts, place


def test_assumptions_stand_beside_what_rests_on_them(browser, page):
    with browser.visit(page) as visit:
        drawn(visit)
        for place, file in (
            ("#card-features", "seeds/reference/card_benefits.csv"),
            ("#behaviour", "seeds/reference/value_rates.csv"),
            ("#service", "seeds/reference/service_channels.csv"),
            ("#service", "seeds/reference/card_tiers.csv"),
            ("#service", "dbt_project.yml (staffing_customers)"),
        ):
            assert f"Change it in {file}." in visit.page.locator(place).inner_text()
            assert (PROJECT / file.split(" ")[0]).is_file()
        assert "a book of 100,000 customers" in visit.page.locator("#service").inner_text()


def test_an_older_publication_without_a_currency_can_be_shown(browser, changed):
    page = changed("alter table publication drop currency")
    with browser.visit(page) as visit:
        assert "Amounts are in currency units" in visit.page.locator("header").inner_text()


# What tables can do


def column(table, number):
    return table.locator(f"tbody tr > :nth-child({number})").all_inner_texts()


def test_tables_sort_search_and_download(browser, page):
    with browser.visit(page) as visit:
        drawn(visit)
        table = visit.page.locator("#service table").first
        head = table.locator("thead th").nth(2)
        before = column(table, 3)
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        numbers = [int(text.replace(",", "")) for text in column(table, 3)]
        # totals stay below
        assert numbers[:-2] == sorted(numbers[:-2]) != [int(x.replace(",", "")) for x in before]
        assert all("All customers" in text for text in column(table, 1)[-2:])
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        numbers = [int(text.replace(",", "")) for text in column(table, 3)]
        assert numbers[:-2] == sorted(numbers[:-2], reverse=True)

        tools = visit.page.locator("#service .tools").first
        tools.locator("input").fill("CALLS: freq")
        assert table.locator("tbody tr:visible").count() == 1
        with visit.page.expect_download() as download:
            tools.locator("button").click()
        lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert download.value.suggested_filename.endswith(".csv")
        head, *rows = csv.reader(lines)
        assert head[0] == "Channel and segment"
        assert [row[0] for row in rows] == ["Calls: Frequent callers"]
        assert int(rows[0][1]) > 1000
        assert_sound(visit)


def test_the_segments_of_a_reader_download_as_one_table(browser, page):
    with browser.visit(page, fragment="#reader=credit", size=LAPTOP) as visit:
        shown, _ = seen(visit, ".answers tbody th")
        with visit.page.expect_download() as download:
            visit.page.locator(".readers .tools button").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [row[0] for row in csv.reader(text.splitlines()) if row[0] in shown] == shown


def test_a_table_gives_a_spreadsheet_no_formula(browser, changed):
    page = changed("update tested_claims set claim = '=1+1'")
    with browser.visit(page) as visit:
        drawn(visit)
        with visit.page.expect_download() as download:
            visit.page.locator("#claims .tools button").first.click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    assert '"=1+1' not in text


# To whom it says it


@pytest.mark.parametrize(
    "how",
    [
        {"size": PHONE},
        {"size": ZOOMED, "dark": True},
        *(pytest.param(how, marks=pytest.mark.exhaustive) for how in ({}, {"dark": True})),
    ],
    ids=str,
)
def test_nobody_is_kept_out(browser, page, how):
    with browser.visit(page, **how) as visit:
        assert visit.accessibility_findings(minor=True) == []
        # what is folded away is looked at, too
        drawn(visit)
        assert visit.accessibility_findings(minor=True) == []
        width = visit.page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= visit.page.viewport_size["width"]
        assert_sound(visit)


def test_headings_are_a_table_of_contents(browser, page):
    with browser.visit(page) as visit:
        for form in visit.page.locator("form[data-segmentation]").all():
            form.evaluate("(one) => one.requestSubmit()")
        levels = visit.page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "(found) => found.map((one) => Number(one.tagName[1]))"
        )
    assert levels[0] == 1
    assert all(next_one <= level + 1 for level, next_one in zip(levels, levels[1:], strict=False))


def test_the_keyboard_reaches_everything(browser, page):
    with browser.visit(page) as visit:
        drawn(visit)
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("() => document.activeElement.textContent").startswith("Skip")
        chooser = visit.page.locator("#spending .chooser select").first
        chooser.focus()
        city = visit.page.locator("#spending [data-choice='City']").first
        assert not city.is_visible()
        chooser.press("C")
        assert city.is_visible()
        visit.page.locator(".readers a", has_text="Service").press("Enter")
        expect(visit.page.locator("html")).to_have_attribute("data-reader", "service")
        assert visit.page.url.endswith("#reader=service")
        fold = visit.page.locator("#service summary").first
        assert visit.page.locator("#service table").first.is_visible()
        fold.press("Enter")
        expect(visit.page.locator("#service table").first).to_be_hidden()
        regions = visit.page.locator(".scroll")
        assert regions.count() > 10
        assert all(name for name in regions.evaluate_all("(a) => a.map((one) => one.ariaLabel)"))


def test_text_is_there_without_javascript(browser, page, sample_build):
    names = sample_build.query_published("select segment_name from segments")["segment_name"]
    with browser.visit(page, javascript=False) as visit:
        text = visit.page.locator("#headline").inner_text()
        assert all(name in text for name in names)
        assert not visit.page.locator(".readers").is_visible()
        for summary in visit.page.locator("summary:has(h2)").all():
            summary.click()
        text = visit.page.locator("main").inner_text()
        assert "The form needs JavaScript." in text
        assert visit.page.locator("#spending [data-choice='City']").first.is_visible()
        assert visit.page.locator("#spending table").count() > 5


def test_paper_shows_the_first_level_and_what_is_unfolded(browser, page, tmp_path):
    def pages(visit):
        return len(re.findall(rb"/Type /Page\b", visit.page.pdf(prefer_css_page_size=True)))

    with browser.visit(page, dark=True) as visit:
        assert pages(visit) <= 3
        drawn(visit)
        assert pages(visit) > 15
        visit.page.emulate_media(media="print")
        ground = "() => getComputedStyle(document.body).backgroundColor"
        assert visit.page.evaluate(ground) == "rgb(255, 255, 255)"
        choices = visit.page.locator("main > section:not(#score) [data-choice]")
        assert choices.count() > 20
        assert all(one.is_visible() for one in choices.all())
        assert not visit.page.locator(".contents").is_visible()


# The form


@pytest.fixture(scope="module")
def scored_in_sql(sample_build):
    """A thousand customers a segmentation, as the macro for any relation scores them.

    Real ones, moved about at random, some without a value here and there, some far outside.
    """
    with open_to_read(sample_build.warehouse) as connection:
        customers = {name: customers_like_those_of(connection, name) for name in SEGMENTATIONS}
    template = "{% for name in " + repr(list(SEGMENTATIONS)) + " %}"
    template += "{{ score_customers_sql('new_' ~ name, ref('segment_parameters'), name) }};"
    template += "{% endfor %}"
    run = sample_build.dbt("compile", "--quiet", "--inline", template, "--output", "json")
    assert run.succeeded, run.output
    compiled = json.loads(run.output[run.output.index("{") :])["compiled"]
    scored = {}
    with open_to_read(sample_build.warehouse) as connection:
        for name, statement in zip(SEGMENTATIONS, compiled.split(";"), strict=False):
            connection.register("frame", customers[name])
            connection.execute(f"create temp table new_{name} as select * from frame")
            scored[name] = connection.sql(statement).df().set_index("customer_id").sort_index()
    return customers, scored


def customers_like_those_of(connection, name):
    features = connection.sql(
        f"select distinct feature from marts.segment_parameters where segmentation = '{name}' "
        "and feature is not null order by feature"
    ).df()["feature"]
    known = connection.sql(f"select * from intermediate.int_{name}__features order by all").df()
    generator = np.random.default_rng(7)
    values = known[list(features)].to_numpy(dtype=float, na_value=np.nan)
    values = values[generator.integers(len(values), size=1000)]
    values = np.abs(values * generator.uniform(0.5, 1.5, values.shape)).round(4)
    values[:100] *= 1000
    values[100:130] = 0
    values[generator.random(values.shape) < 0.1] = np.nan
    frame = pd.DataFrame(values, columns=features)
    frame.insert(0, "customer_id", np.arange(len(frame)))
    return frame


@pytest.mark.parametrize("name", SEGMENTATIONS)
def test_the_form_scores_as_sql_does(browser, page, scored_in_sql, name):
    customers, in_sql = scored_in_sql[0][name], scored_in_sql[1][name]
    given = json.loads(customers.drop(columns="customer_id").to_json(orient="records"))
    with browser.visit(page) as visit:
        in_page = pd.DataFrame(
            visit.page.evaluate(
                """([name, customers]) => {
                    const own = cardSegments.scoring.find((one) => one.segmentation === name);
                    return customers.map((customer) => {
                        const { segment, runnerUp, distance, margin } =
                            cardSegments.scoreCustomer(own, customer);
                        return [segment.number, runnerUp.number, distance, margin];
                    });
                }""",
                [name, given],
            ),
            columns=["segment_number", "runner_up_segment_number", "distance", "margin"],
        )
    assert len(in_sql) == len(in_page) == 1000
    assert in_sql["segment_number"].nunique() >= 3
    # Where two segments are equally far the last digit may decide, so the distances tell.
    for column in ("segment_number", "runner_up_segment_number"):
        differ = in_page[column].to_numpy() != in_sql[column].to_numpy()
        assert not differ[in_sql["margin"].to_numpy() > 1e-12].any(), column
    for column in ("distance", "margin"):
        np.testing.assert_allclose(in_page[column], in_sql[column], rtol=1e-9, atol=1e-9)


def test_the_form_gives_the_reasons_of_the_tables(browser, page, sample_build):
    """Which features speak most for the segment, how far from the usual they are, and how much."""
    with browser.visit(page) as visit:
        for name in SEGMENTATIONS:
            customers = sample_build.query(
                f"from intermediate.int_{name}__features order by customer_id limit 200"
            )
            drivers = sample_build.query_published(
                f"from segment_drivers where segmentation = '{name}' order by customer_id limit 200"
            )
            numbers = customers.select_dtypes("number")
            given = json.loads(numbers.to_json(orient="records", double_precision=15))
            in_page = visit.page.evaluate(
                """([name, customers]) => {
                    const own = cardSegments.scoring.find((one) => one.segmentation === name);
                    return customers.map((customer) =>
                        cardSegments.scoreCustomer(own, customer).drivers.map((driver) =>
                            [driver.feature.name, driver.level, driver.contribution]));
                }""",
                [name, given],
            )
            assert max(map(len, in_page)) == 3
            for place in range(3):
                found = [
                    one[place] if place < len(one) else [None, None, np.nan] for one in in_page
                ]
                columns = ("feature", "level", "contribution")
                published = drivers[[f"driver_{place + 1}_{column}" for column in columns]]
                published = published.astype(object).where(published.notna(), None)
                for one, other in zip(found, published.itertuples(index=False), strict=True):
                    assert one[:2] == list(other)[:2]
                    np.testing.assert_allclose(one[2], np.float64(other[2]), rtol=1e-9)


def test_the_form_answers_with_name_margin_and_actions(browser, page, sample_build):
    segment = sample_build.query_published(
        "select * from segments where segmentation = 'relationship' order by segment_number limit 1"
    ).iloc[0]
    actions = sample_build.query_published(
        f"select * from segment_recommendations where segment_key = '{segment.segment_key}'"
    )
    with browser.visit(page) as visit:
        drawn(visit)
        visit.page.locator("#score .chooser select").select_option("Relationship")
        form = visit.page.locator("form[data-segmentation='relationship']")
        form.locator("select").select_option(segment.segment_key)
        form.locator("button").click()
        answer = form.locator(".answer")
        assert answer.locator("h3").inner_text() == segment.segment_name
        text = answer.inner_text()
        assert "Margin" in text
        assert "Next segment:" in text
        assert re.search(r"because of [a-z].* (far )?(above|below) the usual", text)
        assert "Left empty" not in text
        assert re.search(r"It would be .*, all else the same|No single figure would bring", text)
        for action in actions.itertuples():
            assert action.action in text
            assert action.what_not_to_do in text

        form.locator("input").first.fill("")
        form.locator("input").first.press("Enter")
        assert "Left empty" in answer.inner_text()
        assert_sound(visit)


@pytest.mark.parametrize("transform", ["identity", "log1p", "signed_log1p", "yeo_johnson"])
@pytest.mark.parametrize(
    "bounds", [{}, {"lower": -0.5, "upper": 40.0}, {"lower": 2.0}], ids=["open", "closed", "below"]
)
def test_the_form_prepares_a_feature_as_the_macro_does(browser, page, transform, bounds):
    """Also in ways that no feature of the sample is prepared in."""
    score = scoring_macros().score_metric_values_sql("customers", "feature_positions", "fitted")
    low = -0.9 if transform == "log1p" else -30
    values = [None, 0, *np.random.default_rng(3).uniform(low, 60, 200).tolist()]
    for power in (0.0, 0.4, 2.0) if transform == "yeo_johnson" else (None,):
        parameters = {"median": 1.5, "lambda": power, "lower": None, "upper": None, **bounds}
        in_sql = distances_in_sql(score, transform, parameters, values)
        feature = {"name": "x", "transform": transform, "weight": 4, **parameters}
        feature |= {"mean": 0.75, "standard_deviation": 2.5}
        constant = {"name": "constant", "transform": "log1p", "weight": 0, "median": -5}
        constant |= {"mean": None, "standard_deviation": None}
        segments = [
            {"number": number, "centroid": {"x": centre, "constant": 0}}
            for number, centre in ((1, -100), (2, 1e6))
        ]
        with browser.visit(page) as visit:
            in_page = visit.page.evaluate(
                """([segmentation, values]) => values.map((x) => {
                    const { distance, isScored } = cardSegments.scoreCustomer(segmentation, { x });
                    return isScored ? distance : null;
                })""",
                [{"features": [feature, constant], "segments": segments}, values],
            )
        np.testing.assert_allclose(in_page, in_sql, rtol=1e-12)


def scoring_macros():
    """The macros that score, and those that they spell DuckDB's lists with, without dbt."""
    files = ("cross_db/lists.sql", "segments/score_customers.sql")
    text = "".join((PROJECT / "macros" / name).read_text() for name in files)
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = str
    environment.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name, _: getattr(macros, f"default__{name}")
    )
    macros = environment.from_string(text).module
    return macros


def distances_in_sql(score, transform, parameters, values):
    """To the nearer of two segments, from one feature and one that the fit dropped."""
    kept = {**parameters, "mean": 0.75, "standard_deviation": 2.5, "weight": 4}
    dropped = {"median": -5, "mean": 0, "standard_deviation": 1, "weight": 0}
    rows = [
        ("x", "transform", transform, None, None),
        ("constant", "transform", "identity", None, None),
    ]
    for feature, given in (("x", kept), ("constant", dropped)):
        rows += [(feature, name, None, value, None) for name, value in given.items()]
    for number, centre in ((1, -100), (2, 1e6)):
        rows += [("x", "centroid", None, centre, number), ("constant", "centroid", None, 0, number)]
    columns = ["feature", "parameter", "parameter_text", "parameter_value", "segment_number"]
    with duckdb.connect() as connection:
        connection.register("rows", pd.DataFrame(rows, columns=columns))
        connection.execute("create table fitted as select 'demo' as segmentation, * from rows")
        connection.execute(
            "create table feature_positions as select 'demo' as segmentation, true as is_feature, "
            "unnest(['x', 'constant']) as metric, unnest([1, 2]) as metric_position"
        )
        connection.execute(
            "create table customers as select 'demo' as segmentation, [x, 7] as metric_values, "
            "customer_id from (select unnest($values) as x, "
            "generate_subscripts($values, 1) as customer_id)",
            {"values": values},
        )
        scored = connection.sql(f"{score} order by customer_id")
        return scored.project("distance").fetchnumpy()["distance"]


@pytest.mark.parametrize(
    ("field", "typed", "range_of_it"),
    [
        ("payments_amount", "-3", "from 0 to 1,000,000,000,000"),
        ("payments_amount", "1e300", "from 0 to 1,000,000,000,000"),
        ("payments_amount", "1e", "from 0 to 1,000,000,000,000"),
        ("full_payment_share", "1.5", "from 0 to 1"),
        ("balance_amount", "-2e12", "from −1,000,000,000,000 to 1,000,000,000,000"),
    ],
)
def test_the_form_refuses_nonsense_and_says_the_range(browser, page, field, typed, range_of_it):
    with browser.visit(page, fragment="#score") as visit:
        form = visit.page.locator("form[data-segmentation='card_usage']")
        place = form.locator(f"input[name='{field}']")
        place.focus()
        visit.page.keyboard.type(typed)
        visit.page.keyboard.press("Enter")
        problem = form.locator(f"#score-card_usage-{field}-problem")
        assert problem.inner_text() == f"Write a number {range_of_it}."
        assert place.get_attribute("aria-invalid") == "true"
        assert "Not scored, because of" in form.locator(".answer").inner_text()
        assert visit.page.evaluate("() => document.activeElement.name") == field
        place.fill("0.5")
        place.press("Enter")
        assert problem.inner_text() == ""
        assert "Margin" in form.locator(".answer").inner_text()
        assert_sound(visit)


def test_an_empty_form_is_not_scored(browser, page):
    with browser.visit(page, fragment="#score") as visit:
        form = visit.page.locator("form[data-segmentation='card_usage']")
        form.locator("button").click()
        answer = form.locator(".answer").inner_text()
        assert answer == "Not scored: fill in at least one figure."


@pytest.mark.parametrize("name", SEGMENTATIONS)
def test_the_form_says_what_would_bring_the_runner_up(browser, page, scored_in_sql, name):
    """Each change, made alone, does, and lies within the range of its feature."""
    customers = scored_in_sql[0][name].drop(columns="customer_id")[:200]
    given = json.loads(customers.to_json(orient="records"))
    with browser.visit(page) as visit:
        found = visit.page.evaluate(
            """([name, customers]) => {
                const own = cardSegments.scoring.find((one) => one.segmentation === name);
                return customers.flatMap((customer) => {
                    const result = cardSegments.scoreCustomer(own, customer);
                    return cardSegments.changesToRunnerUp(own, customer, result).map((change) => {
                        const feature = change.feature.name;
                        const before = customer[feature] ?? change.feature.median;
                        const at = (value) => cardSegments.scoreCustomer(
                            own, { ...customer, [feature]: value }).segment.key;
                        return [
                            result.segment.key, result.runnerUp.key, at(change.value),
                            change.isUp === change.value > before, change.value,
                            change.feature.lowest, change.feature.highest,
                        ];
                    });
                });
            }""",
            [name, given],
        )
    assert len(found) > 100
    for own, runner_up, changed, is_that_way, value, lowest, highest in found:
        assert changed == runner_up != own
        assert is_that_way
        assert lowest <= value <= highest


def test_a_change_lies_on_the_border(browser, page):
    """One feature, two segments: halfway between them, whatever the transform."""
    with browser.visit(page) as visit:
        for transform, power, border in (
            ("identity", None, 5.0),
            ("log1p", None, np.expm1(5.0)),
            ("signed_log1p", None, np.expm1(5.0)),
            ("yeo_johnson", 0.5, (0.5 * 5.0 + 1) ** 2 - 1),
        ):
            feature = {"name": "x", "transform": transform, "lambda": power, "unit": "ratio"}
            feature |= {"weight": 1, "mean": 0, "standard_deviation": 1, "median": 0}
            feature |= {"lowest": -1000, "highest": 1000}
            segments = [
                {"key": str(centre), "number": centre, "centroid": {"x": centre}}
                for centre in (0, 10)
            ]
            found = visit.page.evaluate(
                """(own) => {
                    const customer = { x: 1 };
                    const result = cardSegments.scoreCustomer(own, customer);
                    const [change] = cardSegments.changesToRunnerUp(own, customer, result);
                    return [result.segment.key, change.value, change.isUp];
                }""",
                {"features": [feature], "segments": segments},
            )
            assert found[0] == "0"
            assert border <= found[1] <= border * 1.01
            assert found[2]


# Whatever the data hold


def test_values_are_shown_and_not_obeyed(browser, changed):
    hostile = HOSTILE.replace("'", "''")
    page = changed(
        *(
            f"update {table} set {column} = '{hostile}' || {column}"
            for table, column in (
                ("segments", "segment_name"),
                ("segments", "description"),
                ("segment_profiles", "metric_label"),
                ("segment_profiles", "unit"),
                ("segment_recommendations", "action"),
                ("segment_recommendations", "evidence"),
                ("segmentations", "reason"),
                ("customer_demographics", "group_label"),
                ("monthly_income_utilisation", "attribute_value"),
                ("credit_score_by_age", "age_group"),
                ("spend_by_demographic", "category"),
                ("tested_claims", "claim"),
                ("input_quality", "description"),
                ("key_customer_segments", "reason"),
            )
        ),
    )
    with browser.visit(page) as visit:
        drawn(visit)
        assert visit.page.locator("h3", has_text=HOSTILE).count() >= 14
        point = visit.page.locator("#segmentation-card_usage .mark-symbol path").nth(5)
        point.scroll_into_view_if_needed()
        point.hover(force=True)
        visit.page.locator("#vg-tooltip-element.visible").wait_for()
        assert HOSTILE in visit.page.locator("#vg-tooltip-element").inner_text()
        form = visit.page.locator("form[data-segmentation='card_usage']")
        form.locator("input").first.fill("0.5")
        form.locator("button").click()
        assert HOSTILE in form.locator(".answer").inner_text()
        assert visit.page.locator("img").count() == 0
        assert visit.page.evaluate("() => window.attacked") is None
        assert_sound(visit)


def everywhere(database, kind, expression, but=()):
    """The statements that write an expression into every column of a type of a published file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where data_type = ? and not internal",
            [kind],
        ).fetchall()
    return [
        f"update {table} set {column} = {expression}"
        for table, column in columns
        if column not in but
    ]


@pytest.mark.parametrize(
    "figure",
    [
        *("'nan'", "'infinity'", "1e300", "null"),
        *(
            pytest.param(figure, marks=(pytest.mark.slow, pytest.mark.exhaustive))
            for figure in ("'-infinity'", "-3.5", "0")
        ),
    ],
)
def test_any_figure_can_be_shown(browser, changed, sample_build, figure):
    database = sample_build.published / "cards.duckdb"
    page = changed(*everywhere(database, "DOUBLE", f"cast({figure} as double)"))
    with browser.visit(page, size=PHONE) as visit:
        drawn(visit)
        assert visit.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
        visible = visit.page.locator("body").inner_text()
        assert not re.search(
            r"\b(nan|inf|infinity|None|undefined)\b", visible.replace("None of", "")
        )
        assert_sound(visit)


# Columns by which the page finds rows; the words of these are the project's own.
KEYS = (
    *("segmentation", "segment_key", "from_segment_key", "to_segment_key", "status", "verdict"),
    *("parameter", "parameter_text", "feature", "metric", "group_type", "attribute"),
    *("dimension_set", "measure", "channel", "handling_estimate", "algorithm", "cause"),
    *("method", "table_name"),
)


@pytest.mark.parametrize(
    "words",
    [
        *(
            pytest.param(words, marks=(pytest.mark.slow, pytest.mark.exhaustive))
            for words in ("''", "repeat('Wörter ohne Ende ', 12)", "repeat('W', 200)")
        ),
        "'مرحبا \\ \" '' ' || chr(9) || chr(10) || chr(13) || chr(8232) || ' {{ 7 * 7 }} <b>'",
        pytest.param("'2024-01-31'", marks=(pytest.mark.slow, pytest.mark.exhaustive)),
    ],
    ids=["empty", "sentences", "one_word", "signs", "date"],
)
def test_any_words_can_be_shown(browser, changed, page, sample_build, words):
    changed_page = changed(
        *everywhere(sample_build.published / "cards.duckdb", "VARCHAR", words, but=KEYS)
    )
    with browser.visit(page) as visit:
        charts = drawn(visit)
    with browser.visit(changed_page, size=PHONE) as visit:
        assert drawn(visit) == charts
        assert visit.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
        assert visit.page.locator("main b").count() == 0
        assert_sound(visit)


@pytest.mark.parametrize(
    "tables",
    [
        *[
            pytest.param((table,), marks=(pytest.mark.slow, pytest.mark.exhaustive))
            for table in (
                *("behaviour_by_segment", "income_utilisation_by_demographic", "input_quality"),
                *("publication_checks", "repayment_behaviour", "segment_parameters"),
                *("segment_profiles", "segment_value", "staffing_plan"),
            )
        ],
        None,
    ],
    ids=lambda tables: tables[0] if tables else "all",
)
def test_tables_without_rows_are_no_reason_to_fail(browser, changed, sample_build, tables):
    if tables is None:
        tables = set(sample_build.query_published("show tables")["name"]) - {"publication"}
    page = changed(*(f"delete from {table}" for table in tables))
    with browser.visit(page) as visit:
        drawn(visit)
        assert_sound(visit)


def test_a_dozen_segments_have_a_colour_each_time(browser, changed):
    more = (
        "insert into {0} by name select {0}.* replace (segment_key || '_' || copy as segment_key, "
    )
    more += (
        "segment_number + 4 * copy as segment_number {1}) from {0}, range(1, 4) as copies(copy) "
    )
    more += "where segmentation = 'card_usage' and segment_key is not null"
    name = ", segment_name || ' ' || copy as segment_name"
    page = changed(
        more.format("segments", name),
        more.format("segment_parameters", ""),
        more.format("segment_profiles", name).replace(
            "segment_number + 4 * copy as segment_number ,", ""
        ),
    )
    with browser.visit(page, size=PHONE) as visit:
        drawn(visit)
        cards = visit.page.locator("#segmentation-card_usage .card")
        assert cards.count() == 16
        colours = cards.evaluate_all("(all) => all.map((a) => getComputedStyle(a).borderTopColor)")
        assert len(set(colours)) == 6
        assert visit.page.locator("form[data-segmentation='card_usage'] option").count() == 17
        assert_sound(visit)


def test_a_larger_bank_breaks_nothing(browser, changed):
    """Six segments in each segmentation, 40 categories, and texts of 300 characters."""
    long_text = "rpad('Words of a bank ', 300, 'that has much to say and Donaudampfschifffahrt ')"
    copied = (
        "insert into {0} by name select {0}.* replace (segment_key || '_' || copy as segment_key"
    )
    copied += "{1}) from {0}, range(1, 3) as copies(copy) where segment_key is not null qualify "
    copied += "dense_rank() over (partition by segmentation order by segment_key, copy) <= 3"
    page = changed(
        copied.format("segments", ", segment_number + 4 * copy as segment_number"),
        copied.format("segment_parameters", ", segment_number + 4 * copy as segment_number"),
        copied.format("segment_profiles", ""),
        copied.format("segment_recommendations", ""),
        "insert into spend_by_demographic by name select spend_by_demographic.* replace ("
        "category || copy as category) from spend_by_demographic, range(6) as copies(copy)",
        f"update segments set segment_name = segment_key || {long_text}, description = {long_text}",
        f"update segment_recommendations set action = {long_text}, what_not_to_do = {long_text}",
        f"update segment_profiles set segment_name = segment_key || {long_text}",
        f"update tested_claims set claim = {long_text}",
    )
    for width in (1280, PHONE[0]):
        with browser.visit(page, size=(width, 900)) as visit:
            assert visit.page.locator(".answers tbody tr").count() >= 24
            outside = visit.page.locator("#headline *, header *").evaluate_all(
                "(all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth"
                " || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX"
                " === 'hidden' && !one.matches('.unseen')).map((one) => one.outerHTML)"
            )
            assert outside == []
            drawn(visit)
            assert visit.page.evaluate("() => document.documentElement.scrollWidth") <= width
            assert visit.accessibility_findings(minor=True) == []
            assert_sound(visit)


def without(*absent):
    """The statements that leave a published file as it is where some inputs are absent."""
    needs = {"spending": {"customers", "spends"}, "relationship": {"card_relationships"}}
    needs |= {"card_usage": {"card_usage"}, "repayment": {"credit_profiles"}}
    gone = [name for name, inputs in needs.items() if inputs & set(absent)]
    listed = ", ".join(f"'{name}'" for name in gone) or "''"
    for table, inputs in published_tables().items():
        if set(inputs) & set(absent):
            yield f"drop table {table}"
            yield (
                "update published_tables set status = 'absent', absent_because = 'no input' "
                f"where table_name = '{table}'"
            )
        elif table.startswith("segment") and not inputs:
            yield f"delete from {table} where segmentation in ({listed})"
        elif table == "input_quality":
            names = ", ".join(f"'{name}'" for name in absent)
            yield f"delete from input_quality where input_name in ({names})"


@pytest.mark.parametrize(
    "absent",
    [
        *[(name,) for name in INPUTS],
        *[
            pytest.param(
                tuple(set(INPUTS) - {name}), marks=(pytest.mark.slow, pytest.mark.exhaustive)
            )
            for name in INPUTS
        ],
        tuple(set(INPUTS) - {"customers", "spends"}),
    ],
    ids=lambda absent: "without_" + "_".join(sorted(absent)),
)
def test_absent_inputs_leave_their_sections_out(browser, changed, absent):
    page = changed(*without(*absent))
    with browser.visit(page) as visit:
        drawn(visit)
        sections = visit.page.locator("main > section").evaluate_all("(a) => a.map((b) => b.id)")
        assert ("service" in sections) == ("card_relationships" not in absent)
        assert ("credit" in sections) == ("credit_profiles" not in absent)
        assert ("spending" in sections) == (not {"customers", "spends"} & set(absent))
        assert ("behaviour" in sections) == ("card_usage" not in absent)
        assert_sound(visit)


def test_a_segmentation_that_is_not_published_says_why(browser, changed):
    page = changed(
        *(
            f"delete from {table} where segmentation = 'card_usage'"
            for table in ("segments", "segment_members", "segment_profiles", "segment_parameters")
        ),
        "update segmentations set status = 'not_published', verdict = null, reason = 'No candidate "
        "is stable enough.' where segmentation = 'card_usage'",
    )
    with browser.visit(page) as visit:
        drawn(visit)
        section = visit.page.locator("#segmentation-card_usage").inner_text()
        assert "not published" in section
        told = visit.page.locator("#headline").inner_text()
        assert "There are no segments of card usage: no candidate passed the checks." in told
        assert "No candidate is stable enough." in section
        assert visit.page.locator("form[data-segmentation='card_usage']").count() == 0
        assert_sound(visit)


def test_the_page_of_a_million_customers_stays_small(changed, page):
    """More customers, cities and map points than fit do not make the page longer than it may be."""
    copied = "insert into {0} by name select {0}.* replace ({1} || ' ' || copy as {1}) "
    copied += "from {0}, range({2}) as copies(copy) where {3}"
    large = changed(
        copied.format("segment_members", "customer_id", 220, "true"),
        copied.format("segment_map", "customer_id", 40, "true"),
        copied.format("customer_demographics", "group_label", 300, "attribute_count <= 2"),
        copied.format("spend_by_demographic", "attribute_value", 300, "attribute = 'city'"),
        copied.format("monthly_income_utilisation", "attribute_value", 300, "attribute = 'city'"),
        copied.format("credit_score_by_occupation", "occupation", 300, "true"),
        copied.format("repayment_behaviour", "group_key", 300, "group_type = 'occupation'"),
        copied.format("card_feature_recommendations", "group_key", 300, "group_type = 'city'"),
    )
    with duckdb.connect(str(large.with_name("cards.duckdb")), read_only=True) as connection:
        members = connection.sql("select count(*) from segment_members").fetchone()[0]
    assert members > 900_000
    assert page.stat().st_size < 3_000_000
    assert large.stat().st_size < 5_000_000


# By hand


def test_written_by_hand_it_is_the_same(page, sample_build, tmp_path, capsys):
    output = tmp_path / "mine.html"
    arguments = ["--vars", f"{{published_dir: '{sample_build.published}'}}"]
    assert main([*arguments, "--output", str(output)]) == 0
    assert output.read_bytes() == page.read_bytes()
    assert str(output) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--published", "nowhere.duckdb"], "There is no published file nowhere.duckdb."),
        (["--vars", "{published_dir"], "VARS is not a YAML mapping"),
        (["--published", "{not_a_database}"], "cannot be read as a publication"),
        (["--published", "{empty_database}"], "cannot be read as a publication"),
        (["--published", "{good}", "--output", "{nowhere}/report.html"], "could not be written"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    sample_build, tmp_path, capsys, arguments, sentence
):
    not_a_database, empty_database = tmp_path / "words.duckdb", tmp_path / "empty.duckdb"
    not_a_database.write_text("words")
    duckdb.connect(str(empty_database)).close()
    places = {
        "not_a_database": not_a_database,
        "empty_database": empty_database,
        "good": sample_build.published / "cards.duckdb",
        "nowhere": tmp_path / "nowhere",
    }
    if "--vars" not in arguments:
        arguments = [argument.format(**places) for argument in arguments]
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err
