-- Whose contacts should move online, from which channel, and what would that save in a year?
{{ config(enabled=has_inputs('card_relationships')) }}
with

targets as (

    select * from {{ ref('digital_migration_targets') }}

),

ordered as (

    select
        group_type,
        group_name,
        group_position,
        channel,
        customers,
        yearly_contacts,
        index_100,
        movable_contacts_base,
        saved_hours_low,
        saved_hours_base,
        saved_hours_high,
        saved_cost_base_amount,
        is_target,
        reason
    from targets

)

select * from ordered
order by
    is_target desc,
    group_type asc,
    saved_hours_base desc,
    group_position asc,
    channel asc
