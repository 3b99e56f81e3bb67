-- One row per group, staffed channel and estimate of the handling time: the staff that a year of contacts needs.
{{ config(enabled=has_inputs('card_relationships')) }}
with

workloads as (

    select * from {{ ref('int_workloads_planned') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

queue_hours as (

    select * from {{ ref('int_queue_hours_planned') }}

),

agents_tried as (

    select * from {{ ref('int_queue_agents_tried') }}

),

staffed_hours as (

    select
        queue_hours.*,
        agents_tried.agents,
        agents_tried.waiting_probability,
        agents_tried.service_level_share,
        agents_tried.occupancy_share,
        agents_tried.average_answer_seconds
    from queue_hours
    inner join agents_tried
        on
            queue_hours.group_type = agents_tried.group_type
            and queue_hours.group_key = agents_tried.group_key
            and queue_hours.channel = agents_tried.channel
            and queue_hours.handling_estimate = agents_tried.handling_estimate
            and queue_hours.hour_kind = agents_tried.hour_kind
    where agents_tried.is_enough

),

queues as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        {% for column in ['hourly_contacts', 'load_erlangs', 'agents', 'waiting_probability', 'service_level_share',
            'occupancy_share', 'average_answer_seconds'] %}
        max(case when hour_kind = 'busy' then {{ column }} end) as busy_{{ column }},
        {% endfor %}
        max(case when hour_kind = 'ordinary' then agents end) as ordinary_hour_agents,
        {{ exact_sum('agents * hours_a_year') }} as agent_hours
    from staffed_hours
    group by
        group_type,
        group_key,
        channel,
        handling_estimate

),

/* what waits in no queue is done one after the other, so hours of work are enough */
staffed as (

    select
        workloads.*,
        queues.busy_hourly_contacts,
        queues.busy_load_erlangs,
        queues.busy_agents,
        queues.busy_waiting_probability,
        queues.busy_service_level_share,
        queues.busy_occupancy_share,
        queues.busy_average_answer_seconds,
        queues.ordinary_hour_agents,
        case
            when channels.is_queued then queues.agent_hours
            else workloads.workload_hours / channels.maximum_occupancy_share
        end / (channels.paid_hours_a_year * (1 - channels.shrinkage_share)) as stand_alone_staff
    from workloads
    inner join channels
        on workloads.channel = channels.channel
    left join queues
        on
            workloads.group_type = queues.group_type
            and workloads.group_key = queues.group_key
            and workloads.channel = queues.channel
            and workloads.handling_estimate = queues.handling_estimate

),

pool as (

    select * from staffed
    where group_type = 'all'

),

shared as (

    select
        staffed.*,
        pool.stand_alone_staff * staffed.workload_hours / nullif(pool.workload_hours, 0) as pooled_staff,
        {{ is_suppressed_in_total(
            'staffed.customers', 'staffed.group_type, staffed.channel, staffed.handling_estimate', 'staffed.group_key'
        ) }} as is_suppressed
    from staffed
    inner join pool
        on
            staffed.channel = pool.channel
            and staffed.handling_estimate = pool.handling_estimate

),

suppressed as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        group_name,
        group_position,
        customers,
        planned_customers,
        customer_share,
        handling_minutes,
        {% for figure, name in {
            'yearly_contacts': 'yearly_contacts',
            'contact_share': 'contact_share',
            'workload_hours': 'workload_hours',
            'coalesce(pooled_staff, 0.0)': 'pooled_staff',
            'stand_alone_staff': 'stand_alone_staff',
            'busy_hourly_contacts': 'busy_hour_contacts',
            'busy_load_erlangs': 'busy_hour_erlangs',
            'busy_agents': 'busy_hour_agents',
            'busy_waiting_probability': 'busy_hour_waiting_probability',
            'busy_service_level_share': 'busy_hour_service_level_share',
            'busy_occupancy_share': 'busy_hour_occupancy_share',
            'busy_average_answer_seconds': 'busy_hour_average_answer_seconds',
            'ordinary_hour_agents': 'ordinary_hour_agents'
        }.items() %}
        {{ unless_suppressed(figure) }} as {{ name }},
        {% endfor %}
        is_suppressed
    from shared

)

select * from suppressed
