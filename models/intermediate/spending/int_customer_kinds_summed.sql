-- One row per customer, category and payment type: spend over all months observed.
{{ config(enabled=has_inputs('spends')) }}
with

spends as (

    select * from {{ ref('int_spends') }}

),

summed as (

    select
        customer_id,
        category,
        payment_type,
        {{ exact_sum('spend_amount') }} as spend_amount
    from spends
    group by
        customer_id,
        category,
        payment_type

)

select * from summed
