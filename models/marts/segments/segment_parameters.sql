-- One row per parameter of a segmentation that is or was published: what scoring reads.
with

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

last_registry as (

    select * from {{ ref('int_prior_publication__registry') }}

),

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'model_version': 'string', 'parameter': 'string', 'feature': 'string',
        'segment_key': 'string', 'parameter_text': 'string', 'segment_number': 'integer',
        'parameter_value': 'double'
    }) }}

),

versioned as (

    select
        parameters.segmentation,
        outcomes.model_version,
        parameters.parameter,
        parameters.feature,
        parameters.segment_key,
        parameters.parameter_text,
        parameters.segment_number,
        parameters.parameter_value
    from parameters
    inner join outcomes
        on parameters.segmentation = outcomes.segmentation

),

/* what is absent from this build is carried over: by it the segments are known again when they return */
carried as (

    select * from last_parameters
    where
        segmentation in (select last_registry.segmentation from last_registry)
        and segmentation not in (select outcomes.segmentation from outcomes)

),

all_parameters as (

    select * from versioned
    union all
    select * from carried

)

select * from all_parameters
