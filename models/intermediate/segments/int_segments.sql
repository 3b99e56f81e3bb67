-- One row per segment of a published segmentation: size and stability.
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

fitted_segments as (

    select * from {{ ref('int_segmentations_fitted') }}
    where record = 'segment'

),

last_segments as (

    select * from {{ ref('int_prior_publication__segments') }}

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

segments as (

    select
        sizes.segmentation,
        sizes.segment_key,
        sizes.segment_number,
        sizes.customers,
        cast(sizes.customers as double) / populations.population_customers as customer_share,
        coalesce(fitted_segments.key_status, 'kept') as key_status,
        /* a model that is kept has the stability that it was published with */
        coalesce(fitted_segments.jaccard, last_segments.jaccard) as jaccard,
        sizes.average_margin
    from sizes
    inner join populations
        on sizes.segmentation = populations.segmentation
    left join fitted_segments
        on sizes.segment_key = fitted_segments.segment_key
    left join last_segments
        on sizes.segment_key = last_segments.segment_key

)

select * from segments
