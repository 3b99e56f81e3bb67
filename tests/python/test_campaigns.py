"""Campaign lists: who is on them, who is not and why, and what is kept of them."""

import re
import shutil
import stat
from datetime import UTC, datetime, timedelta

import duckdb
import pandas as pd
import pytest
from workspaces import PROJECT, copy_without_keys

from card_segments.campaigns import CampaignError, Request, lists, write_campaign
from card_segments.cli import campaign as command

SIGNS = PROJECT / "seeds" / "reference" / "segment_vulnerability_signs.csv"
TODAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# An offer whose customers' income is known, one that two segments get, and help.
OFFER = ("spending_1", "reward_card_payers")
HELP = ("card_usage_4", "vulnerable_contact")


@pytest.fixture(scope="module")
def sample(sample_build, tmp_path_factory):
    """The published file of the sample, which tests copy before they change it."""
    file = tmp_path_factory.mktemp("campaigns") / "cards.duckdb"
    copy_without_keys(sample_build.published / "cards.duckdb", file)
    return file


@pytest.fixture
def published(sample, tmp_path):
    """The same with changes, made by SQL."""

    def change(*statements):
        file = tmp_path / "cards.duckdb"
        shutil.copyfile(sample, file)
        with duckdb.connect(str(file)) as connection:
            for statement in statements:
                connection.execute(statement)
        return file

    return change


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "campaigns"


def draw(file, folder, segment, action, days_later=0, **settings):
    now = TODAY + timedelta(days=days_later)
    return write_campaign(file, folder, SIGNS, Request(segment, action, **settings), now)


def read(campaign, name):
    file = pd.read_csv(campaign.folder / f"{name}.csv", dtype={"customer_id": str})
    return file.set_index("customer_id")


def groups(campaign):
    return set(read(campaign, "contact").index), set(read(campaign, "control").index)


def members_of(file, segment):
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            "select * from segment_members join customer_segments using (customer_id) "
            "join segment_drivers using (segmentation, customer_id) "
            "where segment_members.segment_key = $1",
            [segment],
        ).df()


def test_a_list_holds_those_whom_the_rules_allow(sample, folder):
    campaign = draw(sample, folder, *OFFER, note="spring")
    contact, control = read(campaign, "contact"), read(campaign, "control")
    members = members_of(sample, OFFER[0]).set_index("customer_id")
    # spends most of the income, as the sign income_spent has it
    vulnerable = members["income_utilisation_pct"] >= 60
    near_border = ~vulnerable & (members["margin"] < 0.05)
    assert vulnerable.sum() > 10 and near_border.sum() > 0
    assert set(contact.index) | set(control.index) == set(members.index[~vulnerable & ~near_border])
    assert not set(contact.index) & set(control.index)
    record = campaign.record
    assert (record["members"], record["contact_customers"]) == (len(members), len(contact))
    assert record["control_customers"] == len(control)
    assert record["vulnerable_customers"] == vulnerable.sum()
    assert record["near_border_customers"] == near_border.sum()
    assert sum(record[f"{name}_customers"] for name in lists.EXCLUSIONS) == (
        len(members) - len(contact) - len(control)
    )
    both = pd.concat([contact, control])
    assert (both["reason"] == members.loc[both.index, "reason"]).all()
    assert both["margin"].to_numpy() == pytest.approx(members.loc[both.index, "margin"], abs=6e-5)
    assert set(both["listed_on"]) == {"2026-03-02"}


CUSTOMER = "SAMPLE00001"
SAID = "insert into segment_member_attributes values ('spending', '{}', '{}', '{}')"


