-- One row per segment and metric: the segment against its population.
with

features as (

    select * from {{ ref('int_segmentation_features') }}

),

metrics as (

    select * from {{ ref('int_segmentation_metrics') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

centroids as (

    select
        segment_key,
        feature,
        parameter_value
    from {{ ref('int_segment_parameters') }}
    where parameter = 'centroid'

),

/* a million customers have tens of millions of values, so each has the number of its metric and not the name */
metric_values as (

    select
        scores.segmentation,
        scores.segment_key,
        metrics.metric_position,
        {{ list_item('features.metric_values', 'metrics.metric_position') }} as metric_value
    from features
    inner join scores
        on
            features.segmentation = scores.segmentation
            and features.customer_id = scores.customer_id
    inner join metrics
        on features.segmentation = metrics.segmentation

),

populations as (

    select
        segmentation,
        metric_position,
        {{ exact_sum('metric_value') }} as metric_sum,
        {{ exact_mean('metric_value') }} as metric_mean,
        cast(median(metric_value) as double) as metric_median,
        max(abs(metric_value)) as largest_value
    from metric_values
    group by
        segmentation,
        metric_position

),

/* squares are taken of shares of the largest value, which no amount can overflow */
spreads as (

    select
        metric_values.segmentation,
        metric_values.metric_position,
        case
            when max(populations.largest_value) = 0 then 0
            else
                max(populations.largest_value) * sqrt({{ exact_mean(
                    'power((metric_values.metric_value - populations.metric_mean)'
                    ~ ' / nullif(populations.largest_value, 0), 2)'
                ) }})
        end as standard_deviation
    from metric_values
    inner join populations
        on
            metric_values.segmentation = populations.segmentation
            and metric_values.metric_position = populations.metric_position
    group by
        metric_values.segmentation,
        metric_values.metric_position

),

segment_values as (

    select
        segmentation,
        segment_key,
        metric_position,
        count(*) as customers,
        count(metric_value) as customers_with_value,
        count(*) filter (where metric_value > 0) as customers_above_zero,
        {{ exact_sum('metric_value') }} as metric_sum,
        {{ exact_sum('case when metric_value > 0 then metric_value end') }} as metric_sum_above_zero,
        {{ exact_mean('metric_value') }} as metric_mean,
        cast(median(metric_value) as double) as metric_median
    from metric_values
    group by
        segmentation,
        segment_key,
        metric_position

),

profiles as (

    select
        segment_values.segmentation,
        segment_values.segment_key,
        metrics.metric,
        metrics.metric_position,
        segment_values.customers,
        segment_values.customers_with_value,
        segment_values.customers_above_zero,
        segment_values.metric_mean,
        segment_values.metric_median,
        cast(segment_values.customers_above_zero as double) / segment_values.customers as penetration_share,
        segment_values.metric_sum_above_zero / nullif(segment_values.customers_above_zero, 0) as intensity_mean,
        segment_values.metric_sum / nullif(populations.metric_sum, 0) as metric_share,
        populations.metric_mean as population_mean,
        populations.metric_median as population_median,
        spreads.standard_deviation as population_standard_deviation,
        /* an index has no meaning round a mean of zero or below */
        case when populations.metric_mean > 0 then 100 * segment_values.metric_mean / populations.metric_mean end
            as index_100,
        (segment_values.metric_mean - populations.metric_mean)
        / nullif(spreads.standard_deviation, 0) as standardised_difference,
        metrics.is_feature,
        metrics.is_value
    from segment_values
    inner join populations
        on
            segment_values.segmentation = populations.segmentation
            and segment_values.metric_position = populations.metric_position
    inner join spreads
        on
            segment_values.segmentation = spreads.segmentation
            and segment_values.metric_position = spreads.metric_position
    inner join metrics
        on
            segment_values.segmentation = metrics.segmentation
            and segment_values.metric_position = metrics.metric_position

),

with_deviations as (

    select
        profiles.*,
        /* a feature deviates in the space the segments were formed in, where one large amount cannot hide the rest */
        case when profiles.is_feature then centroids.parameter_value else profiles.standardised_difference end
            as deviation,
        cast(sum(profiles.customers_with_value) over (partition by profiles.segmentation, profiles.metric) as bigint)
            as population_customers
    from profiles
    left join centroids
        on
            profiles.segment_key = centroids.segment_key
            and profiles.metric = centroids.feature

),

/* a figure rests on those who have a value, and the population less other segments must not disclose it */
protected as (

    select
        *,
        {{ is_suppressed_in_total('customers_with_value', 'segmentation, metric', 'segment_key') }} as is_suppressed
    from with_deviations

)

select * from protected
