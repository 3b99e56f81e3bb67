-- One row per segment of a published segmentation: size, value, name and stability.
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}

),

names as (

    select * from {{ ref('int_segment_names') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

fitted as (

    select * from {{ ref('int_segmentations_fitted') }}

),

candidates as (

    select * from {{ ref('int_segment_candidates') }}
    where is_chosen

),

sizes as (

    select
        segmentation,
        segment_key,
        segment_number,
        count(*) as customers,
        {{ exact_mean('margin') }} as average_margin
    from scores
    group by
        segmentation,
        segment_key,
        segment_number

),

populations as (

    select
        segmentation,
        sum(customers) as population_customers
    from sizes
    group by segmentation

),

keys as (

    select * from {{ ref('int_segment_keys') }}

),

last_segments as (

    select * from {{ ref('int_prior_publication__segments') }}

),

fitted_stability as (

    select
        fitted.segmentation,
        cast(fitted.segment_number as integer) as segment_number,
        max(case when fitted.measure = 'jaccard' then fitted.value end) as jaccard
    from fitted
    inner join candidates
        on
            fitted.segmentation = candidates.segmentation
            and fitted.algorithm = candidates.algorithm
            and fitted.segments = candidates.segments
    where fitted.record = 'candidate_segment'
    group by
        fitted.segmentation,
        fitted.segment_number

),

/* a model that lives on keeps the stability it was published with */
stability as (

    select
        keys.segmentation,
        keys.segment_key,
        keys.key_status,
        coalesce(fitted_stability.jaccard, last_segments.jaccard) as jaccard
    from keys
    left join fitted_stability
        on
            keys.segmentation = fitted_stability.segmentation
            and keys.segment_number = fitted_stability.segment_number
    left join last_segments
        on keys.segment_key = last_segments.segment_key

),

segment_values as (

    select
        segment_key,
        metric as value_metric,
        metric_share as value_share
    from profiles
    where is_value

),

segments as (

    select
        sizes.segmentation,
        sizes.segment_key,
        sizes.segment_number,
        names.name_key,
        names.segment_name,
        names.description,
        sizes.customers,
        cast(sizes.customers as double) / populations.population_customers as customer_share,
        segment_values.value_metric,
        segment_values.value_share,
        stability.key_status,
        stability.jaccard,
        sizes.average_margin
    from sizes
    inner join populations
        on sizes.segmentation = populations.segmentation
    inner join names
        on sizes.segment_key = names.segment_key
    left join segment_values
        on sizes.segment_key = segment_values.segment_key
    left join stability
        on sizes.segment_key = stability.segment_key

)

select * from segments
