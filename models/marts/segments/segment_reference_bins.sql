-- One row per segmentation, feature and bin: how the feature was distributed at the fit, to tell drift by.
with

samples as (

    select * from {{ ref('int_segmentation_samples') }}

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

last_bins as (

    select * from {{ ref('int_prior_publication__reference_bins') }}
    where feature is not null

),

last_registry as (

    select * from {{ ref('int_prior_publication__registry') }}

),

fitted_samples as (

    select
        samples.segmentation,
        samples.feature,
        samples.feature_value
    from samples
    inner join outcomes
        on samples.segmentation = outcomes.segmentation
    where outcomes.is_fitted

),

deciles as (

    {% for decile in range(1, 10) %}
    select
        segmentation,
        feature,
        cast(percentile_disc({{ decile / 10 }}) within group (order by feature_value) as double) as upper_edge
    from fitted_samples
    where feature_value is not null
    group by
        segmentation,
        feature
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

/* equal deciles fall into one bin: a column of many zeros has a bin of zeros */
edges as (

    select distinct
        segmentation,
        feature,
        upper_edge
    from deciles
    union all
    /* the last bin is open */
    select distinct
        segmentation,
        feature,
        cast(null as double) as upper_edge
    from deciles

),

bins as (

    select
        segmentation,
        feature,
        row_number() over (partition by segmentation, feature order by upper_edge asc nulls last) as bin_number,
        lag(upper_edge) over (partition by segmentation, feature order by upper_edge asc nulls last) as lower_edge,
        upper_edge,
        false as is_missing_bin
    from edges
    union all
    /* also where no value is missing, for one may be missing later */
    select distinct
        segmentation,
        feature,
        0 as bin_number,
        cast(null as double) as lower_edge,
        cast(null as double) as upper_edge,
        true as is_missing_bin
    from fitted_samples

),

totals as (

    select
        segmentation,
        feature,
        count(*) as reference_customers
    from fitted_samples
    group by
        segmentation,
        feature

),

fitted_bins as (

    select
        bins.segmentation,
        bins.feature,
        cast(bins.bin_number as integer) as bin_number,
        bins.lower_edge,
        bins.upper_edge,
        cast(count(fitted_samples.segmentation) as double) / max(totals.reference_customers) as reference_share,
        max(totals.reference_customers) as reference_customers,
        bins.is_missing_bin
    from bins
    inner join totals
        on
            bins.segmentation = totals.segmentation
            and bins.feature = totals.feature
    left join fitted_samples
        on
            bins.segmentation = fitted_samples.segmentation
            and bins.feature = fitted_samples.feature
            and case
                when bins.is_missing_bin then fitted_samples.feature_value is null
                else
                    fitted_samples.feature_value is not null
                    and (bins.lower_edge is null or bins.lower_edge < fitted_samples.feature_value)
                    and (bins.upper_edge is null or bins.upper_edge >= fitted_samples.feature_value)
            end
    group by
        bins.segmentation,
        bins.feature,
        bins.bin_number,
        bins.lower_edge,
        bins.upper_edge,
        bins.is_missing_bin

),

/* the bins of a model that is kept, or that is absent from this build */
kept_bins as (

    select
        last_bins.segmentation,
        last_bins.feature,
        last_bins.bin_number,
        last_bins.lower_edge,
        last_bins.upper_edge,
        last_bins.reference_share,
        last_bins.reference_customers,
        last_bins.is_missing_bin
    from last_bins
    left join outcomes
        on last_bins.segmentation = outcomes.segmentation
    where
        not coalesce(outcomes.is_fitted, false)
        and last_bins.segmentation in (select last_registry.segmentation from last_registry)

),

reference_bins as (

    select * from fitted_bins
    union all
    select * from kept_bins

)

select * from reference_bins
