-- One row per customer: average monthly spend against monthly income.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers as (

    select * from {{ ref('int_customers_spend_summed') }}

),

utilisation as (

    select
        customer_id,
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        months_observed,
        monthly_income_amount,
        spend_amount,
        average_monthly_spend_amount,
        income_utilisation_pct,
        credit_card_spend_amount,
        credit_card_spend_amount / nullif(spend_amount, 0) as credit_card_share,
        100 * average_monthly_credit_card_spend_amount / monthly_income_amount as card_spend_to_income_pct
    from customers

)

select * from utilisation
