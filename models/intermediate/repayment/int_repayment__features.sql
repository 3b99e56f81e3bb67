-- One row per customer: the credit profile, each value as last known, and the features of repayment made from it.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

credit_profiles as (

    select * from {{ ref('int_credit_profiles') }}

),

/* a later month without a value does not undo it */
latest as (

    select
        -- ids
        customer_id,

        -- strings
        {{ latest_known('occupation', 'profile_month') }} as occupation,
        {{ latest_known('credit_mix', 'profile_month') }} as credit_mix,
        {{ latest_known('credit_score', 'profile_month') }} as credit_score,
        {{ latest_known('minimum_payment_answer', 'profile_month') }} as minimum_payment_answer,

        -- numbers
        {{ latest_known('age_years', 'profile_month') }} as age_years,
        {{ latest_known('monthly_salary_amount', 'profile_month') }} as monthly_salary_amount,
        {{ latest_known('outstanding_debt_amount', 'profile_month') }} as outstanding_debt_amount,
        {{ latest_known('monthly_instalments_amount', 'profile_month') }} as monthly_instalments_amount,
        {{ latest_known('monthly_investment_amount', 'profile_month') }} as monthly_investment_amount,
        {{ latest_known('monthly_balance_amount', 'profile_month') }} as monthly_balance_amount,
        {{ latest_known('payment_delay_days', 'profile_month') }} as payment_delay_days,
        {{ latest_known('delayed_payments', 'profile_month') }} as delayed_payments,
        {{ latest_known('credit_inquiries', 'profile_month') }} as credit_inquiries,
        {{ latest_known('credit_line_utilisation_pct', 'profile_month') }} as credit_line_utilisation_pct,
        {{ latest_known('interest_rate_pct', 'profile_month') }} as interest_rate_pct,
        {{ latest_known('bank_accounts', 'profile_month') }} as bank_accounts,
        {{ latest_known('credit_cards', 'profile_month') }} as credit_cards,
        {{ latest_known('loans', 'profile_month') }} as loans,
        {{ latest_known('credit_history_months', 'profile_month') }} as credit_history_months,

        -- dates
        max(profile_month) as profile_month,
        max(profile_month) filter (where credit_score is not null) as credit_score_month,
        max(profile_month) filter (where minimum_payment_answer is not null) as minimum_payment_answer_month
    from credit_profiles
    group by customer_id

),

features as (

    select
        *,
        outstanding_debt_amount / nullif(monthly_salary_amount, 0) as debt_to_income_ratio,
        /* not mentioned lies between yes and no: taking it for either would decide what nobody said */
        case minimum_payment_answer when 'Yes' then 1 when 'No' then 0 when 'NM' then 0.5 end
            as minimum_payment_indicator,
        case credit_score when 'Good' then 1 when 'Standard' then 0 when 'Poor' then 0 end as good_credit_score_share,
        case credit_score when 'Poor' then 1 when 'Standard' then 0 when 'Good' then 0 end as poor_credit_score_share
    from latest

)

select * from features
