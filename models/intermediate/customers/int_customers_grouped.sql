-- One row per customer: the demographic groups the customer counts in, small ones folded.
{{ config(enabled=has_inputs('customers')) }}
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

),

sizes as (

    select
        attribute,
        attribute_value,
        count(*) as customers
    from customers
    unpivot include nulls (attribute_value for attribute in (age_group, gender, marital_status, city, occupation))
    group by
        attribute,
        attribute_value

),

/* values that too few people have are one value in all that is said about groups */
small_values as (

    select
        attribute,
        attribute_value,
        {{ is_folded('customers', 'attribute', 'attribute_value') }} as is_folded
    from sizes

),

folded_values as (

    select
        attribute,
        attribute_value
    from small_values
    where is_folded

),

grouped as (

    select
        customer_id,
        {{ folded_value('age_group') }} as age_group,
        {{ folded_value('gender') }} as gender,
        {{ folded_value('marital_status') }} as marital_status,
        {{ folded_value('city') }} as city,
        {{ folded_value('occupation') }} as occupation
    from customers

)

select * from grouped
