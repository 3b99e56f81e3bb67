-- One row per customer: what the spending segments are formed from, over all months observed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

features as (

    select
        customer_id,
        {{ spending_features() | trim }}
    from customer_months
    group by customer_id

)

select * from features
