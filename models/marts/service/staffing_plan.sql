-- One row per group, staffed channel and estimate of the handling time: the staff that a year of contacts needs.
{{ config(enabled=has_inputs('card_relationships')) }}
with

contacts as (

    select * from {{ ref('int_contacts_by_group') }}
    where group_type in ({{ sql_list(staffed_group_types()) }})

),

channels as (

    select * from {{ ref('service_channels') }}
    where is_staffed

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

staffed_hours as (

    select * from {{ ref('int_queue_agents_tried') }}
    where is_enough

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

workloads as (

    select
        contacts.group_type,
        contacts.group_key,
        contacts.channel,
        handling_times.handling_estimate,
        coalesce(segments.segment_name, contacts.group_name) as group_name,
        contacts.group_position,
        contacts.customers,
        contacts.planned_customers,
        contacts.yearly_contacts,
        handling_times.handling_minutes,
        contacts.yearly_contacts * handling_times.handling_minutes / 60 as workload_hours,
        contacts.customer_share,
        contacts.contact_share
    from contacts
    inner join handling_times
        on contacts.channel = handling_times.channel
    left join segments
        on contacts.group_key = segments.segment_key

),

queues as (

    select
        group_type,
        group_key,
        channel,
        handling_estimate,
        max(case when hour_kind = 'busy' then hourly_contacts end) as busy_hour_contacts,
        max(case when hour_kind = 'busy' then load_erlangs end) as busy_hour_erlangs,
        max(case when hour_kind = 'busy' then agents end) as busy_hour_agents,
        max(case when hour_kind = 'busy' then waiting_probability end) as busy_hour_waiting_probability,
        max(case when hour_kind = 'busy' then service_level_share end) as busy_hour_service_level_share,
        max(case when hour_kind = 'busy' then occupancy_share end) as busy_hour_occupancy_share,
        max(case when hour_kind = 'busy' then average_answer_seconds end) as busy_hour_average_answer_seconds,
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
        queues.busy_hour_contacts,
        queues.busy_hour_erlangs,
        queues.busy_hour_agents,
        queues.busy_hour_waiting_probability,
        queues.busy_hour_service_level_share,
        queues.busy_hour_occupancy_share,
        queues.busy_hour_average_answer_seconds,
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
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('planned_customers') }} as planned_customers,
        {{ unless_suppressed('customer_share') }} as customer_share,
        handling_minutes,
        {{ unless_suppressed('yearly_contacts') }} as yearly_contacts,
        {{ unless_suppressed('contact_share') }} as contact_share,
        {{ unless_suppressed('workload_hours') }} as workload_hours,
        {{ unless_suppressed('coalesce(pooled_staff, 0.0)') }} as pooled_staff,
        {{ unless_suppressed('stand_alone_staff') }} as stand_alone_staff,
        {{ unless_suppressed('busy_hour_contacts') }} as busy_hour_contacts,
        {{ unless_suppressed('busy_hour_erlangs') }} as busy_hour_erlangs,
        {{ unless_suppressed('busy_hour_agents') }} as busy_hour_agents,
        {{ unless_suppressed('busy_hour_waiting_probability') }} as busy_hour_waiting_probability,
        {{ unless_suppressed('busy_hour_service_level_share') }} as busy_hour_service_level_share,
        {{ unless_suppressed('busy_hour_occupancy_share') }} as busy_hour_occupancy_share,
        {{ unless_suppressed('busy_hour_average_answer_seconds') }} as busy_hour_average_answer_seconds,
        {{ unless_suppressed('ordinary_hour_agents') }} as ordinary_hour_agents,
        group_type = 'all' as is_total,
        is_suppressed
    from shared

)

select * from suppressed
