-- One row per parameter of a published segmentation, fitted now or living on: the whole of what scoring needs.
with

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

keys as (

    select * from {{ ref('int_segment_keys') }}

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

last_parameters as (

    select * from {{ ref('int_prior_publication__parameters') }}

),

versions as (

    select
        segmentation,
        left(max(case when measure = 'sample_fingerprint' then text end), 12) as model_version
    from fitted
    where record = 'outcome'
    group by segmentation
    having max(case when measure = 'status' then text end) = 'fitted'

),

fitted_parameters as (

    select
        versions.segmentation,
        versions.model_version,
        fitted.feature,
        fitted.measure as parameter,
        fitted.text as parameter_text,
        fitted.value as parameter_value,
        cast(fitted.segment_number as integer) as segment_number,
        keys.segment_key
    from fitted
    inner join versions
        on fitted.segmentation = versions.segmentation
    left join keys
        on
            fitted.segmentation = keys.segmentation
            and fitted.segment_number = keys.segment_number
    where
        fitted.record in ('preparation', 'centroid')
        and (fitted.value is not null or fitted.text is not null)

),

kept_parameters as (

    select
        last_parameters.segmentation,
        last_parameters.model_version,
        last_parameters.feature,
        last_parameters.parameter,
        last_parameters.parameter_text,
        last_parameters.parameter_value,
        last_parameters.segment_number,
        last_parameters.segment_key
    from last_parameters
    inner join decisions
        on last_parameters.segmentation = decisions.segmentation
    where not decisions.is_fitted

),

parameters as (

    select * from fitted_parameters
    union all
    select * from kept_parameters

)

select * from parameters
