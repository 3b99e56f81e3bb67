-- One row per demographic attribute, value, category and payment type: spend and its share of the value's spend.
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}

),

summed as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        max(customers) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount
    from spends_by_attribute
    group by
        attribute,
        attribute_value,
        category,
        payment_type

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
        customers,
        {{ unless_small_cell('spend_amount') }} as spend_amount,
        {{ unless_small_cell('spend_share') }} as spend_share,
        customers < {{ var('minimum_cell_size') }} as is_suppressed
    from shared

)

select * from suppressed