@pytest.mark.parametrize(
    ("exclusion", "statements"),
    [
        ("opted_out", [SAID.format(CUSTOMER, "opted_out", "Yes")]),
        ("opted_out", [SAID.format(CUSTOMER, "opted_out", "see letter")]),
        (None, [SAID.format(CUSTOMER, "opted_out", "No")]),
        (None, [SAID.format(CUSTOMER, "branch_code", "yes")]),
        ("recently_contacted", [SAID.format(CUSTOMER, "last_contacted", "2026-02-01")]),
        (None, [SAID.format(CUSTOMER, "last_contacted", "2026-01-31")]),
        ("recently_contacted", [SAID.format(CUSTOMER, "last_contacted", "last week")]),
        ("near_border", ["update segment_members set margin = 0.0499 where {one}"]),
        (None, ["update segment_members set margin = 0.05 where {one}"]),
        ("near_border", ["update segment_members set margin = null where {one}"]),
        ("vulnerable", ["update customer_segments set income_utilisation_pct = 60 where {one}"]),
        (None, ["update customer_segments set income_utilisation_pct = 59.9 where {one}"]),
        ("vulnerable", ["update customer_segments set is_vulnerable = true where {one}"]),
        (
            "perhaps_vulnerable",
            ["update customer_segments set card_usage_segment_key = 'card_usage_1' where {one}"],
        ),
        ("vulnerable", ["update customer_segments set minimum_payment_answer = 'Yes' where {one}"]),
        ("vulnerable", ["update customer_segments set payment_delay_days = 30.5 where {one}"]),
        (None, ["update customer_segments set payment_delay_days = 30 where {one}"]),
    ],
)
def test_each_rule_leaves_out_whom_it_is_about(published, folder, exclusion, statements):
    before = draw(published(), folder / "before", *OFFER)
    assert CUSTOMER in groups(before)[0]
    one = f"customer_id = '{CUSTOMER}'"
    file = published(*(statement.replace("{one}", one) for statement in statements))
    after = draw(file, folder / "after", *OFFER)
    counts = {name: before.record[f"{name}_customers"] for name in lists.EXCLUSIONS}
    if exclusion:
        counts[exclusion] += 1
    assert {name: after.record[f"{name}_customers"] for name in lists.EXCLUSIONS} == counts
    assert groups(after) == (
        groups(before)[0] - ({CUSTOMER} if exclusion else set()),
        groups(before)[1],
    )


@pytest.mark.parametrize(
    ("population", "segment", "is_left_out"),
    [
        ("card_usage + spending", "card_usage_4", True),
        ("card_usage + spending", "relationship_1", False),
        # the same identifier is somebody else there
        ("spending", "card_usage_4", False),
    ],
)
def test_who_is_held_back_in_another_segment_gets_no_offer(
    published, folder, population, segment, is_left_out
):
    file = published(
        "update segment_recommendations set is_offer_allowed = segment_key <> 'card_usage_4'",
        f"update customer_segments set population = '{population}' "
        f"where customer_id = '{CUSTOMER}'",
        "insert into segment_members by name select 'card_usage' as segmentation, "
        f"'{CUSTOMER}' as customer_id, '{segment}' as segment_key, 'x' as segment_name, "
        "0.1 as distance, 0.5 as margin",
    )
    campaign = draw(file, folder, *OFFER)
    assert campaign.record["held_back_elsewhere_customers"] == is_left_out
    assert (CUSTOMER in groups(campaign)[0]) is not is_left_out


def test_help_is_kept_from_nobody_but_who_opted_out(published, folder, sample):
    ids = sorted(members_of(sample, HELP[0])["customer_id"])
    file = published(
        f"insert into segment_member_attributes values ('card_usage', '{ids[0]}', 'out', 'true')"
    )
    first = draw(file, folder, "card_usage_4", "cash_advance_education", opted_out_column="out")
    assert first.is_opt_out_known and first.record["control_share"] == 0
    # others are near a border, vulnerable, and on the list before
    campaign = draw(file, folder, *HELP, opted_out_column="out", control_share=0.5)
    assert groups(campaign) == (set(ids[1:]), set())
    assert campaign.record["opted_out_customers"] == 1


def test_vulnerable_cardholders_get_no_offer(published, folder):
    """The segment itself may be sold more; some of its cardholders may not."""
    action = ("card_usage_3", "ask_why_card_rests")
    file = published("update segment_recommendations set stage = 'grow' where is_upsell = false")
    members = members_of(file, action[0])
    campaign = draw(file, folder, *action)
    vulnerable = members["is_vulnerable"]
    assert campaign.record["vulnerable_customers"] == (vulnerable == True).sum() > 0  # noqa: E712
    assert campaign.record["perhaps_vulnerable_customers"] == vulnerable.isna().sum()
    # what is not sold may be done for them
    repaired = draw(published(), folder / "repair", *action)
    assert repaired.record["vulnerable_customers"] == 0
    assert len(set.union(*groups(repaired))) > len(set.union(*groups(campaign)))


