with

population as (

    select count(distinct customer_id) as customers from {{ ref('int_credit_profiles') }}

),

counted as (

    select
        'repayment_behaviour' as model_name,
        group_type as kind,
        sum(customers) as customers,
        count(*) - count(customers) as suppressed_groups
    from {{ ref('repayment_behaviour') }}
    group by group_type
    union all
    select
        'credit_score_by_age' as model_name,
        age_scheme as kind,
        sum(customers) as customers,
        count(*) - count(customers) as suppressed_groups
    from {{ ref('credit_score_by_age') }}
    group by age_scheme
    union all
    select
        'credit_score_by_occupation' as model_name,
        'occupation' as kind,
        sum(customers) as customers,
        count(*) - count(customers) as suppressed_groups
    from {{ ref('credit_score_by_occupation') }}

)

select
    counted.model_name,
    counted.kind,
    counted.customers,
    counted.suppressed_groups,
    population.customers as expected_customers
from counted
cross join population
where
    /* suppressed groups can only lower a sum */
    counted.customers > population.customers
    or (
        coalesce(counted.suppressed_groups, 0) = 0
        and coalesce(counted.customers, 0) <> population.customers
    )
