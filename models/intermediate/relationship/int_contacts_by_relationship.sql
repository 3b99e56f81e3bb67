-- One row per card relationship and channel: the contacts in the period.
{{ config(enabled=has_inputs('card_relationships')) }}
with

relationships as (

    select * from {{ ref('int_relationship__features') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

counted as (

    {% for metric in contact_metrics() %}
    select
        customer_id,
        '{{ metric }}' as contact_metric,
        credit_cards,
        {{ metric }} as contacts
    from relationships
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

by_channel as (

    select
        counted.customer_id,
        channels.channel,
        counted.credit_cards,
        counted.contacts
    from counted
    inner join channels
        on counted.contact_metric = channels.contact_metric

)

select * from by_channel