def test_the_control_group_is_kept(published, folder, sample):
    """Sha-256 of salt, action and customer: in every later list, whatever the segment."""
    share = 0.25
    first = draw(sample, folder, "spending_2", "show_card_benefit", control_share=share)
    other = draw(sample, folder, "spending_3", "show_card_benefit")
    contact, control = (one | two for one, two in zip(groups(first), groups(other), strict=True))
    everyone = len(contact | control)
    # five standard deviations of a draw
    assert len(control) / everyone == pytest.approx(share, abs=5 * (share * 0.75 / everyone) ** 0.5)
    # the two segments change places, and a year has passed
    file = published(
        "update segment_members set segment_key = case segment_key when 'spending_2' then "
        "'spending_3' when 'spending_3' then 'spending_2' else segment_key end"
    )
    for segment in ("spending_2", "spending_3"):
        later = draw(file, folder, segment, "show_card_benefit", days_later=365)
        assert later.record["control_share"] == share
        again = groups(later)
        assert again[0] <= contact and again[1] <= control
    # another action draws others
    another = draw(sample, folder, "spending_2", "card_for_debit_payers", 400, control_share=share)
    assert groups(another)[1] != groups(first)[1]


@pytest.mark.parametrize("setting", [{"control_share": 0.2}, {"salt": "other"}])
def test_how_a_control_group_is_drawn_stays(sample, folder, setting):
    draw(sample, folder, "spending_2", "show_card_benefit", salt="mine")
    with pytest.raises(CampaignError, match="drawn with CONTROL=0.1 SALT=mine .* leave both"):
        draw(sample, folder, "spending_3", "show_card_benefit", **setting)
    draw(sample, folder, "spending_3", "show_card_benefit", salt="mine", control_share=0.1)


def test_nobody_is_on_two_lists_within_the_days(sample, folder):
    first = draw(sample, folder, "spending_3", "cashback_everyday_purchases")
    contact, control = groups(first)
    after = draw(sample, folder, "spending_3", "upi_on_credit", days_later=29, control_share=0)
    # who was kept to compare with was not spoken to
    assert set.union(*groups(after)) == control
    assert after.record["recently_contacted_customers"] == len(contact)
    late = draw(sample, folder, "spending_3", "upi_on_credit", days_later=30, contact_days=30)
    assert groups(late)[0] == contact
    # the same action within the days: nobody is left, the control group neither
    with pytest.raises(CampaignError, match=r"Nobody of the \d+ customers .* so no list was made"):
        draw(sample, folder, "spending_3", "cashback_everyday_purchases", 31, contact_days=40)
    again = draw(sample, folder, "spending_3", "cashback_everyday_purchases", 31, contact_days=0)
    assert groups(again) == groups(first)


def test_the_same_identifier_of_another_population_was_not_contacted(sample, folder):
    first = draw(sample, folder, *OFFER)
    for name in ("contact", "control"):
        file = first.folder / f"{name}.csv"
        file.write_text(file.read_text().replace(",spending,2026", ",card_usage,2026"))
    assert groups(draw(sample, folder, OFFER[0], "occupation_offers", 1))[0]
    file.write_text(file.read_text().replace(",card_usage,2026", ",repayment + spending,2026"))
    counted = draw(sample, folder, *OFFER, days_later=2)
    assert counted.record["recently_contacted_customers"] >= len(groups(first)[1])


