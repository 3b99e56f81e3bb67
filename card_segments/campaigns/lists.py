"""Draw the list of a segment and an action from the published file, and keep a record of it."""

from __future__ import annotations

import csv
import difflib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from card_segments.inputs.find import path_literal
from card_segments.publishing.folder import (
    PublishingError,
    complete,
    flush,
    hide_from_others,
    locked,
    reason,
    take_group,
    user_name,
)
from card_segments.publishing.publish import quoted

FOLDER_NAME = "campaigns"
CONTACT_NAME = "contact.csv"
CONTROL_NAME = "control.csv"
# The row of `campaigns`: they are read together, as the one table they are.
RECORD_NAME = "campaign.csv"
NEXT_NAME = ".next"

CANDIDATES = (Path(__file__).parent / "candidates.sql").read_text(encoding="utf-8")
LIST_COLUMNS = (
    "customer_id",
    "segment_key",
    "segment_name",
    "recommendation_key",
    "reason",
    "margin",
    "population",
    "listed_on",
)
# In the order in which candidates.sql looks for them, with the words of the summary.
EXCLUSIONS = {
    "opted_out": "opted out",
    "vulnerable": "vulnerable",
    "perhaps_vulnerable": "perhaps vulnerable, for a figure is missing",
    "held_back_elsewhere": "in another segment that may not be offered more",
    "near_border": "near the border to another segment",
    "recently_contacted": "on a list or contacted in the last days",
}
CONTROL_SHARE = 0.1
SALT = "card_segments"
# A share of the control group that leaves nobody to speak to is a mistake.
LARGEST_CONTROL_SHARE = 0.9


class CampaignError(RuntimeError):
    """No list was written; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    segment_key, action : str
        A published segment, and the `recommendation_key` of one of its recommendations.
    note : str
        Why, in the words of who asks.
    control_share : float, optional
        Share of those who may be spoken to that is kept without the action, 0 to 0.9. Without it,
        and for the salt, what the action's first list had, or 0.1.
    salt : str, optional
        What the hash that draws the control group begins with.
    border_margin : float
        Customers with a smaller margin are left out.
    contact_days : int
        Who was contacted in so many days, today included, is left out; 0 leaves out nobody.
    opted_out_column, contacted_column : str
        The columns of `pass_through` that say who opted out, and the date of the last contact.
    late_payment_days : float
        From so many days on a payment is late.
    """

    segment_key: str
    action: str
    note: str = ""
    control_share: float | None = None
    salt: str | None = None
    border_margin: float = 0.05
    contact_days: int = 30
    opted_out_column: str = "opted_out"
    contacted_column: str = "last_contacted"
    late_payment_days: float = 30


@dataclass(frozen=True)
class Campaign:
    """What was written: the folder of the list, its row of `campaigns`, and what is not known."""

    folder: Path
    record: dict[str, object]
    is_opt_out_known: bool


def write_campaign(
    published: Path,
    folder: Path,
    signs: Path,
    request: Request,
    now: datetime | None = None,
) -> Campaign:
    """Write the list of a segment and an action.

    Everything of a list is in a folder of its own, which one rename puts in its place, so that no
    list is without its row, and none is overwritten.

    Parameters
    ----------
    published : Path
        The published file with rows by customer, `cards.duckdb`.
    folder : Path
        Where the lists are; made if it does not exist.
    signs : Path
        The rules of vulnerability, `segment_vulnerability_signs.csv`.
    request : Request
    now : datetime, optional
        When the list is of; the present without it.

    Raises
    ------
    CampaignError
        When the list may not or cannot be written; nothing was changed.
    """
    _check(request)
    now = now or datetime.now(UTC)
    if not published.is_file():
        raise CampaignError(
            f"Nothing is published in {published}, so there is nobody to list: run make build."
        )
    hide_from_others()
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            take_group(folder)
        with (
            locked(folder, "writing a campaign list"),
            # tables of the session are in memory
            duckdb.connect(str(published), read_only=True) as connection,
        ):
            return _write(connection, folder, signs, request, now)
    except PublishingError as error:
        raise CampaignError(str(error)) from error
    except OSError as error:
        raise CampaignError(
            f"The list could not be written to {folder}: {reason(error)}. Check that the folder "
            "can be made, is writable and has room, or name another one that only those can read "
            "who may see customers: make campaign CAMPAIGNS=/srv/campaigns ..."
        ) from error
    except duckdb.Error as error:
        raise CampaignError(
            f"No list was made from {published}: {reason(error)}. If it was published by another "
            f"release, run make rebuild; if a file in {folder} is damaged, move its folder away."
        ) from error


