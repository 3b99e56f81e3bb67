-- One row per parameter of a published segmentation, fitted now or reused: the whole of what scoring needs.
with

fitted as (

    select * from {{ fits() }}

),

fits as (

    select segmentation from fitted
    where
        record = 'outcome'
        and status = 'fitted'

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

last_parameters as (

    {{ select_last_published('segment_parameters', {
        'segmentation': 'string', 'feature': 'string', 'parameter': 'string', 'parameter_text': 'string',
        'parameter_value': 'double', 'segment_number': 'integer', 'segment_key': 'string'
    }) }}

),

parameters as (

    select
        fitted.segmentation,
        fitted.feature,
        fitted.parameter,
        fitted.parameter_text,
        fitted.parameter_value,
        fitted.segment_number,
        fitted.segment_key
    from fitted
    inner join fits
        on fitted.segmentation = fits.segmentation
    where
        fitted.record = 'parameter'
        and (fitted.parameter_value is not null or fitted.parameter_text is not null)
    union all
    select
        last_parameters.segmentation,
        last_parameters.feature,
        last_parameters.parameter,
        last_parameters.parameter_text,
        last_parameters.parameter_value,
        last_parameters.segment_number,
        last_parameters.segment_key
    from last_parameters
    inner join decisions
        on last_parameters.segmentation = decisions.segmentation
    where
        not decisions.is_fitted
        and decisions.last_model_version is not null

)

select * from parameters
