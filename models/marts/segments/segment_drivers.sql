-- One row per segmentation and customer: which features decide that the segment is nearer than the runner-up.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

metrics as (

    select * from {{ ref('int_segmentation_metrics') }}
    where is_feature

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

/* the root of a feature's weight scales both sides of a difference */
features as (

    select
        metrics.segmentation,
        metrics.metric,
        metrics.metric_position,
        coalesce(metric_labels.label, replace(metrics.metric, '_', ' ')) as label,
        sqrt(parameters.parameter_value) as scale
    from metrics
    inner join parameters
        on
            metrics.segmentation = parameters.segmentation
            and metrics.metric = parameters.feature
    left join metric_labels
        on metrics.metric = metric_labels.metric
    where parameters.parameter = 'weight'

),

feature_lists as (

    select
        segmentation,
        list(metric order by metric_position) as metrics,
        list(label order by metric_position) as labels,
        list(nullif(scale, 0) order by metric_position) as scales,
        /* the next build reads the values in an order that a changed specification does not change */
        list(metric_position order by metric) as positions_by_name
    from features
    group by segmentation

),

centroids as (

    select
        parameters.segment_key,
        list(parameters.parameter_value * features.scale order by features.metric_position) as centroid
    from parameters
    inner join features
        on
            parameters.segmentation = features.segmentation
            and parameters.feature = features.metric
    where parameters.parameter = 'centroid'
    group by parameters.segment_key

),

members as (

    select
        scores.segmentation,
        scores.customer_id,
        scores.segment_key,
        scores.runner_up_segment_key,
        scores.standardised_values,
        feature_lists.metrics,
        feature_lists.labels,
        feature_lists.scales,
        feature_lists.positions_by_name,
        nearest.centroid,
        runner_ups.centroid as runner_up_centroid
    from scores
    inner join feature_lists
        on scores.segmentation = feature_lists.segmentation
    inner join centroids as nearest
        on scores.segment_key = nearest.segment_key
    inner join centroids as runner_ups
        on scores.runner_up_segment_key = runner_ups.segment_key

),

/* the squared distance to the runner-up less that to the segment, feature by feature */
contributed as (

    select
        *,
        list_transform(
            standardised_values,
            lambda value, i: power(value - runner_up_centroid[i], 2) - power(value - centroid[i], 2)
        ) as contributions
    from members

),

/* the positions of the features, the strongest first, the earlier first of two that are equal */
ranked as (

    select
        *,
        list_sum(contributions) as distance_gap,
        list_grade_up(list_transform(contributions, lambda contribution: -contribution)) as positions,
        least(len(list_filter(contributions, lambda contribution: contribution > 0)), 3) as drivers
    from contributed

),

explained as (

    select
        *,
        list_transform(
            positions[:drivers],
            lambda position: {
                'feature': metrics[position],
                'label': labels[position],
                'contribution': contributions[position],
                'level': {{ difference_in_words('standardised_values[position] / scales[position]') | indent(16) }}
            }
        ) as strongest
    from ranked

),

drivers as (

    select
        -- ids
        segmentation,
        customer_id,
        segment_key,
        runner_up_segment_key,

        -- strings
        list_aggregate(
            list_transform(strongest, lambda driver: concat(driver['label'], ' ', driver['level'], ' the usual')),
            'string_agg', ', '
        ) as reason,
        strongest[1]['feature'] as driver_1_feature,
        strongest[1]['level'] as driver_1_level,
        strongest[2]['feature'] as driver_2_feature,
        strongest[2]['level'] as driver_2_level,
        strongest[3]['feature'] as driver_3_feature,
        strongest[3]['level'] as driver_3_level,
        list_aggregate(
            list_transform(
                list_select(standardised_values, positions_by_name),
                lambda value: cast(value as {{ dbt.type_string() }})
            ),
            'string_agg', ' '
        ) as standardised_values,

        -- numbers
        distance_gap,
        strongest[1]['contribution'] as driver_1_contribution,
        strongest[2]['contribution'] as driver_2_contribution,
        strongest[3]['contribution'] as driver_3_contribution,
        coalesce(list_sum(list_select(contributions, positions[drivers + 1:])), 0) as other_contribution,
        strongest[1]['contribution'] / nullif(distance_gap, 0) as driver_1_share,
        strongest[2]['contribution'] / nullif(distance_gap, 0) as driver_2_share,
        strongest[3]['contribution'] / nullif(distance_gap, 0) as driver_3_share
    from explained

)

select * from drivers
