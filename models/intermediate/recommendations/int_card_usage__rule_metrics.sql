-- One row per card-usage segment, metric and statistic: behaviour and value as facts that rules can ask for.
{{ config(enabled=has_inputs('card_usage')) }}
{% set value_metrics = {
    'net_value_amount': 'net_value_base_amount',
    'loss_making_share': 'loss_making_share',
    'vulnerable_customer_share': 'vulnerable_customer_share',
    'is_upsell_allowed': 'cast(is_upsell_allowed as integer)',
} %}
with

behaviours as (

    select * from {{ ref('behaviour_by_segment') }}

),

segment_values as (

    select * from {{ ref('segment_value') }}

),

means as (

    select
        segmentation,
        segment_key,
        concat(behaviour_class, '_share') as metric,
        customer_share as mean_value
    from behaviours
    {% for metric, column in value_metrics.items() %}
    union all
    select
        segmentation,
        segment_key,
        '{{ metric }}' as metric,
        {{ column }} as mean_value
    from segment_values
    {% endfor %}

),

populations as (

    select
        metric,
        mean_value
    from means
    where segment_key is null

),

statistics as (

    select
        segmentation,
        segment_key,
        metric,
        'mean' as statistic,
        mean_value as fact_value
    from means
    where segment_key is not null
    union all
    select
        means.segmentation,
        means.segment_key,
        means.metric,
        'index_100' as statistic,
        /* an index has no meaning round a mean of zero or below */
        case when populations.mean_value > 0 then 100 * means.mean_value / populations.mean_value end as fact_value
    from means
    inner join populations
        on means.metric = populations.metric
    where means.segment_key is not null

),

/* what is suppressed, or has no index, is no fact */
facts as (

    select * from statistics
    where fact_value is not null

)

select * from facts
