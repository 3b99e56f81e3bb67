-- One row per card relationship, relationship segment and everyone together: the first card tier that fits.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
{{ config(enabled=has_inputs('card_relationships')) }}
{% set metric_value %}case item['metric']
                when 'credit_limit_index_100' then credit_limit_index_100
                when 'credit_cards' then credit_cards
                when 'service_cost_index_100' then service_cost_index_100
            end{% endset %}
{% set is_met = meets_condition(metric_value, "item['operator']", "item['threshold']") -%}
{% set evidence = "concat(item['label'], ' ', coalesce(" ~ rounded_text(metric_value) ~ ", 'unknown'), '" %}
with

/* with the metrics that conditions can name */
service_costs as (

    select
        subject_type,
        subject_key,
        credit_limit_index_100,
        credit_cards,
        service_cost_index_100
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
        {{ ordered_list(
            structure({
                'metric': 'conditions.metric',
                'label': 'coalesce(labels.label, conditions.metric)',
                'operator': 'conditions.operator',
                'threshold': 'conditions.threshold',
                'words': in_words('conditions.operator', rule_operators())
                    ~ " || ' ' || " ~ rounded_text('conditions.threshold')
            }),
            'conditions.metric'
        ) }} as conditions
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
        conditions_listed.conditions,
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
        coalesce({{ list_length(filtered_list('tiers_with_conditions.conditions', 'not ' ~ is_met)) }}, 0) = 0
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
        {{ list_text(
            'array_sort(' ~ mapped_list(filtered_list('conditions', is_met), evidence ~ " (', item['words'], ')')") ~ ')',
            "'; '"
        ) }} as met_evidence,
        {{ list_text(
            'array_sort('
            ~ mapped_list(filtered_list('conditions_above', 'not ' ~ is_met), evidence ~ " (not ', item['words'], ')')")
            ~ ')',
            "'; '"
        ) }} as missed_evidence_above
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
