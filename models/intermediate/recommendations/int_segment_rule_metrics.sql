-- One row per segment, metric and statistic: every figure of a segment that a rule can look at.
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}
    /* what is suppressed is no evidence */
    where not coalesce(is_suppressed, false)

),

segments as (

    select * from {{ ref('int_segments') }}

),

profile_statistics as (

    select
        segmentation,
        segment_key,
        metric,
        cast(metric_mean as double) as mean,
        cast(metric_median as double) as median,
        cast(index_100 as double) as index_100,
        cast(standardised_difference as double) as standardised_difference,
        cast(penetration_share as double) as penetration_share,
        case when customers_above_zero >= {{ var('minimum_cell_size') }} then cast(intensity_mean as double) end
            as intensity_mean,
        cast(metric_share as double) as metric_share
    from profiles

),

profile_metrics as (

    select
        segmentation,
        segment_key,
        metric,
        statistic,
        metric_value
    from profile_statistics
    unpivot (
        metric_value for statistic in (
            mean, median, index_100, standardised_difference, penetration_share, intensity_mean, metric_share
        )
    )

),

segment_values as (

    select
        profiles.segmentation,
        profiles.segment_key,
        profiles.metric_share as value_share,
        100 * profiles.metric_share / nullif(segments.customer_share, 0) as index_100
    from profiles
    inner join segments
        on profiles.segment_key = segments.segment_key
    where profiles.is_value

),

/* what every segment has, whatever it is formed from */
general_metrics as (

    select
        segmentation,
        segment_key,
        'segment_size' as metric,
        'customer_share' as statistic,
        customer_share as metric_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_value' as metric,
        'value_share' as statistic,
        value_share as metric_value
    from segment_values
    union all
    select
        segmentation,
        segment_key,
        'segment_value' as metric,
        'index_100' as statistic,
        index_100 as metric_value
    from segment_values
    union all
    select
        segmentation,
        segment_key,
        'segment_stability' as metric,
        'jaccard' as statistic,
        jaccard as metric_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_margin' as metric,
        'mean' as statistic,
        average_margin as metric_value
    from segments

),

ranked_deviations as (

    select
        segmentation,
        segment_key,
        metric,
        standardised_difference,
        row_number() over (
            partition by segment_key
            order by {{ rounded('abs(standardised_difference)', 9) }} desc, metric_position asc
        ) as deviation_rank
    from profiles
    where standardised_difference is not null

),

/* under one name, so that a rule for any segmentation can have the metric that deviates most as its evidence */
strongest_deviations as (

    select
        segmentation,
        segment_key,
        'strongest_deviation' as metric,
        metric as described_metric,
        'absolute_difference' as statistic,
        abs(standardised_difference) as metric_value
    from ranked_deviations
    where deviation_rank = 1

),

{% if has_inputs('card_usage') %}
/* behaviour and value, which only cardholders have; what is suppressed is no evidence */
card_usage_values as (

    select
        segmentation,
        segment_key,
        {{ unless_suppressed('net_value_base_amount') }} as net_value_amount,
        {{ unless_suppressed('loss_making_share') }} as loss_making_share,
        {{ unless_suppressed('vulnerable_customer_share') }} as vulnerable_customer_share,
        cast(is_upsell_allowed as double) as is_upsell_allowed,
        cast(treatment = 'serve' as double) as is_served,
        cast(treatment = 'grow' as double) as is_grown
    from {{ ref('int_card_usage__segment_values') }}

),

card_usage_means as (

    select
        segmentation,
        segment_key,
        concat(behaviour_class, '_share') as metric,
        customer_share as mean_value
    from {{ ref('int_card_usage__behaviour_cells') }}
    where
        not is_suppressed
        and customer_share > 0
    union all
    select
        segmentation,
        segment_key,
        metric,
        mean_value
    from card_usage_values
    unpivot (
        mean_value for metric in (
            net_value_amount, loss_making_share, vulnerable_customer_share, is_upsell_allowed, is_served, is_grown
        )
    )

),

card_usage_population as (

    select
        metric,
        mean_value
    from card_usage_means
    where segment_key is null

),

card_usage_metrics as (

    select
        segmentation,
        segment_key,
        metric,
        'mean' as statistic,
        mean_value as metric_value
    from card_usage_means
    where segment_key is not null
    union all
    select
        card_usage_means.segmentation,
        card_usage_means.segment_key,
        card_usage_means.metric,
        'index_100' as statistic,
        100 * card_usage_means.mean_value / card_usage_population.mean_value as metric_value
    from card_usage_means
    inner join card_usage_population
        on card_usage_means.metric = card_usage_population.metric
    /* an index has no meaning round a mean of zero or below */
    where
        card_usage_means.segment_key is not null
        and card_usage_population.mean_value > 0

),

{% endif %}
rule_metrics as (

    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        statistic,
        metric_value
    from profile_metrics
    union all
    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        statistic,
        metric_value
    from general_metrics
    union all
    select
        segmentation,
        segment_key,
        metric,
        described_metric,
        statistic,
        metric_value
    from strongest_deviations
    {% if has_inputs('card_usage') %}
    union all
    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        statistic,
        metric_value
    from card_usage_metrics
    {% endif %}

)

select * from rule_metrics
where metric_value is not null
