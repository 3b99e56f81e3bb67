-- One row per segment, category and payment type: spend over all months and its share of the segment's spend.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

spends_by_segment as (

    select * from {{ ref('int_spends_by_segment') }}

),

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

/* what too few people spent on is one row, and so are segments of too few */
summed as (

    select
        segmentation,
        reported_segment_key as segment_key,
        reported_category as category,
        reported_payment_type as payment_type,
        max(reported_customers) as customers,
        {{ exact_sum('spend_amount') }} as spend_amount
    from spends_by_segment
    group by
        segmentation,
        reported_segment_key,
        reported_category,
        reported_payment_type

),

shared as (

    select
        *,
        spend_amount / nullif({{ exact_sum('spend_amount', 'over (partition by segmentation, segment_key)') }}, 0)
            as spend_share,
        /* where even everything together has too few, the others would disclose it */
        coalesce(
            min(case when customers > 0 then customers end) over (partition by segmentation)
            < {{ var('minimum_cell_size') }}, false
        ) as is_suppressed
    from summed

),

suppressed as (

    select
        -- ids
        shared.segmentation,
        shared.segment_key,

        -- strings
        coalesce(segment_names.segment_name, {{ all_other() }}) as segment_name,
        shared.category,
        shared.payment_type,

        -- numbers
        {{ unless_suppressed('shared.customers') }} as customers,
        {{ unless_suppressed('shared.spend_amount') }} as spend_amount,
        {{ unless_suppressed('shared.spend_share') }} as spend_share,

        -- booleans
        shared.is_suppressed
    from shared
    left join segment_names
        on shared.segment_key = segment_names.segment_key

)

select * from suppressed
