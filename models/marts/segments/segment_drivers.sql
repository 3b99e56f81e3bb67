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
        {{ ordered_list('metric', 'metric_position') }} as metrics,
        {{ ordered_list('label', 'metric_position') }} as labels,
        {{ ordered_list('nullif(scale, 0)', 'metric_position') }} as scales,
        /* the next build reads the values in an order that a changed specification does not change */
        {{ ordered_list('metric_position', 'metric') }} as positions_by_name
    from features
    group by segmentation

),

centroids as (

    select
        parameters.segment_key,
        {{ ordered_list('parameters.parameter_value * features.scale', 'features.metric_position') }} as centroid
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
        {{ mapped_list(
            'standardised_values',
            'power(item - ' ~ list_item('runner_up_centroid', 'place') ~ ', 2)'
            ~ ' - power(item - ' ~ list_item('centroid', 'place') ~ ', 2)'
        ) }} as contributions
    from members

),

/* the positions of the features, the strongest first, the earlier first of two that are equal */
ranked as (

    select
        *,
        {{ list_total('contributions') }} as distance_gap,
        {{ positions_by_size(mapped_list('contributions', '-item')) }} as positions,
        least({{ list_length(filtered_list('contributions', 'item > 0')) }}, 3) as drivers
    from contributed

),

explained as (

    select
        *,
        {{ mapped_list(
            first_items('positions', 'drivers'),
            structure({
                'feature': list_item('metrics', 'item'),
                'label': list_item('labels', 'item'),
                'contribution': list_item('contributions', 'item'),
                'level': difference_in_words(
                    list_item('standardised_values', 'item') ~ ' / ' ~ list_item('scales', 'item')
                )
            })
        ) }} as strongest
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
        nullif({{ list_text(
            mapped_list('strongest', "concat(item['label'], ' ', item['level'], ' the usual')"), "', '"
        ) }}, '') as reason,
        {{ list_item('strongest', 1) }}['feature'] as driver_1_feature,
        {{ list_item('strongest', 1) }}['level'] as driver_1_level,
        {{ list_item('strongest', 2) }}['feature'] as driver_2_feature,
        {{ list_item('strongest', 2) }}['level'] as driver_2_level,
        {{ list_item('strongest', 3) }}['feature'] as driver_3_feature,
        {{ list_item('strongest', 3) }}['level'] as driver_3_level,
        {{ list_text(
            mapped_list(
                list_items('standardised_values', 'positions_by_name'), 'cast(item as ' ~ dbt.type_string() ~ ')'
            ),
            "' '"
        ) }} as standardised_values,

        -- numbers
        distance_gap,
        {{ list_item('strongest', 1) }}['contribution'] as driver_1_contribution,
        {{ list_item('strongest', 2) }}['contribution'] as driver_2_contribution,
        {{ list_item('strongest', 3) }}['contribution'] as driver_3_contribution,
        coalesce(
            {{ list_total(list_items('contributions', items_after('positions', 'drivers'))) }}, 0
        ) as other_contribution,
        {{ list_item('strongest', 1) }}['contribution'] / nullif(distance_gap, 0) as driver_1_share,
        {{ list_item('strongest', 2) }}['contribution'] / nullif(distance_gap, 0) as driver_2_share,
        {{ list_item('strongest', 3) }}['contribution'] / nullif(distance_gap, 0) as driver_3_share
    from explained

)

select * from drivers
