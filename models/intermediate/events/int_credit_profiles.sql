-- One row per customer and month: how the customer repays and what is owed, from the file or from statements.
{{ config(enabled=has_inputs('credit_profiles'), materialized='view') }}
with

credit_profiles as (

    {% if 'credit_profiles' in given_inputs() -%}
    select * from {{ ref('stg_credit_profiles__credit_profiles') }}
    {%- else -%}
    select * from {{ ref('int_credit_profiles_summed') }}
    {%- endif %}

),

chosen as (

    select
        -- ids
        credit_profile_id,
        customer_id,

        -- strings
        occupation,
        credit_mix,
        credit_score,
        minimum_payment_answer,

        -- numerics
        age_years,
        monthly_salary_amount,
        bank_accounts,
        credit_cards,
        interest_rate_pct,
        loans,
        payment_delay_days,
        delayed_payments,
        credit_inquiries,
        outstanding_debt_amount,
        credit_line_utilisation_pct,
        credit_history_months,
        monthly_instalments_amount,
        monthly_investment_amount,
        monthly_balance_amount,

        -- dates
        profile_month
    from credit_profiles

)

select * from chosen
