"""The tables of contacts, staff and card tiers, worked out again with pandas and SciPy."""

import math
import operator

import numpy as np
import pandas as pd
from bank import VARIABLES, reference
from comparison import MINIMUM, compare
from scipy import stats

GROUP = ["group_type", "group_key"]
ESTIMATES = ["low", "base", "high"]
CHANNELS = reference("service_channels").set_index("channel")
A_YEAR = 12 / VARIABLES["contact_period_months"]
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def grouped(bank, kinds=("all", "segment", "credit_cards", "credit_limit_band")):
    """Each group of relationships: its key, name, position and rows."""
    rows = bank.relationships
    members = bank.members("relationship")
    quarters = 1 + 4 * (rows["credit_limit_amount"].rank(method="min") - 1) // len(rows)
    keys = {
        "all": pd.Series("all", rows.index),
        "segment": members.reindex(rows.index),
        "credit_cards": rows["credit_cards"].astype(int).astype(str),
        "credit_limit_band": quarters.astype(int).astype(str),
    }
    segment_names = bank.names("relationship")
    for kind in kinds:
        for position, (key, group) in enumerate(rows.groupby(keys[kind]), start=1):
            name = {
                "all": "All customers",
                "segment": segment_names.get(key),
                "credit_cards": f"{key} card" if key == "1" else f"{key} cards",
                "credit_limit_band": f"Quarter {key} of 4 by credit limit",
            }[kind]
            is_numbered = kind in ("credit_cards", "credit_limit_band")
            yield (
                {
                    "group_type": kind,
                    "group_key": key,
                    "group_name": name,
                    "group_position": int(key) if is_numbered else position,
                    "customers": len(group),
                    "people": len(group),
                },
                group,
            )


def contacts_of(bank, group, channel) -> dict:
    """Contacts of a group against its share of customers, and those of the planned book."""
    metric = CHANNELS.loc[channel, "contact_metric"]
    own, everyone = group[metric], bank.relationships[metric]
    customer_share = len(group) / len(everyone)
    planned = customer_share * (VARIABLES["staffing_customers"] or len(everyone))
    contact_share = own.sum() / everyone.sum() if everyone.sum() else np.nan
    return {
        "customer_share": customer_share,
        "contact_share": contact_share,
        "index_100": 100 * contact_share / customer_share,
        "planned_customers": planned,
        "yearly_contacts": own.mean() * planned * A_YEAR,
    }


def test_service_demand(bank):
    rows = []
    for group, members in grouped(bank):
        for channel, settings in CHANNELS.iterrows():
            own = members[settings["contact_metric"]]
            half = own.sem() * stats.t.ppf(0.975, len(own) - 1)
            row = {
                **group,
                **contacts_of(bank, members, channel),
                "channel": channel,
                "contacts": own.sum(),
                "contacts_per_customer": own.mean(),
                "contacts_per_customer_lower": max(own.mean() - half, 0),
                "contacts_per_customer_upper": own.mean() + half,
                # the published quantile of Student's t is an approximation
                "margin": 0.0003 * half,
            }
            rows.append(row)
    expected = pd.DataFrame(rows).drop(columns=["planned_customers", "yearly_contacts"])
    allowed = {f"contacts_per_customer_{end}": "margin" for end in ("lower", "upper")}
    compare(bank.published("service_demand"), expected, [*GROUP, "channel"], allowed=allowed)


def waiting_probability(load: float, agents: int) -> float:
    """Erlang C: the chance that all agents are busy, by the sum of Poisson's probabilities."""
    if agents <= load:
        return 1.0
    served = np.arange(agents)
    weights = served * math.log(load) - np.array([math.lgamma(one + 1) for one in served])
    all_busy = (
        agents * math.log(load) - math.lgamma(agents + 1) + math.log(agents / (agents - load))
    )
    return math.exp(all_busy - np.logaddexp.reduce([*weights, all_busy]))


