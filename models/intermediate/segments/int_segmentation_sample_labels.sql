-- One row per segmentation and sampled customer: the published segment, for what has to be computed outside SQL.
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

sampled as (

    select distinct
        segmentation,
        customer_id
    from {{ ref('int_segmentation_samples') }}

),

labels as (

    select
        scores.segmentation,
        scores.customer_id,
        scores.segment_key,
        scores.segment_number
    from sampled
    inner join scores
        on
            sampled.segmentation = scores.segmentation
            and sampled.customer_id = scores.customer_id

)

select * from labels
