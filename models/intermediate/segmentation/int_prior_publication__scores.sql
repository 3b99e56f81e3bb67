-- One row per segmentation and customer: the segment that the last published model gives them today.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

features_today as (

    select * from {{ ref('int_segmentation_metrics') }}
    where is_feature

),

all_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

last_features as (

    select distinct
        segmentation,
        feature
    from all_parameters

),

/* a model of other features cannot score these customers */
unscorable as (

    select coalesce(features_today.segmentation, last_features.segmentation) as segmentation
    from features_today
    full outer join last_features
        on
            features_today.segmentation = last_features.segmentation
            and features_today.metric = last_features.feature
    where
        features_today.metric is null
        or last_features.feature is null

),

last_parameters as (

    select * from all_parameters
    where segmentation not in (select unscorable.segmentation from unscorable)

),

scores as (

    {{ score_metric_values_sql(
        ref('int_segmentation_features'), ref('int_segmentation_metrics'), 'last_parameters'
    ) | indent(4) }}

),

keys as (

    select
        segmentation,
        segment_number,
        max(segment_key) as segment_key
    from last_parameters
    where parameter = 'centroid'
    group by
        segmentation,
        segment_number

),

keyed as (

    select
        scores.segmentation,
        scores.customer_id,
        keys.segment_key
    from scores
    inner join keys
        on
            scores.segmentation = keys.segmentation
            and scores.segment_number = keys.segment_number

)

select * from keyed
