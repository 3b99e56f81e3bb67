-- One row per published segment: its name, size, value and stability.
with

segments as (

    select * from {{ ref('int_segments') }}

),

names as (

    select * from {{ ref('int_segment_names') }}

),

/* the metric that segments are valued by */
profiles as (

    select * from {{ ref('int_segment_profiles') }}
    where is_value

),

published_columns as (

    select
        segments.segmentation,
        segments.segment_key,
        names.segment_name,
        names.description,
        segments.rule,
        profiles.metric as value_metric,
        segments.key_status,
        segments.segment_number,
        segments.customers,
        segments.customer_share,
        case when not profiles.is_suppressed then profiles.metric_share end as value_share,
        segments.jaccard,
        segments.average_margin,
        segments.rule_fidelity
    from segments
    inner join names
        on segments.segment_key = names.segment_key
    left join profiles
        on segments.segment_key = profiles.segment_key

)

select * from published_columns
