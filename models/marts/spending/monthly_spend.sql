-- One row per demographic attribute, value, month, category and payment type: spend and its share of the value's spend.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}
    where spend_month is not null

),

/* what too few people spent on is one row */
summed as (

    select
        attribute,
        attribute_value,
        reported_category as category,
        reported_payment_type as payment_type,
        max(customers) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount,
        is_suppressed,
        spend_month
    from spends_by_attribute
    group by
        attribute,
        attribute_value,
        reported_category,
        reported_payment_type,
        is_suppressed,
        spend_month

),

shared as (

    select
        *,
        spend_amount / nullif({{ exact_sum('spend_amount', 'over (partition by attribute, attribute_value)') }}, 0)
            as spend_share
    from summed

),

suppressed as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        {{ unless_suppressed('customers') }} as customers,
        {{ unless_suppressed('spend_amount') }} as spend_amount,
        {{ unless_suppressed('spend_share') }} as spend_share,
        attribute = 'all' as is_total,
        is_suppressed,
        spend_month
    from shared

)

select * from suppressed
