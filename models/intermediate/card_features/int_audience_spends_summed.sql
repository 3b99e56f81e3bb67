-- One row per audience of card features, category and payment type: spend over all months, nothing suppressed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}
    where spend_month is null

),

demographic as (

    select
        attribute as group_type,
        attribute_value as group_key,
        category,
        payment_type,
        spend_amount,
        is_folded,
        is_all_folded
    from spends_by_attribute

),

segments as (

    select
        'segment' as group_type,
        segment_key as group_key,
        category,
        payment_type,
        spend_amount,
        is_folded,
        is_all_folded
    from {{ ref('int_spends_by_segment') }}
    where segmentation = 'spending'

),

all_audiences as (

    select * from demographic
    union all
    select * from segments

),

audience_spends as (

    select
        group_type,
        group_key,
        category,
        payment_type,
        case
            when is_all_folded then 'all'
            when is_folded and {{ is_credit_card('payment_type') }} then 'credit card'
            when is_folded then 'other'
        end as folded_into,
        spend_amount
    from all_audiences

)

select * from audience_spends