@pytest.mark.parametrize(
    ("segment", "action", "settings", "sentence"),
    [
        ("spending_9", "x", {}, r"no segment 'spending_9': did you mean 'spending_\d'\? .*_1, "),
        ("", "", {}, "There is no segment ''. The published segments are card_usage_1, "),
        (
            "spending_1",
            "reward_card_payer",
            {},
            "not recommended for spending_1: did you mean 'reward_card_payers'.*: budget_view, ",
        ),
        ("spending_4", "reward_card_payers", {}, "not recommended for spending_4"),
        (*OFFER, {"control_share": 0.95}, "has to be from 0 to 0.9"),
        (*OFFER, {"control_share": float("nan")}, "has to be from 0 to 0.9"),
        (*OFFER, {"border_margin": 2}, "The margin is 2"),
        (*OFFER, {"contact_days": -1}, "number of days is -1"),
        (*OFFER, {"opted_out_column": "no_mail"}, r"no published column 'no_mail' \(OPTED_OUT\)"),
        (*OFFER, {"border_margin": 1}, "Nobody of the .* near the border to another segment"),
    ],
)
def test_what_may_not_be_listed_is_said(sample, folder, segment, action, settings, sentence):
    with pytest.raises(CampaignError, match=sentence):
        draw(sample, folder, segment, action, **settings)
    assert not list(folder.glob("[!.]*"))


def test_no_list_is_overwritten_and_a_failure_leaves_none(sample, folder, monkeypatch):
    campaign = draw(sample, folder, *OFFER)
    before = (campaign.folder / "contact.csv").read_bytes()
    with pytest.raises(CampaignError, match="made today already"):
        draw(sample, folder, *OFFER, contact_days=0)
    assert (campaign.folder / "contact.csv").read_bytes() == before

    def fail(path):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(lists, "complete", fail)
        with pytest.raises(CampaignError, match="could not be written .*: No space left"):
            draw(sample, folder, *OFFER, days_later=40)
    # what a kill leaves is taken away by the next
    (folder / ".next").mkdir()
    (folder / ".next" / "campaign.csv").write_text("half")
    draw(sample, folder, *OFFER, days_later=40)
    assert sorted(path.name for path in folder.glob("[!.]*")) == [
        "2026-03-02_spending_1_reward_card_payers",
        "2026-04-11_spending_1_reward_card_payers",
    ]
    assert not (folder / ".next").exists()


def test_a_folder_that_cannot_be_and_a_file_that_is_not_there(sample, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CampaignError, match="could not be written to .*name another one"):
        draw(sample, tmp_path / "file" / "campaigns", *OFFER)
    with pytest.raises(CampaignError, match="Nothing is published in .*run make build"):
        draw(tmp_path / "none.duckdb", tmp_path / "campaigns", *OFFER)
    (tmp_path / "other.duckdb").write_text("no database")
    with pytest.raises(CampaignError, match="No list was made from .*make rebuild"):
        draw(tmp_path / "other.duckdb", tmp_path / "campaigns", *OFFER)


def test_only_the_group_reads_the_lists(sample, folder):
    campaign = draw(sample, folder, *OFFER)
    for path in (folder, campaign.folder, *campaign.folder.iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o007


def test_the_command_lists_and_the_page_reads_the_record(sample, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(PROJECT)
    shutil.copyfile(sample, tmp_path / "cards.duckdb")
    variables = f"{{published_dir: {tmp_path}}}"
    asked = ["--vars", variables, "--segment", OFFER[0]]
    assert command.main([*asked, "--action", OFFER[1], "--note", "Spring, as agreed"]) == 0
    printed = capsys.readouterr().out
    assert "to contact" in printed and "vulnerable" in printed and "What not to do" in printed
    assert "No published column says who opted out" in printed
    assert command.main([*asked, "--action", "other"]) == 1
    assert capsys.readouterr().err.count("\n") == 1

    page = (PROJECT / "docs" / "campaigns.md").read_text(encoding="utf-8")
    effect, records = re.findall(r"^```sql\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "published").symlink_to(tmp_path)
    with duckdb.connect(str(tmp_path / "cards.duckdb"), read_only=True) as connection:
        (row,) = connection.execute(records).df().to_dict("records")
        assert row["note"] == "Spring, as agreed" and row["recommendation_key"] == OFFER[1]
        assert row["control_share"] == 0.1 and row["contact_customers"] > 100
        compared = connection.execute(effect).df()
    assert list(compared["list_group"]) == ["contact", "control"]
    assert compared["customers"].sum() == row["contact_customers"] + row["control_customers"]
    assert not [column for column in row if f"`{column}`" not in page]
