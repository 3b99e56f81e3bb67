-- One row per segment and metric: the segment against its population.
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

published_columns as (

    select
        profiles.segmentation,
        profiles.segment_key,
        segments.segment_name,
        profiles.metric,
        coalesce(metric_labels.label, replace(profiles.metric, '_', ' ')) as metric_label,
        metric_labels.unit,
        profiles.customers_with_value,
        profiles.metric_mean as mean,
        profiles.metric_median as median,
        profiles.penetration_share,
        profiles.intensity_mean,
        profiles.metric_share,
        profiles.population_mean,
        profiles.population_median,
        profiles.index_100,
        profiles.standardised_difference,
        profiles.is_feature
    from profiles
    inner join segments
        on profiles.segment_key = segments.segment_key
    left join metric_labels
        on profiles.metric = metric_labels.metric

)

select * from published_columns
