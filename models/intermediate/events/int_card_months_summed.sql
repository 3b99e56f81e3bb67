-- One row per customer and month in which a credit card was used: purchases less refunds, cash, instalments billed.
{{ config(enabled=has_inputs('card_transactions', 'card_statements')) }}
with

transactions as (

    select * from {{ ref('int_transactions_classified') }}

),

summed as (

    select
        -- ids
        customer_id,

        -- numerics
        coalesce(
            sum(case when treatment in ('purchase', 'refund') and not is_by_instalments then outflow_amount end), 0
        ) as one_off_purchases_amount,
        coalesce(
            sum(case when treatment in ('purchase', 'refund') and is_by_instalments then outflow_amount end), 0
        ) as instalment_purchases_amount,
        coalesce(sum(case when treatment = 'cash_advance' then outflow_amount end), 0) as cash_advance_amount,
        coalesce(sum(case when is_instalment_bill then outflow_amount end), 0) as billed_instalments_amount,
        count(case when treatment = 'purchase' and not is_by_instalments then 1 end) as one_off_purchase_transactions,
        count(case when treatment = 'purchase' and is_by_instalments then 1 end) as instalment_purchase_transactions,
        count(case when treatment = 'cash_advance' then 1 end) as cash_advance_transactions,

        -- dates
        spend_month as usage_month
    from transactions
    where
        account_kind = 'credit'
        and customer_id is not null
        and treatment in ('purchase', 'refund', 'cash_advance', 'instalment')
    group by
        customer_id,
        spend_month

)

select * from summed
