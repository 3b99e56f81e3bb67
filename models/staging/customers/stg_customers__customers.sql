-- One row per customer that can be used, in the field's terms.
with

checked_rows as (

    select * from {{ ref('stg_customers__checked_rows') }}

),

renamed as (

    select
        -- ids
        customer_id,

        -- strings
        age_group,
        gender,
        marital_status,
        city,
        occupation,

        -- numerics
        avg_income as monthly_income_amount
    from checked_rows
    where reject_rule is null

)

select * from renamed
