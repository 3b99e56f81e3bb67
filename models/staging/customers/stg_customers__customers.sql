-- One row per customer that can be used, in the field's terms.
{{ config(enabled=has_inputs('customers')) }}
with

validated_rows as (

    select * from {{ ref('base_customers__validated') }}

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
    from validated_rows
    where reject_rule is null

)

select * from renamed
