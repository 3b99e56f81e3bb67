-- One row per group, staffed channel and estimate of the handling time: a year's contacts and the hours they take.
{{ config(enabled=has_inputs('card_relationships')) }}
with

contacts as (

    select * from {{ ref('int_contacts_by_group') }}

),

channels as (

    select * from {{ ref('service_channels') }}
    where is_staffed

),

handling_times as (

    select
        channel,
        'low' as handling_estimate,
        handling_minutes_low as handling_minutes
    from channels
    union all
    select
        channel,
        'base' as handling_estimate,
        handling_minutes_base as handling_minutes
    from channels
    union all
    select
        channel,
        'high' as handling_estimate,
        handling_minutes_high as handling_minutes
    from channels

),

workloads as (

    select
        contacts.group_type,
        contacts.group_key,
        contacts.channel,
        handling_times.handling_estimate,
        contacts.group_name,
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
    where contacts.group_type in ({{ sql_list(staffed_group_types()) }})

)

select * from workloads
