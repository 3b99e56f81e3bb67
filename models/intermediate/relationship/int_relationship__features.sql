-- One row per card relationship: what the relationship segments are formed from.
{{ config(enabled=has_inputs('card_relationships')) }}
with

card_relationships as (

    select * from {{ ref('int_card_relationships') }}

),

features as (

    select
        -- ids
        card_relationship_id as customer_id,

        -- features
        credit_limit_amount,
        credit_cards,
        branch_visits,
        online_visits,
        calls,

        -- profile
        branch_visits + online_visits + calls as contacts,
        credit_limit_amount * credit_cards as total_credit_limit_amount,
        cast(calls as double) / nullif(branch_visits + online_visits + calls, 0) as calls_share_of_contacts,
        cast(online_visits as double) / nullif(branch_visits + online_visits + calls, 0)
            as online_share_of_contacts,
        cast(branch_visits as double) / nullif(branch_visits + online_visits + calls, 0)
            as branch_share_of_contacts
    from card_relationships

)

select * from features
