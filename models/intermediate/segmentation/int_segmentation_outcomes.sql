-- One row per active segmentation: what came of its fit or why none was needed, and whether it may be published.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

fits as (

    select * from {{ fits() }}
    where record = 'outcome'

),

sizes as (

    select
        segmentation,
        max(segment_number) as n_segments
    from {{ ref('int_segment_parameters') }}
    group by segmentation

),

fitted_outcomes as (

    select
        decisions.segmentation,
        case when fits.status = 'fitted' then 'published' else 'not_published' end as status,
        fits.verdict,
        fits.reason,
        case when fits.status = 'fitted' then left(fits.sample_fingerprint, 12) end as model_version,
        cast(fits.customers as bigint) as fitted_customers,
        {{ build_time() }} as fitted_at
    from decisions
    left join fits
        on decisions.segmentation = fits.segmentation
    where decisions.is_fitted

),

kept_outcomes as (

    select
        decisions.segmentation,
        /* a frozen build fits nothing, also where there is no model */
        case when decisions.last_model_version is null then 'not_published' else 'published' end as status,
        specifications.last_verdict as verdict,
        decisions.decision_reason as reason,
        specifications.last_model_version as model_version,
        specifications.last_fitted_customers as fitted_customers,
        coalesce(specifications.last_fitted_at, {{ build_time() }}) as fitted_at
    from decisions
    inner join specifications
        on decisions.segmentation = specifications.segmentation
    where not decisions.is_fitted

),

all_outcomes as (

    select * from fitted_outcomes
    union all
    select * from kept_outcomes

),

outcomes as (

    select
        specifications.segmentation,
        specifications.description,
        specifications.specification_fingerprint,
        all_outcomes.status,
        all_outcomes.verdict,
        all_outcomes.reason,
        decisions.decision_reason,
        all_outcomes.model_version,
        all_outcomes.fitted_customers,
        sizes.n_segments,
        decisions.is_fitted,
        all_outcomes.fitted_at
    from specifications
    inner join decisions
        on specifications.segmentation = decisions.segmentation
    inner join all_outcomes
        on specifications.segmentation = all_outcomes.segmentation
    left join sizes
        on specifications.segmentation = sizes.segmentation

)

select * from outcomes
