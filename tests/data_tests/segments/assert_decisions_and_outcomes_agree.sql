with

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}

),

fits as (

    select distinct segmentation from {{ fits() }}

)

select
    decisions.segmentation,
    decisions.is_fitted,
    decisions.last_model_version,
    fits.segmentation is not null as has_fit,
    outcomes.is_fitted as outcome_is_fitted,
    outcomes.status,
    outcomes.model_version
from decisions
left join outcomes
    on decisions.segmentation = outcomes.segmentation
left join fits
    on decisions.segmentation = fits.segmentation
where
    outcomes.is_fitted is distinct from decisions.is_fitted
    or outcomes.decision_reason is distinct from decisions.decision_reason
    or (fits.segmentation is not null) <> decisions.is_fitted
    or (
        not decisions.is_fitted
        and (
            (outcomes.status = 'published') <> (decisions.last_model_version is not null)
            or outcomes.model_version is distinct from decisions.last_model_version
        )
    )
