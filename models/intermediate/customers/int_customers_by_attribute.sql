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

),

sizes as (

    select
        attribute,
        attribute_value,
        count(*) as customers
    from by_attribute
    where attribute <> 'all'
    group by
        attribute,
        attribute_value

),

small_values as (

    select
        attribute,
        attribute_value,
        {{ is_folded('customers', 'attribute', 'attribute_value') }} as is_folded
    from sizes

),

/* values that too few people have are one value in all that is said about groups */
folded as (

    select
        by_attribute.customer_id,
        by_attribute.attribute,
        case
            when small_values.is_folded and by_attribute.attribute_value is not null then {{ all_other() }}
            else by_attribute.attribute_value
        end as attribute_value
    from by_attribute
    left join small_values
        on
            by_attribute.attribute = small_values.attribute
            and by_attribute.attribute_value = small_values.attribute_value

)

select * from folded
