-- One row per demographic attribute, value, month, category and payment type: spend and the customers behind it.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers_by_attribute as (

    select * from {{ ref('int_customers_by_attribute') }}

),

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

combinations as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

),

summed as (

    select
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        spends.spend_month,
        spends.category,
        spends.payment_type,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from spends
    inner join customers_by_attribute
        on spends.customer_id = customers_by_attribute.customer_id
    group by
        customers_by_attribute.attribute,
        customers_by_attribute.attribute_value,
        spends.spend_month,
        spends.category,
        spends.payment_type

),

counted as (

    select
        summed.attribute,
        summed.attribute_value,
        summed.spend_month,
        summed.category,
        summed.payment_type,
        combinations.customers,
        summed.spend_amount,
        combinations.is_suppressed
    from summed
    inner join combinations
        on
            summed.attribute = combinations.dimension_set
            and summed.attribute_value = combinations.group_label

)

select * from counted
