-- One row per segment, metric and statistic: every figure of a segment that a rule can look at.
{% set further_facts = extra_rule_metric_relations() %}
with

profiles as (

    select * from {{ ref('int_segment_profiles') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

profile_facts as (

    {% for statistic, column in {
        'mean': 'metric_mean',
        'median': 'metric_median',
        'index_100': 'index_100',
        'standardised_difference': 'standardised_difference',
        'penetration_share': 'penetration_share',
        'intensity_mean': 'intensity_mean',
        'metric_share': 'metric_share'
    }.items() %}
    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        '{{ statistic }}' as statistic,
        cast({{ column }} as double) as fact_value
    from profiles
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

/* what every segment has, whatever it is formed from */
general_facts as (

    select
        segmentation,
        segment_key,
        'segment_size' as metric,
        'customer_share' as statistic,
        customer_share as fact_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_value' as metric,
        'value_share' as statistic,
        value_share as fact_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_value' as metric,
        'index_100' as statistic,
        100 * value_share / nullif(customer_share, 0) as fact_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_stability' as metric,
        'jaccard' as statistic,
        jaccard as fact_value
    from segments
    union all
    select
        segmentation,
        segment_key,
        'segment_margin' as metric,
        'mean' as statistic,
        average_margin as fact_value
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
            order by round(abs(standardised_difference), 9) desc, metric_position asc
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
        abs(standardised_difference) as fact_value
    from ranked_deviations
    where deviation_rank = 1

),

facts as (

    select
        segmentation,
        segment_key,
        metric,
        described_metric,
        statistic,
        fact_value
    from profile_facts
    union all
    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        statistic,
        fact_value
    from general_facts
    union all
    select
        segmentation,
        segment_key,
        metric,
        described_metric,
        statistic,
        fact_value
    from strongest_deviations
    {%- for relation in further_facts %}
    union all
    select
        segmentation,
        segment_key,
        metric,
        metric as described_metric,
        statistic,
        cast(fact_value as double) as fact_value
    from {{ relation }}
    {%- endfor %}

)

select * from facts
where fact_value is not null
