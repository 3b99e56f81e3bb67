-- One row per segmentation and feature, and one for the mix of segments: how far today's customers are from the fit's.
with

samples as (

    select * from {{ ref('int_segmentation_samples') }}

),

last_models as (

    select * from {{ ref('int_segmentation_specifications') }}
    where is_same_specification

),

members as (

    select * from {{ ref('int_prior_publication__members') }}

),

all_reference_bins as (

    select * from {{ ref('int_prior_publication__reference_bins') }}

),

reference_bins as (

    select all_reference_bins.*
    from all_reference_bins
    inner join last_models
        on all_reference_bins.segmentation = last_models.segmentation

),

feature_counts as (

    select
        reference_bins.segmentation,
        reference_bins.feature,
        reference_bins.bin_number,
        max(reference_bins.reference_share) as reference_share,
        max(reference_bins.reference_customers) as reference_customers,
        count(samples.customer_id) as customers
    from reference_bins
    left join samples
        on
            reference_bins.segmentation = samples.segmentation
            and reference_bins.feature = samples.feature
            and case
                when reference_bins.is_missing_bin then samples.feature_value is null
                else
                    (reference_bins.lower_edge is null or reference_bins.lower_edge < samples.feature_value)
                    and (reference_bins.upper_edge is null or reference_bins.upper_edge >= samples.feature_value)
                    and samples.feature_value is not null
            end
    where reference_bins.feature is not null
    group by
        reference_bins.segmentation,
        reference_bins.feature,
        reference_bins.bin_number

),

scored_counts as (

    select
        scored_segment_key,
        count(*) as customers
    from members
    group by scored_segment_key

),

segment_counts as (

    select
        reference_bins.segmentation,
        reference_bins.feature,
        reference_bins.bin_number,
        reference_bins.reference_share,
        reference_bins.reference_customers,
        coalesce(scored_counts.customers, 0) as customers
    from reference_bins
    left join scored_counts
        on reference_bins.segment_key = scored_counts.scored_segment_key
    where reference_bins.segment_key is not null

),

counts as (

    select * from feature_counts
    union all
    select * from segment_counts

),

/* a bin that holds no one, then or now, tells nothing */
occupied as (

    select * from counts
    where
        reference_share > 0
        or customers > 0

),

shares as (

    select
        segmentation,
        feature,
        reference_customers,
        sum(customers) over (partition by segmentation, feature) as customers,
        /* half a customer in an empty bin, so that the logarithm is defined */
        greatest(reference_share, 0.5 / reference_customers) as reference_share,
        greatest(
            cast(customers as double) / nullif(sum(customers) over (partition by segmentation, feature), 0),
            0.5 / nullif(sum(customers) over (partition by segmentation, feature), 0)
        ) as share
    from occupied

),

indices as (

    select
        segmentation,
        feature,
        count(*) as bins,
        cast(max(reference_customers) as bigint) as reference_customers,
        cast(max(customers) as bigint) as customers,
        {{ exact_sum('(share - reference_share) * ln(share / reference_share)') }} as population_stability_index,
        /* what the index comes to by chance when nothing changed (Yurdakul 2018) */
        (count(*) - 1) * (1e0 / max(reference_customers) + 1e0 / max(customers)) as chance_level
    from shares
    group by
        segmentation,
        feature

),

judged as (

    select
        segmentation,
        feature,
        bins,
        reference_customers,
        customers,
        population_stability_index,
        chance_level,
        case
            when population_stability_index > greatest(0.25, 3 * chance_level) then 'major'
            when population_stability_index > greatest(0.1, 3 * chance_level) then 'moderate'
            else 'none'
        end as drift
    from indices

)

select * from judged
