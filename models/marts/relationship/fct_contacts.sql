-- One row per card relationship and channel: how often the bank was contacted that way.
with

features as (

    select * from {{ ref('int_relationship__features') }}

),

by_channel as (

    {% for channel, contacts in contact_channels().items() %}
    {%- if not loop.first %}
    union all
    {% endif %}
    select
        customer_id as card_relationship_id,
        '{{ channel }}' as channel,
        credit_cards,
        {{ contacts }} as contacts
    from features
    {%- endfor %}

)

select * from by_channel
