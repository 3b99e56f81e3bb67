-- One row per card relationship and channel: the contacts in the period.
{{ config(enabled=has_inputs('card_relationships')) }}
with

relationships as (

    select * from {{ ref('int_relationship__features') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

by_channel as (

    select
        relationships.customer_id,
        channels.channel,
        relationships.credit_cards,
        case channels.contact_metric
            when 'branch_visits' then relationships.branch_visits
            when 'online_visits' then relationships.online_visits
            when 'calls' then relationships.calls
        end as contacts
    from relationships
    cross join channels

)

select * from by_channel
