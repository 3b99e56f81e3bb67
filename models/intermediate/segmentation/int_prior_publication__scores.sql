-- One row per segmentation and customer: the segment that the last published model gives them today.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

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
        segmentation,
        segment_number,
        max(segment_key) as segment_key
    from parameters
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
