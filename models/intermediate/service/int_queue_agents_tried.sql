-- One row per queue, kind of hour and number of agents tried, from none up to the first that is enough (Erlang C).
{{ config(enabled=has_inputs('card_relationships')) }}
{% set service_level %}{{ erlang_c_service_level(
    'load_erlangs', 'agents', 'inverse_blocking', 'handling_seconds', 'target_answer_seconds'
) }}{% endset %}
{% set waiting_probability %}{{
    erlang_c_waiting_probability('load_erlangs', 'agents', 'inverse_blocking')
}}{% endset %}
{% set is_enough %}{{ service_level }} >= target_service_level_share
            and load_erlangs <= agents * maximum_occupancy_share{% endset %}
with recursive

contacts as (

    select * from {{ ref('int_contacts_by_group') }}
    where group_type in ({{ sql_list(staffed_group_types()) }})

),

channels as (

    select * from {{ ref('service_channels') }}
    where is_queued

),

handling_times as (

    select
        channel,
        handling_estimate,
        handling_minutes
    from channels
    unpivot (
        handling_minutes for handling_estimate in (
            handling_minutes_low as low, handling_minutes_base as base, handling_minutes_high as high
        )
    )

),

/* a day is one busy hour and the others, which share the rest equally */
hour_kinds as (

    select
        channel,
        'busy' as hour_kind,
        working_days_a_year as hours_a_year,
        busy_hour_share as hour_share
    from channels
    union all
    select
        channel,
        'ordinary' as hour_kind,
        working_days_a_year * (opening_hours_a_day - 1) as hours_a_year,
        (1 - busy_hour_share) / (opening_hours_a_day - 1) as hour_share
    from channels
    where opening_hours_a_day > 1

),

queue_hours as (

    select
        contacts.group_type,
        contacts.group_key,
        contacts.channel,
        handling_times.handling_estimate,
        hour_kinds.hour_kind,
        hour_kinds.hours_a_year,
        contacts.yearly_contacts / channels.working_days_a_year * hour_kinds.hour_share as hourly_contacts,
        contacts.yearly_contacts / channels.working_days_a_year * hour_kinds.hour_share
        * handling_times.handling_minutes / 60 as load_erlangs,
        handling_times.handling_minutes * 60 as handling_seconds,
        channels.target_answer_seconds,
        channels.target_service_level_share,
        channels.maximum_occupancy_share
    from contacts
    inner join channels
        on contacts.channel = channels.channel
    inner join handling_times
        on contacts.channel = handling_times.channel
    inner join hour_kinds
        on contacts.channel = hour_kinds.channel

),

/* another agent is tried while calls would wait too long or agents would be busier than people can be */
tried as (

    select
        *,
        cast(0 as bigint) as agents,
        cast(1 as double) as inverse_blocking
    from queue_hours
    union all
    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        hour_kind,
        hours_a_year,
        hourly_contacts,
        load_erlangs,
        handling_seconds,
        target_answer_seconds,
        target_service_level_share,
        maximum_occupancy_share,
        agents + 1 as agents,
        1 + (agents + 1) / load_erlangs * inverse_blocking as inverse_blocking
    from tried
    where not ({{ is_enough }})

),

measured as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        hour_kind,
        hours_a_year,
        hourly_contacts,
        agents,
        load_erlangs,
        handling_seconds,
        {{ waiting_probability }} as waiting_probability,
        {{ service_level }} as service_level_share,
        load_erlangs / nullif(agents, 0) as occupancy_share,
        /* with too few agents the queue only grows */
        case
            when load_erlangs = 0 then 0.0
            when agents > load_erlangs
                then ({{ waiting_probability }}) * handling_seconds / (agents - load_erlangs)
        end as average_answer_seconds,
        {{ is_enough }} as is_enough
    from tried

)

select * from measured
