-- One row per segmentation: the model behind it, how good it is, and whether it is published.
with

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}

),

candidates as (

    select * from {{ ref('segment_candidates') }}
    where is_chosen

),

sizes as (

    select
        segmentation,
        sum(customers) as customers
    from {{ ref('int_segments') }}
    group by segmentation

),

segmentations as (

    select
        outcomes.segmentation,
        outcomes.description,
        candidates.algorithm,
        outcomes.n_segments,
        outcomes.model_version,
        outcomes.fitted_at,
        outcomes.fitted_customers,
        cast(sizes.customers as bigint) as customers,
        candidates.silhouette,
        candidates.min_jaccard,
        candidates.prediction_strength,
        candidates.separation_z,
        outcomes.verdict,
        outcomes.status,
        outcomes.reason,
        outcomes.decision_reason,
        outcomes.specification_fingerprint,
        outcomes.is_fitted
    from outcomes
    left join candidates
        on outcomes.segmentation = candidates.segmentation
    left join sizes
        on outcomes.segmentation = sizes.segmentation

)

select * from segmentations
