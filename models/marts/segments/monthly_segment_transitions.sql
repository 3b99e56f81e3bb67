-- One row per pair of months in succession, old segment and new segment: customers and their share of the old segment.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

monthly_scores as (

    select * from {{ ref('int_spending__monthly_scores') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

keyed as (

    select
        monthly_scores.segmentation,
        monthly_scores.customer_id,
        segments.segment_key,
        monthly_scores.period_month
    from monthly_scores
    inner join segments
        on
            monthly_scores.segmentation = segments.segmentation
            and monthly_scores.segment_number = segments.segment_number

),

in_succession as (

    select
        segmentation,
        customer_id,
        segment_key as from_segment_key,
        period_month as from_month,
        lead(segment_key) over (partition by segmentation, customer_id order by period_month) as to_segment_key,
        lead(period_month) over (partition by segmentation, customer_id order by period_month) as to_month
    from keyed

),

flows as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        count(*) as customers,
        cast(count(*) as double) / sum(count(*)) over (partition by segmentation, from_month, from_segment_key) as rate,
        from_month,
        to_month
    from in_succession
    where to_month is not null
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        from_month,
        to_month

),

/*
    Who leaves a segment in one month came into it in another. So if one pair of months has a small flow, all of them
    fold their smallest, or the sizes of a complete pair would disclose it.
*/
folded as (

    select
        *,
        min(customers) over (partition by segmentation) < {{ var('minimum_cell_size') }} as has_small_flows,
        customers < {{ var('minimum_cell_size') }}
        or coalesce(sum(customers) over (
            partition by segmentation, from_month
            order by customers asc, from_segment_key asc, to_segment_key asc
            rows between unbounded preceding and 1 preceding
        ), 0) < {{ var('minimum_cell_size') }} as is_folded
    from flows

),

reported as (

    select
        segmentation,
        case when has_small_flows and is_folded then 'all_other' else from_segment_key end as from_segment_key,
        case when has_small_flows and is_folded then 'all_other' else to_segment_key end as to_segment_key,
        customers,
        case when not has_small_flows then rate end as rate,
        from_month,
        to_month
    from folded

),

migrations as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        cast(sum(customers) as bigint) as customers,
        max(rate) as rate,
        from_month,
        to_month
    from reported
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        from_month,
        to_month

),

/* fewer people than a cell needs have no flows to show */
suppressed as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        {{ unless_small_cell('customers') }} as customers,
        {{ unless_small_cell('rate') }} as rate,
        from_month,
        to_month
    from migrations

)

select * from suppressed
