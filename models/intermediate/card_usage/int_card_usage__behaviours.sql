-- One row per cardholder and behaviour: whether the rules in behaviour_thresholds say that it applies.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

conditions as (

    select * from {{ ref('behaviour_thresholds') }}

),

cardholders as (

    select
        customer_id,
        greatest(purchases_frequency_share, least(cash_advance_frequency_share, 1)) as active_month_share,
        balance_amount,
        cash_advance_amount,
        cash_advance_frequency_share,
        /* a card that was not used took no cash */
        coalesce(cash_advance_share_of_usage, 0) as cash_advance_share_of_usage,
        cash_advance_transactions,
        full_payment_share,
        limit_utilisation_share,
        payment_ratio,
        payments_amount,
        purchase_transactions,
        purchases_amount,
        purchases_frequency_share,
        tenure_months
    from features

),

metric_values as (

    select
        cardholders.customer_id,
        conditions.behaviour,
        conditions.rule_key,
        conditions.operator,
        conditions.threshold,
        case conditions.metric
            {% for metric in behaviour_metrics() %}
            when '{{ metric }}' then cardholders.{{ metric }}
            {% endfor %}
        end as metric_value
    from cardholders
    cross join conditions

),

conditions_checked as (

    select
        customer_id,
        behaviour,
        rule_key,
        {{ compared('metric_value', 'operator', 'threshold') }} as is_met
    from metric_values

),

/* a rule holds where all of its conditions do; a missing figure leaves it open unless another condition fails */
rules_checked as (

    select
        customer_id,
        behaviour,
        rule_key,
        case
            when count(*) filter (where not is_met) > 0 then false
            when count(*) filter (where is_met is null) = 0 then true
        end as is_met
    from conditions_checked
    group by
        customer_id,
        behaviour,
        rule_key

),

/* a behaviour applies where any of its rules holds; it is out only where every rule is known to fail */
behaviours as (

    select
        customer_id,
        behaviour,
        case
            when count(*) filter (where is_met) > 0 then true
            when count(*) filter (where is_met is null) = 0 then false
        end as is_met
    from rules_checked
    group by
        customer_id,
        behaviour

)

select * from behaviours
