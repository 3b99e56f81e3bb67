-- One row per spending segment and month: customers whom the month's behaviour puts there, and if they are too few.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

monthly_scores as (

    select * from {{ ref('int_spending__monthly_scores') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

sizes as (

    select
        monthly_scores.segmentation,
        segments.segment_key,
        monthly_scores.period_month,
        count(*) as customers,
        {{ is_folded('count(*)', 'monthly_scores.segmentation, monthly_scores.period_month', 'segments.segment_key') }}
            as is_folded
    from monthly_scores
    inner join segments
        on
            monthly_scores.segmentation = segments.segmentation
            and monthly_scores.segment_number = segments.segment_number
    group by
        monthly_scores.segmentation,
        segments.segment_key,
        monthly_scores.period_month

)

select * from sizes
