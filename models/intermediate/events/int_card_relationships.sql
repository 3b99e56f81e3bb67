-- One row per card relationship: limit, cards and contacts, from the file of them or from accounts and contacts.
{{ config(enabled=has_inputs('card_relationships'), materialized='view') }}
with

card_relationships as (

    {% if 'card_relationships' in given_inputs() -%}
    select * from {{ ref('stg_card_relationships__card_relationships') }}
    {%- else -%}
    select * from {{ ref('int_contacts_summed') }}
    {%- endif %}

),

chosen as (

    select
        card_relationship_id,
        customer_key,
        credit_limit_amount,
        credit_cards,
        branch_visits,
        online_visits,
        calls
    from card_relationships

)

select * from chosen
