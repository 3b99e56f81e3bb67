-- One row per customer and protected attribute: what the spending segments must not be a proxy for.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customers_by_attribute as (

    select * from {{ ref('int_customers_by_attribute') }}

),

attributes as (

    select
        customer_id,
        attribute,
        attribute_value
    from customers_by_attribute
    where attribute in ('age_group', 'gender', 'marital_status')

)

select * from attributes
