-- One row per segmentation whose last published model may live on: the same customers, the same specification.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

last_members as (

    select distinct segmentation from {{ ref('int_prior_publication__members') }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'model_version': 'string', 'specification_fingerprint': 'string',
        'fitted_at': 'timestamp', 'fitted_customers': 'bigint', 'verdict': 'string', 'status': 'string'
    }) }}

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
    inner join last_members
        on last_segmentations.segmentation = last_members.segmentation
    where last_segmentations.status = 'published'

)

select * from models
