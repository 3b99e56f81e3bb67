-- Every contact of the input stands in int_contacts_by_relationship once, under its channel.
with

contacts as (

    select * from {{ ref('int_contacts_by_relationship') }}

),

card_relationships as (

    select * from {{ ref('int_card_relationships') }}

),

channels as (

    select * from {{ ref('service_channels') }}

),

in_mart as (

    select
        channel,
        count(*) as relationships,
        sum(contacts) as contacts
    from contacts
    group by channel

),

in_input as (

    {% for metric in contact_metrics() %}
    select
        channels.channel,
        count(*) as relationships,
        sum(card_relationships.{{ metric }}) as contacts
    from card_relationships
    inner join channels
        on channels.contact_metric = '{{ metric }}'
    group by channels.channel
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

differing as (

    select
        in_input.channel,
        in_input.relationships,
        in_mart.relationships as mart_relationships,
        in_input.contacts,
        in_mart.contacts as mart_contacts
    from in_input
    left join in_mart
        on in_input.channel = in_mart.channel
    where
        in_input.relationships <> coalesce(in_mart.relationships, 0)
        or in_input.contacts is distinct from in_mart.contacts

)

select * from differing
