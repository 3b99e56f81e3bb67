-- One row per segment and recommendation: what to do, for which team, on what evidence, and what not to do.
with

conditions as (

    select * from {{ ref('int_segment_rule_conditions') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

rule_metrics as (

    select * from {{ ref('int_segment_rule_metrics') }}

),

vulnerability_signs as (

    select * from {{ ref('segment_vulnerability_signs') }}

),

vulnerable_segments as (

    select distinct rule_metrics.segment_key
    from rule_metrics
    inner join vulnerability_signs
        on
            rule_metrics.segmentation = vulnerability_signs.segmentation
            and rule_metrics.metric = vulnerability_signs.metric
            and rule_metrics.statistic = vulnerability_signs.statistic
    where {{ meets_condition(
        'rule_metrics.metric_value', 'vulnerability_signs.operator', 'vulnerability_signs.threshold'
    ) }}

),

applicable_rules as (

    select
        segment_key,
        recommendation_key,
        {{ dbt.listagg('evidence', "'; '", 'order by condition_number') }} as evidence
    from conditions
    group by
        segment_key,
        recommendation_key
    having sum(case when is_met then 0 else 1 end) = 0

),

/* the condition whose metric deviates most from the population, the first of the rule among equals */
strongest_conditions as (

    select
        *,
        row_number() over (
            partition by segment_key, recommendation_key
            order by round(evidence_strength, 9) desc, condition_number asc
        ) as strength_rank
    from conditions

),

candidates as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name,
        playbook.recommendation_key,
        playbook.team,
        coalesce(playbook.action_group, playbook.recommendation_key) as action_group,
        playbook.action,
        playbook.reason,
        playbook.what_not_to_do,
        strongest_conditions.metric as evidence_metric,
        strongest_conditions.metric_label as evidence_label,
        strongest_conditions.statistic as evidence_statistic,
        strongest_conditions.operator,
        applicable_rules.evidence,
        playbook.source,
        playbook.weight,
        strongest_conditions.metric_value as evidence_value,
        strongest_conditions.threshold,
        strongest_conditions.evidence_strength,
        playbook.is_upsell,
        playbook.is_fallback,
        vulnerable_segments.segment_key is not null as is_vulnerable
    from applicable_rules
    inner join strongest_conditions
        on
            applicable_rules.segment_key = strongest_conditions.segment_key
            and applicable_rules.recommendation_key = strongest_conditions.recommendation_key
            and strongest_conditions.strength_rank = 1
    inner join playbook
        on applicable_rules.recommendation_key = playbook.recommendation_key
    inner join segments
        on applicable_rules.segment_key = segments.segment_key
    left join vulnerable_segments
        on applicable_rules.segment_key = vulnerable_segments.segment_key
    /* vulnerable customers get no sales offers, whatever the conditions of a rule forget */
    where not (playbook.is_upsell and vulnerable_segments.segment_key is not null)

),

/* actions of one group contradict each other, so only the first of them is given */
ranked_in_groups as (

    select
        *,
        row_number() over (
            partition by segment_key, action_group
            order by is_fallback asc, weight desc, round(evidence_strength, 9) desc, recommendation_key asc
        ) as group_rank
    from candidates

),

ranked as (

    select
        *,
        row_number() over (
            partition by segment_key
            order by is_fallback asc, weight desc, round(evidence_strength, 9) desc, recommendation_key asc
        ) as priority
    from ranked_in_groups
    where group_rank = 1

),

/* what fits any segment is said only where too little else is */
recommendations as (

    select
        segmentation,
        segment_key,
        segment_name,
        recommendation_key,
        team,
        action,
        reason,
        what_not_to_do,
        evidence_metric,
        evidence_label,
        evidence_statistic,
        operator,
        evidence,
        source,
        cast(priority as integer) as priority,
        evidence_value,
        threshold,
        is_upsell,
        is_vulnerable
    from ranked
    where
        priority <= {{ var('maximum_recommendations') }}
        and (not is_fallback or priority <= {{ var('minimum_recommendations') }})

)

select * from recommendations