def _check(request: Request) -> None:
    share = request.control_share
    if share is not None and not 0 <= share <= LARGEST_CONTROL_SHARE:
        raise CampaignError(
            f"The share of the control group is {share:g}, but has to be from 0 to "
            f"{LARGEST_CONTROL_SHARE}, such as CONTROL=0.1."
        )
    if not 0 <= request.border_margin <= 1:
        raise CampaignError(
            f"The margin is {request.border_margin:g}, but has to be from 0 (nobody is left out) "
            "to 1, such as BORDER=0.05."
        )
    if request.contact_days < 0:
        raise CampaignError(
            f"The number of days is {request.contact_days}, but cannot be below 0: DAYS=30 leaves "
            "out who was contacted in the last 30 days."
        )


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    signs: Path,
    request: Request,
    now: datetime,
) -> Campaign:
    advice = _advice(connection, request)
    records = _records(folder)
    share, salt = _draw_of(records, request)
    name = re.sub(r"[^\w-]", "_", f"{now:%Y-%m-%d}_{request.segment_key}_{request.action}")
    place = folder / name
    if place.exists():
        raise CampaignError(
            f"This list was made today already, in {place}, and no list is overwritten: use it, or "
            "delete its folder if it was not sent, and with it its row in campaigns."
        )
    _read_earlier_lists(connection, folder, records)
    connection.execute(
        "create temp table vulnerability_signs as "
        f"select * from read_csv({path_literal(str(signs))}, header = true)"
    )
    is_opt_out_known = _check_columns(connection, request)
    connection.execute(
        f"create temp table candidates as {CANDIDATES}",
        {
            "segment_key": request.segment_key,
            "action": request.action,
            "late_payment_days": request.late_payment_days,
            "opted_out_column": request.opted_out_column,
            "contacted_column": request.contacted_column,
            "border_margin": request.border_margin,
            "contact_days": request.contact_days,
            "listed_on": now.date(),
            "control_share": share,
            "salt": salt,
        },
    )
    counts = _counts(connection)
    if not counts["contact_customers"]:
        raise CampaignError(
            f"Nobody of the {counts['members']:,} customers of {request.segment_key} is left to "
            f"speak to, so no list was made: {in_words(counts)}."
        )
    record = {
        "campaign_id": name,
        "created_at": f"{now:%Y-%m-%d %H:%M:%S}",
        "created_by": user_name(),
        "note": request.note,
        **advice,
        "border_margin": request.border_margin,
        "contact_days": request.contact_days,
        "control_share": 0 if advice["stage"] == "protect" else share,
        "salt": salt,
        **counts,
    }
    _place(connection, place, record)
    return Campaign(place, record, is_opt_out_known)


def _advice(connection: duckdb.DuckDBPyConnection, request: Request) -> dict[str, object]:
    """Return what is recommended, and the publication that it is of.

    Raises
    ------
    CampaignError
        When there is no such segment, or the action is not recommended for it.
    """
    segments = _column(connection, "select segment_key from segments order by 1")
    if request.segment_key not in segments:
        raise CampaignError(
            f"There is no segment '{request.segment_key}'{_hint(request.segment_key, segments)} "
            f"The published segments are {', '.join(segments)}."
        )
    actions = _column(
        connection,
        "select recommendation_key from segment_recommendations "
        "where segment_key = $1 order by priority",
        [request.segment_key],
    )
    if request.action not in actions:
        raise CampaignError(
            f"The action '{request.action}' is not recommended for {request.segment_key}"
            f"{_hint(request.action, actions)} Those that are: {', '.join(actions)}."
        )
    result = connection.execute(
        "select segmentation, segment_key, segment_name, recommendation_key, stage, team, action, "
        "what_not_to_do, evidence, build_id, published_at "
        "from segment_recommendations cross join publication "
        "where segment_key = $1 and recommendation_key = $2",
        [request.segment_key, request.action],
    )
    names = [column[0] for column in result.description]
    return dict(zip(names, result.fetchone(), strict=True))


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f": did you mean '{near[0]}'?" if near else "."


def _column(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()
) -> list[str]:
    return [row[0] for row in connection.execute(query, list(values)).fetchall()]


