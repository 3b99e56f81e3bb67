-- One row per demographic attribute, value, month, category and payment type: spend and its share of the value's spend.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}

),

shared as (

    select
        *,
        spend_amount / nullif({{ exact_sum('spend_amount', 'over (partition by attribute, attribute_value)') }}, 0)
            as spend_share
    from spends_by_attribute

),

suppressed as (

    select
        attribute,
        attribute_value,
        category,
        payment_type,
        customers,
        {{ unless_suppressed('spend_amount') }} as spend_amount,
        {{ unless_suppressed('spend_share') }} as spend_share,
        is_suppressed,
        spend_month
    from shared

)

select * from suppressed
