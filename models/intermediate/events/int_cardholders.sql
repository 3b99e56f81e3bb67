-- One row per cardholder: how the card was used, from the file of card usage or from transactions and statements.
{{ config(enabled=has_inputs('card_usage'), materialized='view') }}
with

cardholders as (

    {% if 'card_usage' in given_inputs() -%}
    select
        *,
        /* what only single transactions tell */
        cast(null as double) as days_since_purchase,
        cast(null as double) as online_share_of_purchases,
        cast(null as bigint) as merchants,
        cast(null as bigint) as spend_categories
    from {{ ref('stg_card_usage__cardholders') }}
    {%- else -%}
    select * from {{ ref('int_cardholders_summed') }}
    {%- endif %}

),

chosen as (

    select
        cardholder_id,
        balance_amount,
        balance_frequency_share,
        purchases_amount,
        one_off_purchases_amount,
        instalment_purchases_amount,
        cash_advance_amount,
        purchases_frequency_share,
        one_off_purchases_frequency_share,
        instalment_purchases_frequency_share,
        cash_advance_frequency_share,
        cash_advance_transactions,
        purchase_transactions,
        credit_limit_amount,
        payments_amount,
        minimum_payments_amount,
        full_payment_share,
        tenure_months,
        days_since_purchase,
        online_share_of_purchases,
        merchants,
        spend_categories
    from cardholders

)

select * from chosen
