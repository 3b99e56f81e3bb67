-- One row per audience of card features, category and payment type: spend over all months, nothing suppressed.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_attribute as (

    select * from {{ ref('int_spends_by_attribute') }}
    where spend_month is null

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
        spend_amount,
        is_folded,
        is_all_folded
    from spends_by_attribute

),

by_customer as (

    select
        members.segment_key,
        spends.customer_id,
        spends.category,
        spends.payment_type,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from spends
    inner join members
        on spends.customer_id = members.customer_id
    group by
        members.segment_key,
        spends.customer_id,
        spends.category,
        spends.payment_type

),

by_segment as (

    select
        segment_key,
        category,
        payment_type,
        {{ exact_sum('spend_amount') }} as spend_amount
    from by_customer
    group by
        segment_key,
        category,
        payment_type

),

of_everyone as (

    select
        case when {{ is_credit_card('payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', category, payment_type) as item,
        is_folded,
        is_all_folded
    from demographic
    where group_type = 'all'

),

spenders_by_kind as (

    select
        'segment' as attribute,
        case when {{ is_credit_card('payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', category, payment_type) as item,
        segment_key as line_name,
        customer_id
    from by_customer
    where spend_amount > 0

),

kind_counts as (

    select
        attribute,
        item_class,
        item,
        line_name,
        count(*) as customers
    from spenders_by_kind
    group by
        attribute,
        item_class,
        item,
        line_name

),

{{ folded_items('folded_kinds', 'kind_counts', 'spenders_by_kind', 'of_everyone') }},

segments as (

    select
        'segment' as group_type,
        by_segment.segment_key as group_key,
        by_segment.category,
        by_segment.payment_type,
        by_segment.spend_amount,
        coalesce(folded_kinds.is_folded, false) as is_folded,
        coalesce(folded_kinds.is_all_folded, false) as is_all_folded
    from by_segment
    left join folded_kinds
        on concat_ws(' / ', by_segment.category, by_segment.payment_type) = folded_kinds.item

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
