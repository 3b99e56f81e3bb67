-- One row per customer, month, category and payment type that can be used, in the field's terms.
{{ config(enabled=has_inputs('spends'), materialized='table') }}
with

validated_rows as (

    select * from {{ ref('base_spends__validated') }}

),

renamed as (

    select
        -- ids
        customer_id,

        -- strings
        category,
        payment_type,

        -- numerics
        spend as spend_amount,

        -- booleans
        {{ is_credit_card('payment_type') }} as is_credit_card,

        -- dates
        month as spend_month
    from validated_rows
    where reject_rule is null

)

select * from renamed
