-- One row per customer and month: the credit score and whether only the minimum was paid.
with

credit_profiles as (

    select * from {{ ref('stg_credit_profiles__credit_profiles') }}

),

profiles as (

    select
        customer_id,
        occupation,
        credit_mix,
        credit_score,
        minimum_payment_answer,
        profile_month
    from credit_profiles

)

select * from profiles
