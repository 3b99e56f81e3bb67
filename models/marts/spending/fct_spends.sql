-- One row per customer, month, category and payment type: the amount spent.
with

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

classified as (

    select
        customer_id,
        category,
        payment_type,
        spend_amount,
        {{ is_credit_card('payment_type') }} as is_credit_card,
        spend_month
    from spends

)

select * from classified
