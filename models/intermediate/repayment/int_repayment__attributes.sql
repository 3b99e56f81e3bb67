-- One row per customer with a known age: the age band that the repayment segments must not stand in for.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

age_grouped as (

    select * from {{ ref('int_credit_customers_age_grouped') }}
    where age_scheme = 'broad'

),

attributes as (

    select
        customer_id,
        'age_group' as attribute,
        age_group as attribute_value
    from age_grouped

)

select * from attributes
