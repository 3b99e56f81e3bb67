-- One row per customer: what the repayment segments are formed from and what describes them, as last known.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_credit_profiles_latest') }}

),

features as (

    select
        -- ids
        customer_id,

        -- features
        payment_delay_days,
        delayed_payments,
        debt_to_income_ratio,
        credit_line_utilisation_pct,
        /* not mentioned lies between yes and no: taking it for either would decide what nobody said */
        case minimum_payment_answer when 'Yes' then 1 when 'No' then 0 when 'NM' then 0.5 end
            as minimum_payment_indicator,
        credit_inquiries,

        -- profile
        monthly_salary_amount,
        outstanding_debt_amount,
        interest_rate_pct,
        bank_accounts,
        credit_cards,
        loans,
        credit_history_months,
        monthly_instalments_amount,
        monthly_investment_amount,
        monthly_balance_amount,
        case credit_score when 'Good' then 1 when 'Standard' then 0 when 'Poor' then 0 end as good_credit_score_share,
        case credit_score when 'Poor' then 1 when 'Standard' then 0 when 'Good' then 0 end as poor_credit_score_share
    from profiles

)

select * from features
