-- One row per demographic attribute, value, category and payment type: spend and its share of the value's spend.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}

),

suppression as (

    select * from {{ ref('int_demographic_combinations_suppressed') }}

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

flagged as (

    select
        shared.*,
        suppression.is_suppressed
    from shared
    inner join suppression
        on
            shared.attribute = suppression.attributes
            and shared.attribute_value = suppression.attribute_values

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
        is_suppressed
    from flagged

)

select * from suppressed
