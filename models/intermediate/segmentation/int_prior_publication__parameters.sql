-- One row per parameter of a model of the last publication whose specification is still the same.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'specification_fingerprint': 'string', 'status': 'string'
    }) }}

),

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

/* a model of another specification has other features */
parameters as (

    select last_parameters.*
    from last_parameters
    inner join last_segmentations
        on last_parameters.segmentation = last_segmentations.segmentation
    inner join specifications
        on
            last_segmentations.segmentation = specifications.segmentation
            and last_segmentations.specification_fingerprint = specifications.specification_fingerprint
    where last_segmentations.status = 'published'

)

select * from parameters