def _records(folder: Path) -> list[dict[str, str]]:
    """Return the rows of `campaigns`, the earliest first."""
    records = []
    for path in sorted(folder.glob(f"[!.]*/{RECORD_NAME}")):
        with path.open(newline="", encoding="utf-8") as file:
            records.extend(csv.DictReader(file))
    return sorted(records, key=lambda record: record["created_at"])


def _draw_of(records: Sequence[dict[str, str]], request: Request) -> tuple[float, str]:
    """Return the share and the salt of the control group, which stay those of the first list.

    With others, who was kept without the action would now be spoken to, or the reverse.

    Raises
    ------
    CampaignError
        When others are asked for.
    """
    share, salt = request.control_share, request.salt
    drawn = [
        record
        for record in records
        if record["recommendation_key"] == request.action and record["stage"] != "protect"
    ]
    if not drawn:
        return CONTROL_SHARE if share is None else share, SALT if salt is None else salt
    first_share, first_salt = float(drawn[0]["control_share"]), drawn[0]["salt"]
    if share not in (None, first_share) or salt not in (None, first_salt):
        raise CampaignError(
            f"The control group of {request.action} was drawn with CONTROL={first_share:g} "
            f"SALT={first_salt} (campaign {drawn[0]['campaign_id']}), and stays the same in every "
            "later list of this action: leave both settings out."
        )
    return first_share, first_salt


def _read_earlier_lists(
    connection: duckdb.DuckDBPyConnection, folder: Path, records: Sequence[dict[str, str]]
) -> None:
    connection.execute(
        "create temp table earlier_lists (customer_id varchar, population varchar, "
        "recommendation_key varchar, is_control boolean, listed_on date)"
    )
    for record in records:
        for name in (CONTACT_NAME, CONTROL_NAME):
            path = path_literal(str(folder / record["campaign_id"] / name))
            connection.execute(
                "insert into earlier_lists select customer_id, population, recommendation_key, "
                f"{name == CONTROL_NAME}, cast(listed_on as date) "
                f"from read_csv({path}, header = true, all_varchar = true)"
            )


def _check_columns(connection: duckdb.DuckDBPyConnection, request: Request) -> bool:
    """Return whether a column says who opted out.

    Raises
    ------
    CampaignError
        When a column is named that is not published.
    """
    known = _column(
        connection, "select distinct attribute from segment_member_attributes order by 1"
    )
    for setting, column, default in (
        ("OPTED_OUT", request.opted_out_column, Request.opted_out_column),
        ("CONTACTED", request.contacted_column, Request.contacted_column),
    ):
        if column not in known and column != default:
            raise CampaignError(
                f"There is no published column '{column}' ({setting}): those of the variable "
                f"pass_through are {', '.join(known) or 'none'}. Name one of them, or add it there "
                "and build."
            )
    return request.opted_out_column in known


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    rows = dict(
        connection.execute(
            "select coalesce(exclusion, list_group), count(*) from candidates group by all"
        ).fetchall()
    )
    return {
        "members": sum(rows.values()),
        "contact_customers": rows.get("contact", 0),
        "control_customers": rows.get("control", 0),
        **{f"{name}_customers": rows.get(name, 0) for name in EXCLUSIONS},
    }


def in_words(counts: dict[str, object]) -> str:
    """Return who is left out and why, in words that can end a sentence."""
    parts = [
        f"{counts[f'{name}_customers']:,} {words}"
        for name, words in EXCLUSIONS.items()
        if counts[f"{name}_customers"]
    ]
    return "; ".join(parts) or "nobody is left out"


def _place(connection: duckdb.DuckDBPyConnection, place: Path, record: dict[str, object]) -> None:
    """Write the files of a list beside their place, flush them, and rename their folder."""
    fresh = place.with_name(NEXT_NAME)
    # what a kill left
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    try:
        for name, group in ((CONTACT_NAME, "contact"), (CONTROL_NAME, "control")):
            connection.execute(
                f"copy (select {', '.join(LIST_COLUMNS)} from candidates "
                f"where list_group = '{group}' order by customer_id) "
                f"to {quoted(str(fresh / name))} (header true)"
            )
        with (fresh / RECORD_NAME).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(record))
            writer.writeheader()
            writer.writerow(record)
        complete(fresh)
        os.rename(fresh, place)
        flush(place.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
