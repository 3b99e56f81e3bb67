-- One row per demographic attribute, value, category and payment type: spend and its share of the value's spend.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

monthly_spend as (

    select * from {{ ref('monthly_spend') }}

),

/* what is suppressed is null in every month and stays null in their sum */
summed as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        is_suppressed
    from monthly_spend
    group by
        attribute,
        attribute_value,
        category,
        payment_type,
        customers,
        is_suppressed

),

shared as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        customers,
        spend_amount,
        spend_amount / nullif({{ exact_sum('spend_amount', 'over (partition by attribute, attribute_value)') }}, 0)
            as spend_share,
        is_suppressed
    from summed

)

select * from shared
