-- One row per segmentation and customer in a fit of this build: the new segment and, if any, the last published.
with

labels as (

    select
        segmentation,
        customer_id,
        cast(segment_number as integer) as segment_number
    from {{ ref('int_segmentations_fitted') }}
    where record = 'label'

),

/* as published, not as the old model sees today's data: where a feature drifted, that view is what is in doubt */
last_members as (

    select * from {{ ref('int_prior_publication__members') }}

),

pairs as (

    select
        labels.segmentation,
        labels.customer_id,
        last_members.segment_key as last_segment_key,
        labels.segment_number
    from labels
    left join last_members
        on
            labels.segmentation = last_members.segmentation
            and labels.customer_id = last_members.customer_id

)

select * from pairs
