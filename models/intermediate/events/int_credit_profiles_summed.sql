-- One row per customer and month with a statement, of the last months: how the customer repays and what is owed.
{{ config(enabled=has_inputs('card_statements')) }}
with

statements as (

    select * from {{ ref('int_statements_read') }}
    where is_in_window

),

statement_months as (

    select
        customer_id,
        statement_month,
        greatest(sum(case when is_latest_of_month then closing_balance_amount end), 0) as outstanding_debt_amount,
        sum(case when is_latest_of_month then credit_limit_amount end) as credit_limit_amount,
        sum(case when minimum_due_amount > 0 then minimum_due_amount end) as minimum_due_amount,
        sum(case when minimum_due_amount > 0 then paid_amount end) as paid_amount,
        count(case when minimum_due_amount > 0 and not is_answered then 1 end) as open_statements,
        sum(days_late) as days_late,
        count(days_late) as due_statements,
        count(case when days_late > 0 then 1 end) as late_statements
    from statements
    group by
        customer_id,
        statement_month

),

/* what was late stays in the mean of the months that follow */
repayments as (

    select
        *,
        cast(sum(days_late) over (partition by customer_id order by statement_month) as double)
        / nullif(sum(due_statements) over (partition by customer_id order by statement_month), 0)
            as payment_delay_days,
        case
            when sum(due_statements) over (partition by customer_id order by statement_month) > 0
                then sum(late_statements) over (partition by customer_id order by statement_month)
        end as delayed_payments
    from statement_months

),

customers as (

    {% if has_inputs('customers') -%}
    select
        customer_id,
        occupation,
        monthly_income_amount
    from {{ ref('stg_customers__customers') }}
    {%- else -%}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'occupation': dbt.type_string(), 'monthly_income_amount': 'double',
    }) }}
    {%- endif %}

),

accounts as (

    {% if has_inputs('card_accounts') -%}
    select
        customer_id,
        sum(case when account_kind = 'credit' and is_open then coalesce(cards, 1) end) as credit_cards,
        count(case when account_kind in ('debit', 'prepaid') and is_open then 1 end) as bank_accounts,
        min(case when account_kind = 'credit' then opened_month end) as opened_month
    from {{ ref('int_accounts_read') }}
    where not is_later
    group by customer_id
    {%- else -%}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'credit_cards': 'bigint', 'bank_accounts': 'bigint', 'opened_month': 'date',
    }) }}
    {%- endif %}

),

card_months as (

    {% if has_inputs('card_transactions') -%}
    select
        customer_id,
        usage_month,
        billed_instalments_amount
    from {{ ref('int_card_months_summed') }}
    {%- else -%}
    {{ empty_relation({
        'customer_id': dbt.type_string(), 'usage_month': 'date', 'billed_instalments_amount': 'double',
    }) }}
    {%- endif %}

),

profiles as (

    select
        -- ids
        concat(repayments.customer_id, ' ', cast(repayments.statement_month as {{ dbt.type_string() }}))
            as credit_profile_id,
        repayments.customer_id,

        -- strings
        customers.occupation,
        cast(null as {{ dbt.type_string() }}) as credit_mix,
        cast(null as {{ dbt.type_string() }}) as credit_score,
        case
            when repayments.open_statements > 0 then null
            when repayments.minimum_due_amount is null then 'NM'
            when repayments.paid_amount <= repayments.minimum_due_amount then 'Yes'
            else 'No'
        end as minimum_payment_answer,

        -- numerics
        cast(null as integer) as age_years,
        cast(customers.monthly_income_amount as double) as monthly_salary_amount,
        cast(accounts.bank_accounts as bigint) as bank_accounts,
        cast(accounts.credit_cards as bigint) as credit_cards,
        cast(null as double) as interest_rate_pct,
        cast(null as integer) as loans,
        repayments.payment_delay_days,
        cast(repayments.delayed_payments as bigint) as delayed_payments,
        cast(null as integer) as credit_inquiries,
        cast(repayments.outstanding_debt_amount as double) as outstanding_debt_amount,
        100 * cast(repayments.outstanding_debt_amount as double)
        / nullif(cast(repayments.credit_limit_amount as double), 0) as credit_line_utilisation_pct,
        case
            when accounts.opened_month <= repayments.statement_month
                then {{ dbt.datediff('accounts.opened_month', 'repayments.statement_month', 'month') }}
        end as credit_history_months,
        /* without transactions nobody knows of instalments; with them, who was billed none has none */
        coalesce(
            cast(card_months.billed_instalments_amount as double),
            {{ '0' if has_inputs('card_transactions') else 'null' }}
        ) as monthly_instalments_amount,
        cast(null as double) as monthly_investment_amount,
        cast(null as double) as monthly_balance_amount,

        -- dates
        repayments.statement_month as profile_month
    from repayments
    left join customers
        on repayments.customer_id = customers.customer_id
    left join accounts
        on repayments.customer_id = accounts.customer_id
    left join card_months
        on
            repayments.customer_id = card_months.customer_id
            and repayments.statement_month = card_months.usage_month

)

select * from profiles
