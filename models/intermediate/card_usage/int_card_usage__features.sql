-- One row per cardholder: what the card-usage segments are formed from, and what describes them.
{{ config(enabled=has_inputs('card_usage')) }}
with

cardholders as (

    select * from {{ ref('int_cardholders') }}

),

features as (

    select
        -- ids
        cardholder_id as customer_id,

        -- features
        /* purchases are one-off plus instalment purchases, so the total would count them twice */
        one_off_purchases_amount,
        instalment_purchases_amount,
        cash_advance_amount,
        balance_amount,
        credit_limit_amount,
        payments_amount,
        full_payment_share,

        -- profile
        purchases_amount,
        minimum_payments_amount,
        purchases_frequency_share,
        one_off_purchases_frequency_share,
        instalment_purchases_frequency_share,
        cash_advance_frequency_share,
        balance_frequency_share,
        purchase_transactions,
        cash_advance_transactions,
        tenure_months,
        purchases_amount / nullif(tenure_months, 0) as monthly_purchases_amount,
        purchases_amount / nullif(purchase_transactions, 0) as average_purchase_amount,
        cash_advance_amount / nullif(cash_advance_transactions, 0) as average_cash_advance_amount,
        cash_advance_amount / nullif(cash_advance_amount + purchases_amount, 0) as cash_advance_share_of_usage,
        instalment_purchases_amount / nullif(one_off_purchases_amount + instalment_purchases_amount, 0)
            as instalment_share_of_purchases,
        /* who has paid more than was owed uses nothing of the limit */
        greatest(balance_amount, 0) / nullif(credit_limit_amount, 0) as limit_utilisation_share,
        payments_amount / nullif(minimum_payments_amount, 0) as payment_ratio,
        days_since_purchase,
        online_share_of_purchases,
        merchants,
        spend_categories
    from cardholders

)

select * from features
