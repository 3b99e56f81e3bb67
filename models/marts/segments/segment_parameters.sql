-- One row per parameter of a published segmentation: what scoring reads.
with

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}

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

)

select * from versioned
