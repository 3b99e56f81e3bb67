-- One row per active segmentation: what came of its fit or why none was needed, and whether it may be published.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

last_models as (

    select * from {{ ref('int_prior_publication__models') }}

),

parameters as (

    select * from {{ ref('int_segment_parameters') }}

),

numbers_of_segments as (

    select
        segmentation,
        max(model_version) as model_version,
        max(segment_number) as segments
    from parameters
    group by segmentation

),

fits as (

    select
        segmentation,
        max(case when measure = 'status' then text end) as fit_status,
        max(case when measure = 'verdict' then text end) as verdict,
        max(case when measure = 'reason' then text end) as reason,
        max(case when measure = 'customers' then value end) as fitted_customers
    from fitted
    where record = 'outcome'
    group by segmentation

),

outcomes as (

    select
        specifications.segmentation,
        specifications.description,
        specifications.specification_fingerprint,
        case when not decisions.is_fitted or fits.fit_status = 'fitted' then 'published' else 'not_published' end
            as status,
        case when decisions.is_fitted then fits.verdict else last_models.verdict end as verdict,
        case when decisions.is_fitted then fits.reason else decisions.decision_reason end as reason,
        decisions.decision_reason,
        numbers_of_segments.model_version,
        cast(case when decisions.is_fitted then fits.fitted_customers else last_models.fitted_customers end as bigint)
            as fitted_customers,
        cast(numbers_of_segments.segments as integer) as segments,
        decisions.is_fitted,
        case
            when decisions.is_fitted then {{ build_time() }}
            else last_models.fitted_at
        end as fitted_at
    from specifications
    inner join decisions
        on specifications.segmentation = decisions.segmentation
    left join fits
        on specifications.segmentation = fits.segmentation
    left join last_models
        on specifications.segmentation = last_models.segmentation
    left join numbers_of_segments
        on specifications.segmentation = numbers_of_segments.segmentation

)

select * from outcomes
