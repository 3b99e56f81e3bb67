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

by_segment as (

    select
        members.segment_key,
        spends.category,
        spends.payment_type,
        {{ exact_sum('spends.spend_amount') }} as spend_amount
    from {{ ref('int_spends') }} as spends
    inner join members
        on spends.customer_id = members.customer_id
    group by
        members.segment_key,
        spends.category,
        spends.payment_type

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

members_with_kinds as (

    select
        members.segment_key,
        members.customer_id,
        customer_kinds.kind_bits
    from {{ ref('int_customer_kinds') }} as customer_kinds
    inner join members
        on customer_kinds.customer_id = members.customer_id

),

/* by the number of a kind: a row for each customer and kind is grouped by it much faster than by texts */
spenders as (

    select
        members_with_kinds.segment_key,
        spend_kinds.kind_number,
        count(*) as customers
    from members_with_kinds
    inner join {{ ref('int_spend_kinds') }} as spend_kinds
        on get_bit(members_with_kinds.kind_bits, spend_kinds.kind_number) = 1
    group by
        members_with_kinds.segment_key,
        spend_kinds.kind_number

),

kind_counts as (

    select
        'segment' as attribute,
        case when {{ is_credit_card('spend_kinds.payment_type') }} then 'credit card' else 'other' end as item_class,
        concat_ws(' / ', spend_kinds.category, spend_kinds.payment_type) as item,
        spenders.segment_key as line_name,
        spend_kinds.kind_number,
        spenders.customers
    from spenders
    inner join {{ ref('int_spend_kinds') }} as spend_kinds
        on spenders.kind_number = spend_kinds.kind_number

),

/* who is one of few behind an amount: only they can be alone with what they spend */
few_spenders as (

    select
        kind_counts.attribute,
        kind_counts.item_class,
        kind_counts.item,
        kind_counts.line_name,
        members.customer_id
    from kind_counts
    inner join members_with_kinds as members
        on
            kind_counts.line_name = members.segment_key
            and get_bit(members.kind_bits, kind_counts.kind_number) = 1
    where kind_counts.customers < {{ var('minimum_cell_size') }}

),

{{ folded_items('folded_kinds', 'kind_counts', 'few_spenders', 'of_everyone') }},

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
