"""The seed of card benefits, edited as people edit it."""

import pytest
from workspaces import PROJECT, Workspace, copy_project, rewrite

BUILT = ("seed", "--select", "customers", "spends", "card_benefits")
HEADER = (PROJECT / "seeds/reference/card_benefits.csv").read_text().splitlines()[0].split(",")


@pytest.fixture
def changed(tmp_path):
    """A copy of the project in which one benefit has another value in one column."""

    def change(key, column, value):
        project = copy_project(tmp_path / "project")

        def replace(rows):
            changed_rows = [row for row in rows if row[0] == key]
            assert len(changed_rows) == 1
            changed_rows[0][HEADER.index(column)] = value
            return rows

        rewrite(project / "seeds/reference/card_benefits.csv", replace)
        return Workspace(tmp_path / "run", project)

    return change


def test_an_unknown_basis_stops_with_the_rule(changed):
    run = changed("bill_cashback", "basis", "catgory").dbt(*BUILT)
    assert not run.succeeded
    for word in ("bill_cashback", "card_benefits.csv", "catgory", "'category'"):
        assert word in run.text


def test_a_changed_rate_changes_the_recommendation(changed, sample_build):
    """Twenty times the reward is worth twenty times as much, and comes first."""
    statement = """
        select * from marts.card_feature_recommendations where group_type = 'all'
    """
    before = sample_build.query(statement).set_index("benefit_key")
    assert before.loc["bill_cashback", "benefit_rank"] > 1

    workspace = changed("bill_cashback", "reward_rate_base", "0.2")
    workspace.folder.mkdir()
    workspace.warehouse.write_bytes(sample_build.warehouse.read_bytes())
    run = workspace.dbt("seed", "--select", "card_benefits")
    assert run.succeeded, run.output
    run = workspace.dbt("run", "--select", "card_feature_recommendations")
    assert run.succeeded, run.output
    after = workspace.query(statement).set_index("benefit_key")
    ratio = after["customer_benefit_base_amount"] / before["customer_benefit_base_amount"]
    assert ratio["bill_cashback"] == pytest.approx(20)
    assert ratio.drop("bill_cashback").dropna().eq(1).all()
    assert after.loc["bill_cashback", "benefit_rank"] == 1
    assert after.loc["bill_cashback", "is_recommended"]
