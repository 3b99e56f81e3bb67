-- One row per customer and channel: contacts in the period, compared with everyone's, and what they cost in a year.
{{ config(enabled=has_inputs('card_relationships')) }}
with

contacts as (

    select * from {{ ref('int_contacts_by_relationship') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

channel_means as (

    select
        channel,
        {{ exact_mean('contacts') }} as mean_contacts
    from contacts
    group by channel

),

compared as (

    select
        -- ids
        contacts.customer_id,
        contacts.channel,

        -- numbers
        cast(contacts.contacts as double) as contacts,
        100 * contacts.contacts / nullif(channel_means.mean_contacts, 0) as index_100,
        contacts.contacts * channels.contact_cost_low_amount * 12 / {{ var('contact_period_months') }}
            as low_cost_amount,
        contacts.contacts * channels.contact_cost_base_amount * 12 / {{ var('contact_period_months') }}
            as base_cost_amount,
        contacts.contacts * channels.contact_cost_high_amount * 12 / {{ var('contact_period_months') }}
            as high_cost_amount
    from contacts
    inner join channels
        on contacts.channel = channels.channel
    inner join channel_means
        on contacts.channel = channel_means.channel

)

select * from compared
