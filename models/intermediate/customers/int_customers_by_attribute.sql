-- One row per customer and demographic attribute, with `all` as the attribute that everyone shares.
{{ config(enabled=has_inputs('customers')) }}
with

customers as (

    select
        customer_id,
        age_group,
        gender,
        marital_status,
        city,
        occupation
    from {{ ref('stg_customers__customers') }}

),

by_attribute as (

    select
        customer_id,
        'all' as attribute,
        'all' as attribute_value
    from customers
    union all
    select
        customer_id,
        attribute,
        attribute_value
    from customers
    /* the test for missing values is to see a value that cleaning lost */
    unpivot include nulls (attribute_value for attribute in (age_group, gender, marital_status, city, occupation))

)

select * from by_attribute
