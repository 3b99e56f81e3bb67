-- One row per customer with a known age: the age band that the repayment segments must not stand in for.
with

credit_profiles as (

    select * from {{ ref('stg_credit_profiles__credit_profiles') }}

),

latest as (

    select
        *,
        row_number() over (partition by customer_id order by profile_month desc) as recency_rank
    from credit_profiles

),

attributes as (

    select
        customer_id,
        'age_group' as attribute,
        case
            when age_years < 25 then 'below 25'
            when age_years < 35 then '25-34'
            when age_years < 45 then '35-44'
            else '45 and over'
        end as attribute_value
    from latest
    where
        recency_rank = 1
        and age_years is not null

)

select * from attributes
