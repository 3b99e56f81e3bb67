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

/* the metrics that conditions can name */
subject_values as (

    select
        subject_type,
        subject_key,
        metric,
        metric_value
    from service_costs
    unpivot include nulls (
        metric_value for metric in (credit_limit_index_100, credit_cards, service_cost_index_100)
    )

),

checked as (

    select
        subject_values.subject_type,
        subject_values.subject_key,
        conditions.tier_key,
        coalesce(labels.label, conditions.metric) || ' '
        || coalesce({{ rounded_text('subject_values.metric_value') }}, 'unknown') as value_in_words,
        {{ in_words('conditions.operator', rule_operators()) }}
        || ' ' || {{ rounded_text('conditions.threshold') }} as condition_in_words,
        {{ meets_condition('subject_values.metric_value', 'conditions.operator', 'conditions.threshold') }} as is_met
    from conditions
    inner join subject_values
        on conditions.metric = subject_values.metric
    left join labels
        on conditions.metric = labels.metric

),

worded as (

    select
        *,
        value_in_words || case when is_met then ' (' else ' (not ' end || condition_in_words || ')' as evidence
    from checked

),

subjects as (

    select
        subject_type,
        subject_key
    from service_costs

),

/* a tier without conditions is for everyone */
evaluated as (

    select
        subjects.subject_type,
        subjects.subject_key,
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
    from subjects
    cross join tiers
    left join worded
        on
            subjects.subject_type = worded.subject_type
            and subjects.subject_key = worded.subject_key
            and tiers.tier_key = worded.tier_key
    group by
        subjects.subject_type,
        subjects.subject_key,
        tiers.tier_key,
        tiers.tier_name,
        tiers.tier_position

),

with_tier_above as (

    select
        *,
        lag(tier_name) over (partition by subject_type, subject_key order by tier_position) as tier_name_above,
        lag(missed_evidence) over (partition by subject_type, subject_key order by tier_position)
            as missed_evidence_above
    from evaluated

),

ranked as (

    select
        *,
        row_number() over (partition by subject_type, subject_key order by tier_position) as match_number
    from with_tier_above
    where is_matched

),

assigned as (

    select
        subject_type,
        subject_key,
        tier_key,
        case
            when has_conditions then tier_name || ': ' || met_evidence || '.'
            when tier_name_above is null then tier_name || ': for everyone.'
            else tier_name || ', as the ' || tier_name_above || ' asks for more: ' || missed_evidence_above || '.'
        end as reason,
        tier_position
    from ranked
    where match_number = 1

)

select * from assigned
