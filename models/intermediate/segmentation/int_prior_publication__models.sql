-- One row per segmentation whose last published model may be reused: the same customers, the same specification.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

last_members as (

    {{ select_last_published('segment_members', {'segmentation': 'string', 'customer_id': 'string'}) }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'model_version': 'string', 'specification_fingerprint': 'string',
        'fitted_at': 'timestamp', 'fitted_customers': 'bigint', 'verdict': 'string', 'status': 'string'
    }) }}

),

/* where most customers are others than before, this is another population and its segments begin anew */
remaining as (

    select last_members.segmentation
    from last_members
    left join populations
        on
            last_members.segmentation = populations.segmentation
            and last_members.customer_id = populations.customer_id
    group by last_members.segmentation
    having
        count(populations.customer_id) > 0
        and avg(case when populations.customer_id is not null then 1.0 else 0.0 end)
        >= {{ var('minimum_remaining_share') }}

),

models as (

    select
        last_segmentations.segmentation,
        last_segmentations.model_version,
        last_segmentations.verdict,
        last_segmentations.fitted_customers,
        last_segmentations.specification_fingerprint = specifications.specification_fingerprint
            as is_same_specification,
        last_segmentations.fitted_at
    from last_segmentations
    inner join specifications
        on last_segmentations.segmentation = specifications.segmentation
    inner join remaining
        on last_segmentations.segmentation = remaining.segmentation
    where last_segmentations.status = 'published'

)

select * from models
