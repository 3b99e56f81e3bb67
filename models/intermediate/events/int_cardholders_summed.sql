-- One row per customer with a statement in the last months: how they used their credit cards.
{{ config(
    enabled=has_inputs('card_transactions', 'card_statements'),
    post_hook="{{ raise_unclear_usage(ref('int_transactions_classified'), ref('int_statements_read')) }}"
) }}
with

statements as (

    select * from {{ ref('int_statements_read') }}
    where treatment = 'counted'

),

window_statements as (

    select * from statements
    where is_in_window

),

first_months as (

    select
        customer_id,
        min(statement_month) as first_month,
        max(last_month) as last_month
    from statements
    group by customer_id

),

/* from the first statement on, or from the first of the months that are looked at */
tenures as (

    select
        customer_id,
        least(
            {{ var('usage_months') }} - 1,
            {{ dbt.datediff('first_month', 'last_month', 'month') }}
        )
        + 1 as tenure_months,
        last_month,
        {% if var('as_of_date') -%} cast('{{ var("as_of_date") }}' as date) {%- else -%} last_day(last_month) {%- endif %}
            as last_day
    from first_months

),

/* the limit of an account is that of its latest statement */
limits as (

    select
        customer_id,
        sum(credit_limit_amount) as credit_limit_amount
    from (
        select
            customer_id,
            max_by(credit_limit_amount, statement_date) as credit_limit_amount
        from window_statements
        group by
            customer_id,
            account_id
    ) as accounts
    group by customer_id

),

statement_months as (

    select
        customer_id,
        statement_month,
        sum(case when is_latest_of_month then closing_balance_amount end) as balance_amount,
        sum(case when is_latest_of_month then paid_amount end) as paid_of_balance_amount,
        sum(paid_amount) as payments_amount,
        sum(minimum_due_amount) as minimum_payments_amount
    from window_statements
    group by
        customer_id,
        statement_month

),

statements_summed as (

    select
        customer_id,
        cast(sum(balance_amount) as double) / count(*) as balance_amount,
        count(case when balance_amount <> 0 then 1 end) as balance_months,
        count(case when balance_amount > 0 and paid_of_balance_amount >= balance_amount then 1 end)
            as full_payment_months,
        cast(sum(payments_amount) as double) as payments_amount,
        cast(sum(minimum_payments_amount) as double) as minimum_payments_amount
    from statement_months
    group by customer_id

),

card_months as (

    select card_months_summed.*
    from {{ ref('int_card_months_summed') }} as card_months_summed
    inner join tenures
        on
            card_months_summed.customer_id = tenures.customer_id
            and {{ dbt.datediff('card_months_summed.usage_month', 'tenures.last_month', 'month') }}
            between 0 and tenures.tenure_months - 1

),

transactions_summed as (

    select
        customer_id,
        greatest(cast(sum(one_off_purchases_amount) as double), 0) as one_off_purchases_amount,
        greatest(cast(sum(instalment_purchases_amount) as double), 0) as instalment_purchases_amount,
        greatest(cast(sum(cash_advance_amount) as double), 0) as cash_advance_amount,
        sum(one_off_purchase_transactions + instalment_purchase_transactions) as purchase_transactions,
        sum(cash_advance_transactions) as cash_advance_transactions,
        count(case when one_off_purchase_transactions + instalment_purchase_transactions > 0 then 1 end)
            as purchase_months,
        count(case when one_off_purchase_transactions > 0 then 1 end) as one_off_purchase_months,
        count(case when instalment_purchase_transactions > 0 then 1 end) as instalment_purchase_months,
        count(case when cash_advance_transactions > 0 then 1 end) as cash_advance_months
    from card_months
    group by customer_id

),

/* what describes purchases beside their amounts */
purchases_described as (

    select
        purchases.customer_id,
        {{ dbt.datediff('cast(max(purchases.spent_at) as date)', 'max(tenures.last_day)', 'day') }}
            as days_since_purchase,
        cast(count(case when purchases.is_online then 1 end) as double) / nullif(count(purchases.is_online), 0)
            as online_share_of_purchases,
        nullif(count(distinct purchases.merchant), 0) as merchants,
        nullif(count(distinct nullif(purchases.category, 'Not known')), 0) as spend_categories
    from {{ ref('int_transactions_classified') }} as purchases
    inner join tenures
        on
            purchases.customer_id = tenures.customer_id
            and {{ dbt.datediff('purchases.spend_month', 'tenures.last_month', 'month') }}
            between 0 and tenures.tenure_months - 1
    where
        purchases.account_kind = 'credit'
        and purchases.treatment = 'purchase'
    group by purchases.customer_id

),

/* a card that was not used has no transactions, which is known and not missing */
cardholders as (

    select
        -- ids
        statements_summed.customer_id as cardholder_id,

        -- numerics
        statements_summed.balance_amount,
        cast(statements_summed.balance_months as double) / tenures.tenure_months as balance_frequency_share,
        coalesce(transactions_summed.one_off_purchases_amount, 0)
        + coalesce(transactions_summed.instalment_purchases_amount, 0) as purchases_amount,
        coalesce(transactions_summed.one_off_purchases_amount, 0) as one_off_purchases_amount,
        coalesce(transactions_summed.instalment_purchases_amount, 0) as instalment_purchases_amount,
        coalesce(transactions_summed.cash_advance_amount, 0) as cash_advance_amount,
        {%- for frequency in ['purchase', 'one_off_purchase', 'instalment_purchase', 'cash_advance'] %}
        cast(coalesce(transactions_summed.{{ frequency }}_months, 0) as double) / tenures.tenure_months
            as {{ frequency ~ ('s' if frequency != 'cash_advance' else '') }}_frequency_share,
        {%- endfor %}
        cast(coalesce(transactions_summed.cash_advance_transactions, 0) as bigint) as cash_advance_transactions,
        cast(coalesce(transactions_summed.purchase_transactions, 0) as bigint) as purchase_transactions,
        cast(limits.credit_limit_amount as double) as credit_limit_amount,
        statements_summed.payments_amount,
        statements_summed.minimum_payments_amount,
        cast(statements_summed.full_payment_months as double) / tenures.tenure_months as full_payment_share,
        tenures.tenure_months,
        purchases_described.days_since_purchase,
        purchases_described.online_share_of_purchases,
        purchases_described.merchants,
        purchases_described.spend_categories
    from statements_summed
    inner join tenures
        on statements_summed.customer_id = tenures.customer_id
    inner join limits
        on statements_summed.customer_id = limits.customer_id
    left join transactions_summed
        on statements_summed.customer_id = transactions_summed.customer_id
    left join purchases_described
        on statements_summed.customer_id = purchases_described.customer_id

)

select * from cardholders
