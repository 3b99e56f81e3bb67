-- One row per customer with a known age: the age band that the repayment segments must not be a proxy for.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_repayment__features') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}
    where age_scheme = 'broad'

),

attributes as (

    select
        profiles.customer_id,
        'age_group' as attribute,
        age_bands.age_group as attribute_value
    from profiles
    inner join age_bands
        on
            {{ is_in_age_band('profiles.age_years') }}

)

select * from attributes
