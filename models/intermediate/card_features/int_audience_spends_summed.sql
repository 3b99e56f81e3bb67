-- One row per audience of card features, category and payment type: spend over all months, nothing suppressed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}

),

members as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'spending'

),

spends as (

    select * from {{ ref('stg_spends__spends') }}

),

demographic as (

    select
        attribute as group_type,
        attribute_value as group_key,
        category,
        payment_type,
        {{ exact_sum('spend_amount') }} as spend_amount
    from spends_by_attribute
    group by
        attribute,
        attribute_value,
        category,
        payment_type

),

segments as (

    select
        'segment' as group_type,
        members.segment_key as group_key,
        spends.category,
        spends.payment_type,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from spends
    inner join members
        on spends.customer_id = members.customer_id
    group by
        members.segment_key,
        spends.category,
        spends.payment_type

),

audience_spends as (

    select * from demographic
    union all
    select * from segments

)

select * from audience_spends
