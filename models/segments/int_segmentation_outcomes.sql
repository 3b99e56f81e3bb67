-- One row per active segmentation: what came of its fit, and whether it may be published.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

outcomes as (

    select
        segmentation,
        max(case when measure = 'status' then text end) as fit_status,
        max(case when measure = 'verdict' then text end) as verdict,
        max(case when measure = 'reason' then text end) as reason,
        max(case when measure = 'sample_fingerprint' then text end) as sample_fingerprint,
        max(case when measure = 'customers' then value end) as fitted_customers,
        max(case when measure = 'chosen_segments' then value end) as segments
    from fitted
    where record = 'outcome'
    group by segmentation

),

described as (

    select
        outcomes.segmentation,
        specifications.description,
        case when outcomes.fit_status = 'fitted' then 'published' else 'not_published' end as status,
        outcomes.verdict,
        outcomes.reason,
        case when outcomes.fit_status = 'fitted' then left(outcomes.sample_fingerprint, 12) end as model_version,
        cast(outcomes.fitted_customers as bigint) as fitted_customers,
        cast(outcomes.segments as integer) as segments
    from outcomes
    inner join specifications
        on outcomes.segmentation = specifications.segmentation

)

select * from described
