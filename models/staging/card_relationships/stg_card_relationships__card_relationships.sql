-- One row per card relationship that can be used, in the field's terms.
{{ config(enabled=has_inputs('card_relationships')) }}
with

validated_rows as (

    select * from {{ ref('base_card_relationships__validated') }}

),

renamed as (

    select
        -- ids
        sl_no as card_relationship_id,
        customer_key,

        -- numerics
        avg_credit_limit as credit_limit_amount,
        total_credit_cards as credit_cards,
        total_visits_bank as branch_visits,
        total_visits_online as online_visits,
        total_calls_made as calls
    from validated_rows
    where reject_rule is null

)

select * from renamed
