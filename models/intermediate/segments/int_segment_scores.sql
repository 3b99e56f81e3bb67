-- One row per segmentation and customer: nearest and runner-up segment, distance and margin.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
with

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

scores as (

    {{ score_metric_values_sql(
        ref('int_segmentation_features'), ref('int_segmentation_metrics'), ref('int_segment_parameters'),
        kept_columns=['standardised_values']
    ) | indent(4) }}

),

keys as (

    select distinct
        segmentation,
        segment_number,
        segment_key
    from parameters
    where parameter = 'centroid'

),

keyed as (

    select
        scores.segmentation,
        scores.customer_id,
        nearest.segment_key,
        runner_up.segment_key as runner_up_segment_key,
        scores.segment_number,
        scores.runner_up_segment_number,
        scores.distance,
        scores.margin,
        scores.standardised_values
    from scores
    inner join keys as nearest
        on
            scores.segmentation = nearest.segmentation
            and scores.segment_number = nearest.segment_number
    left join keys as runner_up
        on
            scores.segmentation = runner_up.segmentation
            and scores.runner_up_segment_number = runner_up.segment_number

)

select * from keyed
