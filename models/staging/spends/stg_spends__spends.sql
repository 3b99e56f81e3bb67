-- One row per customer, month, category and payment type that can be used, in the field's terms.
with

checked_rows as (

    select * from {{ ref('stg_spends__checked_rows') }}

),

renamed as (

    select
        -- ids
        customer_id,

        -- strings
        category,
        payment_type,

        -- numerics
        spend as spend_amount,

        -- dates
        month as spend_month
    from checked_rows
    where reject_rule is null

)

select * from renamed
