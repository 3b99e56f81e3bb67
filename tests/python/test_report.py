"""The report page says what the tables say, to everyone, and asks nothing of the network."""

import json
import re
import shutil

import duckdb
import numpy as np
import pandas as pd
import pytest
from browser import PHONE
from workspaces import INPUTS, published_tables

from report import write_report
from report.__main__ import main

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
        shutil.copy(sample_build.published / "cards.duckdb", database)
        with duckdb.connect(str(database)) as connection:
            for statement in statements:
                connection.execute(statement)
        return write_report(database, tmp_path / "report.html")

    return write


def drawn(visit):
    """Wait for the charts; return how many there are."""
    return visit.page.evaluate("() => cardSegments.ready.then((charts) => charts.length)")


def dead_links(visit):
    return visit.page.evaluate(
        "() => Array.from(document.querySelectorAll('a'), (link) => link.getAttribute('href'))"
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
            *("spending", "card-features", "service", "behaviour", "credit", "claims"),
            *("quality", "score", "reading"),
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
    staff = sample_build.query_published(
        "select sum(pooled_staff) as staff from staffing_plan "
        "where group_type = 'all' and handling_estimate = 'base'"
    )["staff"][0]
    with browser.visit(page) as visit:
        headline = visit.page.locator("#headline").inner_text()
        assert f"{everyone.income_utilisation_ratio_of_means_pct:.1f} %" in headline
        assert f"{everyone.income_utilisation_mean_of_ratios_pct:.1f} %" in headline
        assert re.search(rf"\b{staff:.0f}\s+full-time staff", headline)
        by_city = visit.page.locator("#spending [data-choice='City'] table").first
        for city in cities.itertuples():
            row = by_city.locator("tr", has_text=city.attribute_value).first.text_content()
            assert f"{city.income_utilisation_ratio_of_means_pct:.1f} %" in row
        tested = visit.page.locator("#claims").inner_text()
        for claim in claims.itertuples():
            assert claim.claim in tested
            assert claim.reason in tested


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


# To whom it says it


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"size": PHONE}], ids=str)
def test_nobody_is_kept_out(browser, page, how):
    with browser.visit(page, **how) as visit:
        drawn(visit)
        # what is folded away is looked at, too
        visit.page.evaluate(
            "() => document.querySelectorAll('details').forEach((one) => (one.open = true))"
        )
        assert visit.accessibility_findings() == []
        width = visit.page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= visit.page.viewport_size["width"]
        assert_sound(visit)


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
        regions = visit.page.locator(".scroll")
        assert regions.count() > 10
        assert all(name for name in regions.evaluate_all("(a) => a.map((one) => one.ariaLabel)"))


def test_text_is_there_without_javascript(browser, page, sample_build):
    names = sample_build.query_published("select segment_name from segments")["segment_name"]
    with browser.visit(page, javascript=False) as visit:
        text = visit.page.locator("main").inner_text()
        assert "The form needs JavaScript." in text
        assert all(name in text for name in names)
        assert visit.page.locator("#spending [data-choice='City']").first.is_visible()


def test_paper_shows_what_choosers_set_aside(browser, page):
    with browser.visit(page, print_out=True) as visit:
        drawn(visit)
        visit.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        choices = visit.page.locator("main > section:not(#score) [data-choice]")
        assert choices.count() > 20
        assert all(one.is_visible() for one in choices.all())
        assert not visit.page.locator(".contents").is_visible()
        assert visit.page.locator("details:not([open])").count() == 0


# The form


@pytest.fixture(scope="module")
def scored_in_sql(sample_build):
    """A thousand customers a segmentation, as the macro for any relation scores them.

    Real ones, moved about at random, some without a value here and there, some far outside.
    """
    with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
        customers = {name: customers_like_those_of(connection, name) for name in SEGMENTATIONS}
    template = "{% for name in " + repr(list(SEGMENTATIONS)) + " %}"
    template += "{{ score_customers_sql('new_' ~ name, ref('segment_parameters'), name) }};"
    template += "{% endfor %}"
    run = sample_build.dbt("compile", "--quiet", "--inline", template, "--output", "json")
    assert run.succeeded, run.output
    compiled = json.loads(run.output[run.output.index("{") :])["compiled"]
    scored = {}
    with duckdb.connect(str(sample_build.warehouse), read_only=True) as connection:
        for name, statement in zip(SEGMENTATIONS, compiled.split(";"), strict=False):
            connection.register("frame", customers[name])
            connection.execute(f"create temp table new_{name} as select * from frame")
            scored[name] = connection.sql(statement).df().set_index("customer_id").sort_index()
    return customers, scored


def customers_like_those_of(connection, name):
    features = connection.sql(
        f"select distinct feature from published.segment_parameters where segmentation = '{name}' "
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
        assert answer.locator("h4").first.inner_text() == segment.segment_name
        text = answer.inner_text()
        assert "Margin" in text
        assert "Next segment:" in text
        assert "Left empty" not in text
        for action in actions.itertuples():
            assert action.action in text
            assert action.what_not_to_do in text

        form.locator("input").first.fill("")
        form.locator("input").first.press("Enter")
        assert "Left empty" in answer.inner_text()
        assert_sound(visit)


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
                ("customer_demographics", "attribute_values"),
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
        form.locator("button").click()
        assert HOSTILE in form.locator(".answer").inner_text()
        assert visit.page.locator("img").count() == 0
        assert visit.page.evaluate("() => window.attacked") is None
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
        *[tuple(set(INPUTS) - {name}) for name in INPUTS],
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
        copied.format("customer_demographics", "attribute_values", 300, "attribute_count <= 2"),
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
