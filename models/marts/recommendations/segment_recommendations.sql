-- One row per segment and recommendation: what to do, for which team, on what evidence, and what not to do.
with

conditions as (

    select * from {{ ref('int_segment_rule_conditions') }}
    where is_applicable

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

action_money as (

    select * from {{ ref('int_segment_action_money') }}

),

vulnerability_signs as (

    select * from {{ ref('segment_vulnerability_signs') }}

),

known_metrics as (

    select
        segment_key,
        metric,
        max(case when statistic = 'mean' then metric_value end) as mean_value
    from rule_metrics
    group by
        segment_key,
        metric

),

signs as (

    select
        segments.segment_key,
        {{ meets_condition(
            'rule_metrics.metric_value', 'vulnerability_signs.operator', 'vulnerability_signs.threshold'
        ) }} as is_seen,
        known_metrics.segment_key is not null as is_known
    from segments
    inner join vulnerability_signs
        on segments.segmentation = vulnerability_signs.segmentation
    left join known_metrics
        on
            segments.segment_key = known_metrics.segment_key
            and vulnerability_signs.metric = known_metrics.metric
    left join rule_metrics
        on
            segments.segment_key = rule_metrics.segment_key
            and vulnerability_signs.metric = rule_metrics.metric
            and vulnerability_signs.statistic = rule_metrics.statistic

),

/* one sign is enough; without one, a sign whose figure is not known leaves it open */
vulnerability as (

    select
        segment_key,
        case
            when max(case when is_seen then 1 else 0 end) = 1 then true
            when min(case when is_known then 1 else 0 end) = 1 then false
        end as is_vulnerable
    from signs
    group by segment_key

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

),

held_back as (

    select distinct
        segment_key,
        is_protected or is_repaired as is_growth_held_back,
        is_balance_held_back
    from conditions

),

/* what the treatment of a segment says, where it has one; a segment to grow is no longer one if its balance may not */
permissions as (

    select
        segments.segment_key,
        case
            when vulnerability.segment_key is null then false
            else vulnerability.is_vulnerable
        end as is_vulnerable,
        coalesce(held_back.is_growth_held_back, false) as is_growth_held_back,
        coalesce(held_back.is_balance_held_back, false) as is_balance_held_back,
        coalesce(upsells.mean_value < 1, false)
        or coalesce(growths.mean_value = 1 and held_back.is_balance_held_back, false) as is_upsell_held_back
    from segments
    left join vulnerability
        on segments.segment_key = vulnerability.segment_key
    left join held_back
        on segments.segment_key = held_back.segment_key
    left join known_metrics as upsells
        on
            segments.segment_key = upsells.segment_key
            and upsells.metric = 'is_upsell_allowed'
    left join known_metrics as growths
        on
            segments.segment_key = growths.segment_key
            and growths.metric = 'is_grown'

),

/* the condition whose metric deviates most from the population, the first of the rule among equals */
strongest_conditions as (

    select
        *,
        row_number() over (
            partition by segment_key, recommendation_key
            order by {{ rounded('evidence_strength', 9) }} desc, condition_number asc
        ) as strength_rank
    from conditions

),

candidates as (

    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name,
        playbook.recommendation_key,
        playbook.stage,
        case playbook.stage when 'protect' then 1 when 'repair' then 2 else 3 end as stage_position,
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
        permissions.is_vulnerable,
        coalesce(not permissions.is_vulnerable, false)
        and not permissions.is_growth_held_back
        and not permissions.is_balance_held_back
        and not permissions.is_upsell_held_back as is_offer_allowed
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
    inner join permissions
        on applicable_rules.segment_key = permissions.segment_key
    where
        /* vulnerable customers get no sales offers, nor does anyone who may be, whatever a rule forgets */
        not (playbook.is_upsell and (coalesce(permissions.is_vulnerable, true) or permissions.is_upsell_held_back))
        and not (coalesce(playbook.adds_to_balance, false) and permissions.is_balance_held_back)
        and not (playbook.stage = 'grow' and not playbook.is_fallback and permissions.is_growth_held_back)

),

/* actions of one group contradict each other, so only the first of them is given */
ranked_in_groups as (

    select
        *,
        row_number() over (
            partition by segment_key, action_group
            order by
                is_fallback asc, stage_position asc, weight desc, {{ rounded('evidence_strength', 9) }} desc,
                recommendation_key asc
        ) as group_rank
    from candidates

),

ranked as (

    select
        *,
        row_number() over (
            partition by segment_key
            order by
                is_fallback asc, stage_position asc, weight desc, {{ rounded('evidence_strength', 9) }} desc,
                recommendation_key asc
        ) as priority
    from ranked_in_groups
    where group_rank = 1

),

/* what fits any segment is said only where too little else is */
recommendations as (

    select
        ranked.segmentation,
        ranked.segment_key,
        ranked.segment_name,
        ranked.recommendation_key,
        ranked.stage,
        ranked.team,
        ranked.action,
        ranked.reason,
        ranked.what_not_to_do,
        ranked.evidence_metric,
        ranked.evidence_label,
        ranked.evidence_statistic,
        ranked.operator,
        ranked.evidence,
        ranked.source,
        action_money.basis,
        action_money.assumption,
        cast(ranked.priority as integer) as priority,
        ranked.evidence_value,
        ranked.threshold,
        action_money.yearly_basis_amount,
        action_money.bank_revenue_low_amount,
        action_money.bank_revenue_base_amount,
        action_money.bank_revenue_high_amount,
        action_money.bank_cost_low_amount,
        action_money.bank_cost_base_amount,
        action_money.bank_cost_high_amount,
        action_money.bank_fixed_cost_amount,
        action_money.bank_net_low_amount,
        action_money.bank_net_base_amount,
        action_money.bank_net_high_amount,
        action_money.uptake_share_base,
        action_money.break_even_uptake_share,
        ranked.is_upsell,
        ranked.is_vulnerable,
        ranked.is_offer_allowed,
        action_money.is_assumption
    from ranked
    left join action_money
        on
            ranked.segment_key = action_money.segment_key
            and ranked.recommendation_key = action_money.recommendation_key
    where
        ranked.priority <= {{ var('maximum_recommendations') }}
        and (not ranked.is_fallback or ranked.priority <= {{ var('minimum_recommendations') }})

)

select * from recommendations
