-- One row per parameter of a published segmentation: the whole of what scoring needs.
with

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

parameters as (

    select
        outcomes.segmentation,
        outcomes.model_version,
        fitted.feature,
        fitted.measure as parameter,
        fitted.text as parameter_text,
        fitted.value as parameter_value,
        cast(fitted.segment_number as integer) as segment_number
    from fitted
    inner join outcomes
        on fitted.segmentation = outcomes.segmentation
    where
        fitted.record in ('preparation', 'centroid')
        and (fitted.value is not null or fitted.text is not null)

)

select * from parameters
