-- One row per card-usage segment, metric and statistic: behaviour and value as figures that rules can ask for.
{{ config(enabled=has_inputs('card_usage')) }}
with

behaviour_cells as (

    select * from {{ ref('int_card_usage__behaviour_cells') }}

),

segment_values as (

    select * from {{ ref('int_card_usage__segment_values') }}

),

/* what is suppressed is no evidence */
shown_values as (

    select
        segmentation,
        segment_key,
        {{ unless_suppressed('net_value_base_amount') }} as net_value_amount,
        {{ unless_suppressed('loss_making_share') }} as loss_making_share,
        {{ unless_suppressed('vulnerable_customer_share') }} as vulnerable_customer_share,
        cast(is_upsell_allowed as double) as is_upsell_allowed
    from segment_values

),

means as (

    select
        segmentation,
        segment_key,
        concat(behaviour_class, '_share') as metric,
        customer_share as mean_value
    from behaviour_cells
    where not is_suppressed
    union all
    select
        segmentation,
        segment_key,
        metric,
        mean_value
    from shown_values
    unpivot (
        mean_value for metric in (net_value_amount, loss_making_share, vulnerable_customer_share, is_upsell_allowed)
    )

),

populations as (

    select
        metric,
        mean_value
    from means
    where segment_key is null

),

rule_metrics as (

    select
        segmentation,
        segment_key,
        metric,
        'mean' as statistic,
        mean_value as metric_value
    from means
    where segment_key is not null
    union all
    select
        means.segmentation,
        means.segment_key,
        means.metric,
        'index_100' as statistic,
        100 * means.mean_value / populations.mean_value as metric_value
    from means
    inner join populations
        on means.metric = populations.metric
    /* an index has no meaning round a mean of zero or below */
    where
        means.segment_key is not null
        and populations.mean_value > 0

)

select * from rule_metrics
