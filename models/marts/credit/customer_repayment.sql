-- One row per customer with a credit profile: how the customer repays and what is owed, each value as last known.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_repayment__features') }}

),

described as (

    select
        -- ids
        customer_id,

        -- strings
        minimum_payment_answer,
        credit_mix,
        credit_score,

        -- numbers
        cast(payment_delay_days as double) as payment_delay_days,
        cast(delayed_payments as double) as delayed_payments,
        cast(credit_inquiries as double) as credit_inquiries,
        cast(credit_line_utilisation_pct as double) as credit_line_utilisation_pct,
        cast(outstanding_debt_amount as double) as outstanding_debt_amount,
        cast(debt_to_income_ratio as double) as debt_to_income_ratio,
        cast(monthly_instalments_amount / nullif(monthly_salary_amount, 0) as double) as instalments_to_income_ratio,

        -- booleans
        /* not mentioned is neither */
        case minimum_payment_answer when 'Yes' then true when 'No' then false end as pays_minimum_only,
        payment_delay_days > {{ var('late_payment_days') }} as is_late_payer,

        -- dates
        cast(profile_month as date) as profile_month
    from profiles

)

select * from described
