-- One row per group, queued channel, estimate and kind of hour: the load that its agents have to carry.
{{ config(enabled=has_inputs('card_relationships')) }}
with

workloads as (

    select * from {{ ref('int_workloads_planned') }}

),

channels as (

    select * from {{ ref('service_channels') }}
    where is_queued

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
        workloads.group_type,
        workloads.group_key,
        workloads.channel,
        workloads.handling_estimate,
        hour_kinds.hour_kind,
        hour_kinds.hours_a_year,
        workloads.yearly_contacts / channels.working_days_a_year * hour_kinds.hour_share as hourly_contacts,
        workloads.yearly_contacts / channels.working_days_a_year * hour_kinds.hour_share
        * workloads.handling_minutes / 60 as load_erlangs,
        workloads.handling_minutes * 60 as handling_seconds,
        channels.target_answer_seconds,
        channels.target_service_level_share,
        channels.maximum_occupancy_share
    from workloads
    inner join channels
        on workloads.channel = channels.channel
    inner join hour_kinds
        on workloads.channel = hour_kinds.channel

)

select * from queue_hours