def queue(calls: float, minutes: float, settings) -> dict:
    """The fewest agents of an hour that answer in time and are not busier than people can be."""
    load, agents = calls * minutes / 60, 0
    if load == 0:
        return {"agents": 0, "waiting": 0.0, "in_time": 1.0, "occupancy": np.nan, "seconds": 0.0}
    while True:
        agents += 1
        waiting = waiting_probability(load, agents)
        spare = max(agents - load, 0)
        in_time = 1 - waiting * math.exp(-spare * settings["target_answer_seconds"] / minutes / 60)
        if (
            in_time >= settings["target_service_level_share"]
            and load / agents <= settings["maximum_occupancy_share"]
        ):
            return {
                "agents": agents,
                "waiting": waiting,
                "in_time": in_time,
                "occupancy": load / agents,
                "seconds": waiting * minutes * 60 / spare,
            }


def staff(yearly_contacts: float, minutes: float, settings) -> dict:
    """The full-time staff of a team of its own."""
    days, hours = settings["working_days_a_year"], settings["opening_hours_a_day"]
    hours_of_a_person = settings["paid_hours_a_year"] * (1 - settings["shrinkage_share"])
    workload = yearly_contacts * minutes / 60
    if not settings["is_queued"]:
        needed = workload / settings["maximum_occupancy_share"]
        return {"workload_hours": workload, "stand_alone_staff": needed / hours_of_a_person}
    a_day = yearly_contacts / days
    busy_calls = a_day * settings["busy_hour_share"]
    busy = queue(busy_calls, minutes, settings)
    ordinary = queue((a_day - busy_calls) / (hours - 1), minutes, settings)
    needed = days * (busy["agents"] + (hours - 1) * ordinary["agents"])
    return {
        "workload_hours": workload,
        "stand_alone_staff": needed / hours_of_a_person,
        "busy_hour_contacts": busy_calls,
        "busy_hour_erlangs": busy_calls * minutes / 60,
        "busy_hour_agents": busy["agents"],
        "busy_hour_waiting_probability": busy["waiting"],
        "busy_hour_service_level_share": busy["in_time"],
        "busy_hour_occupancy_share": busy["occupancy"],
        "busy_hour_average_answer_seconds": busy["seconds"],
        "ordinary_hour_agents": ordinary["agents"],
    }


def test_staffing_plan(bank):
    rows = []
    for group, members in grouped(bank, ("all", "segment", "credit_cards")):
        for channel, settings in CHANNELS[CHANNELS["is_staffed"]].iterrows():
            contacts = contacts_of(bank, members, channel)
            del contacts["index_100"]
            for estimate in ESTIMATES:
                minutes = settings[f"handling_minutes_{estimate}"]
                row = {
                    **group,
                    **contacts,
                    "channel": channel,
                    "handling_estimate": estimate,
                    "handling_minutes": minutes,
                    **staff(contacts["yearly_contacts"], minutes, settings),
                }
                rows.append(row)
    expected = pd.DataFrame(rows)
    # everyone's staff in one team, divided by the work that each group brings
    queues = ["channel", "handling_estimate"]
    pool = expected[expected["group_type"] == "all"].set_index(queues)
    pool = expected[queues].join(pool[["stand_alone_staff", "workload_hours"]], on=queues)
    expected["pooled_staff"] = (
        pool["stand_alone_staff"] * expected["workload_hours"] / pool["workload_hours"]
    )
    compare(bank.published("staffing_plan"), expected, [*GROUP, *queues])


def service_costs(rows: pd.DataFrame) -> pd.DataFrame:
    """What each customer's contacts cost in a year, at the three estimates."""
    return pd.DataFrame(
        {
            estimate: A_YEAR
            * sum(
                rows[settings["contact_metric"]] * settings[f"contact_cost_{estimate}_amount"]
                for _, settings in CHANNELS.iterrows()
            )
            for estimate in ESTIMATES
        }
    )


