-- One row per segmentation and customer: the segment that the last published model gives them today.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'specification_fingerprint': 'string', 'status': 'string'
    }) }}

),

all_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

/* a model of another specification has other features */
last_parameters as (

    select all_parameters.*
    from all_parameters
    inner join last_segmentations
        on all_parameters.segmentation = last_segmentations.segmentation
    inner join specifications
        on
            last_segmentations.segmentation = specifications.segmentation
            and last_segmentations.specification_fingerprint = specifications.specification_fingerprint
    where last_segmentations.status = 'published'

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
