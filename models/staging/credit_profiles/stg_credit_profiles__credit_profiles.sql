-- One row per customer and month that can be used, in the field's terms.
{{ config(enabled='credit_profiles' in given_inputs()) }}
with

usable_rows as (

    {{ usable_rows_sql('credit_profiles', ref('credit_profiles'), ref('base_credit_profiles__examined')) }}

),

renamed as (

    select
        -- ids
        id as credit_profile_id,
        customer_id,

        -- strings
        occupation,
        type_of_loan as loan_types,
        credit_mix,
        payment_behaviour,
        credit_score,
        payment_of_min_amount as minimum_payment_answer,
        source_file,

        -- numerics
        age as age_years,
        annual_income as annual_income_amount,
        monthly_inhand_salary as monthly_salary_amount,
        num_bank_accounts as bank_accounts,
        num_credit_card as credit_cards,
        interest_rate as interest_rate_pct,
        num_of_loan as loans,
        delay_from_due_date as payment_delay_days,
        num_of_delayed_payment as delayed_payments,
        changed_credit_limit as credit_limit_change_pct,
        num_credit_inquiries as credit_inquiries,
        outstanding_debt as outstanding_debt_amount,
        credit_utilization_ratio as credit_line_utilisation_pct,
        credit_history_age as credit_history_months,
        total_emi_per_month as monthly_instalments_amount,
        amount_invested_monthly as monthly_investment_amount,
        monthly_balance as monthly_balance_amount,
        {%- for column in passed_columns('credit_profiles') %}
        {{ column.name }},
        {%- endfor %}

        -- dates
        month as profile_month
    from usable_rows

)

select * from renamed
