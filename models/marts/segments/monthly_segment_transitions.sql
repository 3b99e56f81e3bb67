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

migrations as (

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

)

select * from migrations
