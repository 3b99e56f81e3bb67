-- One row per segmentation and customer: the segment that the last published model gives them today.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'specification_fingerprint': 'string'
    }) }}

),

/* a model of another specification has other features */
models as (

    select last_segmentations.segmentation
    from last_segmentations
    inner join specifications
        on
            last_segmentations.segmentation = specifications.segmentation
            and last_segmentations.specification_fingerprint = specifications.specification_fingerprint

),

parameters as (

    select * from {{ ref('int_prior_publication__parameters') }}

),

scores as (

    {{ score_metric_values_sql(
        ref('int_segmentation_features'), ref('int_segmentation_metrics'), ref('int_prior_publication__parameters')
    ) | indent(4) }}

),

keys as (

    select
        parameters.segmentation,
        parameters.segment_number,
        max(parameters.segment_key) as segment_key
    from parameters
    inner join models
        on parameters.segmentation = models.segmentation
    where parameters.parameter = 'centroid'
    group by
        parameters.segmentation,
        parameters.segment_number

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
