-- One row per demographic attribute, value, month, category and payment type: spend and how many it is of.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

cells as (

    select * from {{ ref('int_spend_cells_summed') }}

),

cells_by_attribute as (

    {{ by_attribute('cells', ['spend_month', 'category', 'payment_type', 'customers', 'spend_amount']) }}

),

monthly_cells as (

    select
        attribute,
        attribute_value,
        spend_month,
        category,
        payment_type,
        cast(sum(customers) as bigint) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount
    from cells_by_attribute
    group by
        attribute,
        attribute_value,
        spend_month,
        category,
        payment_type

)

select * from monthly_cells
