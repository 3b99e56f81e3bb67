-- One row per customer and month: the spending features of that month alone, for segments over time.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

features as (

    select
        customer_id,
        spend_month as period_month,
        {{ spending_features() | trim }}
    from customer_months
    group by
        customer_id,
        spend_month

)

select * from features
