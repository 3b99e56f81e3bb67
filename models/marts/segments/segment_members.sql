-- One row per segmentation and customer: the customer's segment and how near it is.
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

members as (

    select
        scores.segmentation,
        scores.customer_id,
        scores.segment_key,
        segments.segment_name,
        scores.runner_up_segment_key,
        scores.distance,
        scores.margin
    from scores
    inner join segments
        on scores.segment_key = segments.segment_key

)

select * from members
