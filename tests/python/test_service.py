"""Contacts, staff and card tiers, checked by other means than the models use."""

import math
import shutil

import numpy as np
import pytest
from workspaces import PROJECT, Workspace, copy_project, rewrite

RELATIONSHIPS_ONLY = ["card_relationships"]


def erlang_c(load, agents):
    """The chance to wait, by the textbook's sum of Poisson probabilities in logarithms."""
    served = np.arange(agents)
    logarithms = served * math.log(load) - np.array([math.lgamma(one + 1) for one in served])
    everyone_busy = (
        agents * math.log(load) - math.lgamma(agents + 1) + math.log(agents / (agents - load))
    )
    return math.exp(everyone_busy - np.logaddexp.reduce([*logarithms, everyone_busy]))


@pytest.fixture(scope="module")
def large_book(sample_build, tmp_path_factory):
    """The staffing plan of the sample for a book of four million customers."""
    workspace = Workspace(tmp_path_factory.mktemp("large_book"))
    shutil.copy(sample_build.warehouse, workspace.warehouse)
    run = workspace.dbt(
        "run",
        "--select",
        "int_contacts_by_group",
        "int_queue_agents_tried",
        "staffing_plan",
        staffing_customers=4_000_000,
    )
    assert run.succeeded, run.output
    return workspace


def test_waiting_agrees_with_the_textbook_for_hundreds_of_agents(large_book):
    tried = large_book.query("select * from intermediate.int_queue_agents_tried")
    assert tried["load_erlangs"].max() > 500
    able = tried[(tried["agents"] > tried["load_erlangs"]) & (tried["load_erlangs"] > 0)]
    expected = [erlang_c(row.load_erlangs, row.agents) for row in able.itertuples()]
    np.testing.assert_allclose(able["waiting_probability"], expected, rtol=1e-9)
    unable = tried[tried["agents"] < tried["load_erlangs"]]
    assert (unable["waiting_probability"] == 1).all()
    assert (unable["service_level_share"] == 0).all()


def test_every_further_agent_shortens_the_queue(large_book):
    tried = large_book.query(
        """
        select * from intermediate.int_queue_agents_tried
        where agents > load_erlangs order by agents
        """
    )
    keys = ["group_type", "group_key", "channel", "handling_estimate", "hour_kind"]
    for _, queue in tried.groupby(keys):
        assert queue["waiting_probability"].is_monotonic_decreasing
        assert queue["average_answer_seconds"].is_monotonic_decreasing
        assert queue["service_level_share"].is_monotonic_increasing


def test_a_larger_team_is_busier(sample_build, large_book):
    def occupancy(workspace):
        return workspace.query(
            """
            select busy_hour_occupancy_share from marts.staffing_plan
            where group_type = 'all' and channel = 'calls' and handling_estimate = 'base'
            """
        ).iat[0, 0]

    assert occupancy(sample_build) < occupancy(large_book) <= 0.88


@pytest.mark.parametrize(
    ("seed", "column", "word", "known"),
    [
        ("service_channels", 1, "call", "calls"),
        ("card_tiers", 2, "credit_limits", "credit_limit"),
        ("card_tier_conditions", 1, "credit_limit_indx_100", "credit_limit_index_100"),
        ("card_tier_conditions", 2, "> =", ">="),
    ],
)
def test_an_unknown_word_stops_the_build(tmp_path, seed, column, word, known):
    project = copy_project(tmp_path / "project")

    def misspell(rows):
        rows[0][column] = word
        return rows

    path = project / "seeds" / "reference" / f"{seed}.csv"
    rewrite(path, misspell)
    workspace = Workspace(tmp_path, project)
    run = workspace.dbt("seed", "--select", seed, enabled_inputs=RELATIONSHIPS_ONLY)
    assert not run.succeeded
    key = path.read_text().splitlines()[1].split(",")[0]
    assert f"The rule '{key}' in seeds/reference/{seed}.csv has '{word}'" in run.text
    assert f"Did you mean '{known}'?" in run.text


@pytest.mark.parametrize(
    ("variable", "value"), [("contact_period_months", 0), ("staffing_customers", "many")]
)
def test_a_wrong_setting_is_named(workspace, variable, value):
    run = workspace.dbt("seed", "--select", "card_tiers", **{variable: value})
    assert not run.succeeded
    assert f"The variable {variable} is '{value}'" in run.text


def test_tiers_are_in_the_seeds_order():
    rows = (PROJECT / "seeds" / "reference" / "card_tiers.csv").read_text().splitlines()[1:]
    assert [int(row.split(",")[3]) for row in rows] == list(range(1, len(rows) + 1))
