-- One row per card relationship, relationship segment and everyone together: the first card tier that fits.
{{ config(enabled=has_inputs('card_relationships')) }}
{% set metric_value = "metric_values[condition['metric']]" -%}
{% set is_met = meets_condition(metric_value, "condition['operator']", "condition['threshold']") -%}
with

/* with the metrics that conditions can name */
service_costs as (

    select
        subject_type,
        subject_key,
        map {
            'credit_limit_index_100': credit_limit_index_100,
            'credit_cards': credit_cards,
            'service_cost_index_100': service_cost_index_100
        } as metric_values
    from {{ ref('int_service_costs_by_subject') }}

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

/* all conditions of a tier in one row, so that a million subjects are looked at without a row for each condition */
conditions_listed as (

    select
        conditions.tier_key,
        list({
            'metric': conditions.metric,
            'label': coalesce(labels.label, conditions.metric),
            'operator': conditions.operator,
            'threshold': conditions.threshold,
            'words': {{ in_words('conditions.operator', rule_operators()) }}
            || ' ' || {{ rounded_text('conditions.threshold') }}
        }) as conditions
    from conditions
    left join labels
        on conditions.metric = labels.metric
    group by conditions.tier_key

),

/* a tier without conditions is for everyone */
tiers_with_conditions as (

    select
        tiers.tier_key,
        tiers.tier_name,
        tiers.tier_position,
        coalesce(conditions_listed.conditions, []) as conditions,
        lag(tiers.tier_name) over (order by tiers.tier_position) as tier_name_above,
        lag(conditions_listed.conditions) over (order by tiers.tier_position) as conditions_above
    from tiers
    left join conditions_listed
        on tiers.tier_key = conditions_listed.tier_key

),

matched as (

    select
        service_costs.subject_type,
        service_costs.subject_key,
        min(tiers_with_conditions.tier_position) as tier_position
    from service_costs
    cross join tiers_with_conditions
    where
        len(list_filter(
            tiers_with_conditions.conditions,
            lambda condition: not {{ is_met }}
        )) = 0
    group by
        service_costs.subject_type,
        service_costs.subject_key

),

placed as (

    select
        service_costs.*,
        tiers_with_conditions.*
    from matched
    inner join service_costs
        on
            matched.subject_type = service_costs.subject_type
            and matched.subject_key = service_costs.subject_key
    inner join tiers_with_conditions
        on matched.tier_position = tiers_with_conditions.tier_position

),

/* which conditions of the tier are met, and which of the tier above are not */
worded as (

    select
        *,
        array_to_string(list_sort(list_transform(
            list_filter(conditions, lambda condition: {{ is_met }}),
            lambda condition: concat(
                condition['label'], ' ', coalesce({{ rounded_text(metric_value) }}, 'unknown'),
                ' (', condition['words'], ')'
            )
        )), '; ') as met_evidence,
        array_to_string(list_sort(list_transform(
            list_filter(conditions_above, lambda condition: not {{ is_met }}),
            lambda condition: concat(
                condition['label'], ' ', coalesce({{ rounded_text(metric_value) }}, 'unknown'),
                ' (not ', condition['words'], ')'
            )
        )), '; ') as missed_evidence_above
    from placed

),

assigned as (

    select
        subject_type,
        subject_key,
        tier_key,
        case
            when met_evidence <> '' then tier_name || ': ' || met_evidence || '.'
            when tier_name_above is null then tier_name || ': for everyone.'
            else tier_name || ', as the ' || tier_name_above || ' asks for more: ' || missed_evidence_above || '.'
        end as reason,
        tier_position
    from worded

)

select * from assigned
