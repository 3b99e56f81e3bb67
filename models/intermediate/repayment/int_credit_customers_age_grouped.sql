-- One row per customer and age scheme: the age band that the customer is in.
{{ config(enabled=has_inputs('credit_profiles')) }}
with

profiles as (

    select * from {{ ref('int_credit_profiles_latest') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

/* a band without a limit on one side is open there */
grouped as (

    select
        profiles.customer_id,
        age_bands.age_scheme,
        age_bands.age_group,
        age_bands.band_position
    from profiles
    inner join age_bands
        on
            profiles.age_years >= coalesce(age_bands.minimum_age, profiles.age_years)
            and profiles.age_years <= coalesce(age_bands.maximum_age, profiles.age_years)

)

select * from grouped
