-- One row per segment and metric: the segment against its population.
with

metric_values as (

    select * from {{ ref('int_segment_metric_values') }}

),

populations as (

    select * from metric_values
    where segment_key is null

),

profiles as (

    select
        metric_values.segmentation,
        metric_values.segment_key,
        metric_values.metric,
        metric_values.metric_position,
        metric_values.customers,
        metric_values.customers_with_value,
        metric_values.metric_mean,
        metric_values.metric_median,
        cast(metric_values.customers_above_zero as double) / metric_values.customers as penetration_share,
        metric_values.metric_sum_above_zero / nullif(metric_values.customers_above_zero, 0) as intensity_mean,
        metric_values.metric_sum / nullif(populations.metric_sum, 0) as metric_share,
        populations.metric_mean as population_mean,
        populations.metric_median as population_median,
        populations.metric_standard_deviation as population_standard_deviation,
        /* an index has no meaning round a mean of zero or below */
        case when populations.metric_mean > 0 then 100 * metric_values.metric_mean / populations.metric_mean end
            as index_100,
        (metric_values.metric_mean - populations.metric_mean)
        / nullif(populations.metric_standard_deviation, 0) as standardised_difference,
        metric_values.is_feature,
        metric_values.is_value
    from metric_values
    inner join populations
        on
            metric_values.segmentation = populations.segmentation
            and metric_values.metric = populations.metric
    where metric_values.segment_key is not null

)

select * from profiles
