-- One row per customer and demographic attribute, with `all` as the attribute that everyone shares.
{{ config(enabled=has_inputs('customers')) }}
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

),

by_attribute as (

    select
        customer_id,
        'all' as attribute,
        'all' as attribute_value
    from customers
    {% for attribute in demographic_attributes() %}
    union all
    select
        customer_id,
        '{{ attribute }}' as attribute,
        {{ attribute }} as attribute_value
    from customers
    {% endfor %}

)

select * from by_attribute
