-- One row per card relationship and channel: how often the bank was contacted that way.
with

contacts as (

    select * from {{ ref('int_contacts_by_relationship') }}

),

features as (

    select * from {{ ref('int_relationship__features') }}

),

with_cards as (

    select
        contacts.customer_id as card_relationship_id,
        contacts.channel,
        features.credit_cards,
        contacts.contacts
    from contacts
    inner join features
        on contacts.customer_id = features.customer_id

)

select * from with_cards
