-- One row per customer: the credit profile of the latest month, with the debt it means for the salary.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

credit_profiles as (

    select * from {{ ref('stg_credit_profiles__credit_profiles') }}

),

ranked as (

    select
        *,
        outstanding_debt_amount / nullif(monthly_salary_amount, 0) as debt_to_income_ratio,
        row_number() over (partition by customer_id order by profile_month desc) as recency_rank
    from credit_profiles

),

latest as (

    select
        -- ids
        customer_id,

        -- strings
        occupation,
        credit_mix,
        credit_score,
        minimum_payment_answer,

        -- numbers
        age_years,
        monthly_salary_amount,
        outstanding_debt_amount,
        debt_to_income_ratio,
        monthly_instalments_amount,
        monthly_investment_amount,
        monthly_balance_amount,
        payment_delay_days,
        delayed_payments,
        credit_inquiries,
        credit_line_utilisation_pct,
        interest_rate_pct,
        bank_accounts,
        credit_cards,
        loans,
        credit_history_months,

        -- dates
        profile_month
    from ranked
    where recency_rank = 1

)

select * from latest
