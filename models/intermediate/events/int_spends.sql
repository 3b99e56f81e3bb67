-- One row per customer, month, category and payment type: what was spent, from the file of spends or from transactions.
{{ config(enabled=has_inputs('spends'), materialized='view') }}
with

spends as (

    {% if 'spends' in given_inputs() -%}
    select * from {{ ref('stg_spends__spends') }}
    {%- else -%}
    select * from {{ ref('int_transactions_summed') }}
    {%- endif %}

),

chosen as (

    select
        customer_id,
        category,
        payment_type,
        spend_amount,
        {{ is_credit_card('payment_type') }} as is_credit_card,
        spend_month
    from spends

)

select * from chosen
