-- One row per customer, month, category and payment type with purchases or refunds: what was spent, net and gross.
{{ config(
    enabled=has_inputs('card_transactions'),
    post_hook="{{ raise_unmatched_words(this, ref('card_benefits') if has_inputs('customers') else none) }}"
) }}
with

transactions as (

    select * from {{ ref('int_transactions_classified') }}

),

summed as (

    select
        customer_id,
        category,
        payment_type,
        cast(sum(outflow_amount) as double) as spend_amount,
        cast(coalesce(sum(case when treatment = 'purchase' then outflow_amount end), 0) as double)
            as gross_spend_amount,
        spend_month
    from transactions
    where treatment in ('purchase', 'refund')
    group by
        customer_id,
        category,
        payment_type,
        spend_month

)

select * from summed
