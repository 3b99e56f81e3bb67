-- One row per card relationship, relationship segment and everyone together: the first card tier that fits.
{{ config(enabled=has_inputs('card_relationships')) }}
with

service_costs as (

    select * from {{ ref('int_service_costs_by_subject') }}

),

tiers as (

    select * from {{ ref('card_tiers') }}

),

conditions as (

    select * from {{ ref('card_tier_conditions') }}

),

labels as (

    select * from {{ ref('segment_metrics') }}

),

/* the metrics that conditions can name; those who have the same values get the same tier */
value_sets as (

    select
        credit_limit_index_100,
        credit_cards,
        service_cost_index_100,
        row_number() over (
            order by credit_limit_index_100 asc, credit_cards asc, service_cost_index_100 asc
        ) as value_set
    from service_costs
    group by
        credit_limit_index_100,
        credit_cards,
        service_cost_index_100

),

metric_values as (

    select
        value_set,
        metric,
        metric_value
    from value_sets
    unpivot include nulls (
        metric_value for metric in (credit_limit_index_100, credit_cards, service_cost_index_100)
    )

),

checked as (

    select
        metric_values.value_set,
        conditions.tier_key,
        coalesce(labels.label, conditions.metric) || ' '
        || coalesce({{ rounded_text('metric_values.metric_value') }}, 'unknown') as value_in_words,
        {{ in_words('conditions.operator', rule_operators()) }}
        || ' ' || {{ rounded_text('conditions.threshold') }} as condition_in_words,
        {{ meets_condition('metric_values.metric_value', 'conditions.operator', 'conditions.threshold') }} as is_met
    from conditions
    inner join metric_values
        on conditions.metric = metric_values.metric
    left join labels
        on conditions.metric = labels.metric

),

worded as (

    select
        *,
        value_in_words || case when is_met then ' (' else ' (not ' end || condition_in_words || ')' as evidence
    from checked

),

/* a tier without conditions is for everyone */
evaluated as (

    select
        value_sets.value_set,
        tiers.tier_key,
        tiers.tier_name,
        {{ dbt.listagg(
            'case when worded.is_met then worded.evidence end', "'; '", 'order by worded.evidence'
        ) }} as met_evidence,
        {{ dbt.listagg(
            'case when not worded.is_met then worded.evidence end', "'; '", 'order by worded.evidence'
        ) }} as missed_evidence,
        tiers.tier_position,
        count(worded.tier_key) > 0 as has_conditions,
        count(case when not worded.is_met then 1 end) = 0 as is_matched
    from value_sets
    cross join tiers
    left join worded
        on
            value_sets.value_set = worded.value_set
            and tiers.tier_key = worded.tier_key
    group by
        value_sets.value_set,
        tiers.tier_key,
        tiers.tier_name,
        tiers.tier_position

),

with_tier_above as (

    select
        *,
        lag(tier_name) over (partition by value_set order by tier_position) as tier_name_above,
        lag(missed_evidence) over (partition by value_set order by tier_position)
            as missed_evidence_above
    from evaluated

),

ranked as (

    select
        *,
        row_number() over (partition by value_set order by tier_position) as match_number
    from with_tier_above
    where is_matched

),

matched as (

    select
        value_set,
        tier_key,
        case
            when has_conditions then tier_name || ': ' || met_evidence || '.'
            when tier_name_above is null then tier_name || ': for everyone.'
            else tier_name || ', as the ' || tier_name_above || ' asks for more: ' || missed_evidence_above || '.'
        end as reason,
        tier_position
    from ranked
    where match_number = 1

),

assigned as (

    select
        service_costs.subject_type,
        service_costs.subject_key,
        matched.tier_key,
        matched.reason,
        matched.tier_position
    from service_costs
    inner join value_sets
        on
            service_costs.credit_limit_index_100 is not distinct from value_sets.credit_limit_index_100
            and service_costs.credit_cards is not distinct from value_sets.credit_cards
            and service_costs.service_cost_index_100 is not distinct from value_sets.service_cost_index_100
    inner join matched
        on value_sets.value_set = matched.value_set

)

select * from assigned