def best_tier(metrics: dict) -> int:
    """The position of the first tier whose conditions are all met."""
    conditions = reference("card_tier_conditions")
    for tier in reference("card_tiers").sort_values("tier_position").itertuples():
        own = conditions[conditions["tier_key"] == tier.tier_key]
        if all(
            COMPARISONS[one.operator](metrics[one.metric], one.threshold)
            for one in own.itertuples()
        ):
            return tier.tier_position
    raise AssertionError("no tier is for everyone")


def test_segment_product_tiers(bank):
    rows = bank.relationships
    costs = service_costs(rows)
    indices = pd.DataFrame(
        {
            "credit_limit_index_100": 100
            * rows["credit_limit_amount"]
            / rows["credit_limit_amount"].mean(),
            "credit_cards": rows["credit_cards"],
            "service_cost_index_100": 100 * costs["base"] / costs["base"].mean(),
        }
    )
    own_tier = pd.Series([best_tier(one) for one in indices.to_dict("records")], rows.index)
    tiers = reference("card_tiers").set_index("tier_position")
    found = []
    for group, members in grouped(bank, ("all", "segment")):
        limits, cost = members["credit_limit_amount"], costs.loc[members.index].mean()
        metrics = indices.loc[members.index].mean()
        position = best_tier(metrics.round(9))
        tier = tiers.loc[position]
        basis = {
            "credit_limit": dict.fromkeys(ESTIMATES, limits.mean()),
            "service_cost": cost,
        }[tier["fee_basis"]]
        fee = {estimate: basis[estimate] * tier[f"fee_share_{estimate}"] for estimate in ESTIMATES}
        higher = (own_tier[members.index] < position).sum()
        found.append(
            {
                **group,
                "tier_key": tier["tier_key"],
                "tier_name": tier["tier_name"],
                "average_credit_limit_amount": limits.mean(),
                "median_credit_limit_amount": limits.median(),
                "credit_limit_index_100": metrics["credit_limit_index_100"],
                "average_credit_cards": metrics["credit_cards"],
                "service_cost_index_100": metrics["service_cost_index_100"],
                **{f"service_cost_{one}_amount": cost[one] for one in ESTIMATES},
                **{f"fee_{one}_amount": fee[one] for one in ESTIMATES},
                # a few could be recognised, none at all cannot
                "higher_tier_share": np.nan if 0 < higher < MINIMUM else higher / len(members),
                "is_service_covered_by_fee": fee["base"] >= cost["base"],
                "is_service_covered_at_worst": fee["low"] >= cost["high"],
            }
        )
    published = bank.published("segment_product_tiers")
    compare(published, pd.DataFrame(found), GROUP, words=["reason"])


def test_digital_migration_targets(bank):
    movable = CHANNELS[CHANNELS["moves_to_channel"].notna()]
    other_end = {"low": "high", "base": "base", "high": "low"}
    rows = []
    for group, members in grouped(bank, ("all", "segment", "credit_cards")):
        for channel, settings in movable.iterrows():
            online = CHANNELS.loc[settings["moves_to_channel"]]
            contacts = contacts_of(bank, members, channel)
            users = (members[online["contact_metric"]] > 0).mean()
            row = {
                **group,
                "channel": channel,
                "moves_to_channel": settings["moves_to_channel"],
                "yearly_contacts": contacts["yearly_contacts"],
                "index_100": contacts["index_100"],
                "online_user_share": users,
                "is_target": contacts["index_100"] >= settings["smallest_migration_index"]
                and users >= settings["smallest_online_user_share"],
            }
            for one in ESTIMATES:
                moved = contacts["yearly_contacts"] * settings[f"movable_share_{one}"]
                dearer = settings[f"contact_cost_{one}_amount"]
                cheaper = online[f"contact_cost_{other_end[one]}_amount"]
                row[f"movable_contacts_{one}"] = moved
                row[f"saved_hours_{one}"] = moved * settings[f"handling_minutes_{one}"] / 60
                row[f"saved_cost_{one}_amount"] = moved * (dearer - cheaper)
            rows.append(row)
    published = bank.published("digital_migration_targets")
    compare(published, pd.DataFrame(rows), [*GROUP, "channel"], words=["reason"])
