-- One row per relationship segment, and one for everyone: the card tier that fits, its fee against the cost of service.
{{ config(enabled=has_inputs('card_relationships')) }}
with

group_costs as (

    select * from {{ ref('int_service_costs_by_subject') }}
    where subject_type <> 'customer'

),

memberships as (

    select * from {{ ref('int_relationships_grouped') }}

),

assigned as (

    select * from {{ ref('int_card_tiers_assigned') }}

),

tiers as (

    select * from {{ ref('card_tiers') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

recommended as (

    select
        group_costs.subject_type as group_type,
        group_costs.subject_key as group_key,
        coalesce(segments.segment_name, group_costs.group_name) as group_name,
        group_costs.group_position,
        group_costs.customers,
        group_costs.credit_limit_amount,
        group_costs.median_credit_limit_amount,
        group_costs.credit_limit_index_100,
        group_costs.credit_cards,
        group_costs.service_cost_low_amount,
        group_costs.service_cost_base_amount,
        group_costs.service_cost_high_amount,
        group_costs.service_cost_index_100,
        assigned.tier_key,
        tiers.tier_name,
        tiers.tier_position,
        case
            when tiers.fee_basis = 'credit_limit' then group_costs.credit_limit_amount * tiers.fee_share_low
            when tiers.fee_basis = 'service_cost' then group_costs.service_cost_low_amount * tiers.fee_share_low
        end as fee_low_amount,
        case
            when tiers.fee_basis = 'credit_limit' then group_costs.credit_limit_amount * tiers.fee_share_base
            when tiers.fee_basis = 'service_cost' then group_costs.service_cost_base_amount * tiers.fee_share_base
        end as fee_base_amount,
        case
            when tiers.fee_basis = 'credit_limit' then group_costs.credit_limit_amount * tiers.fee_share_high
            when tiers.fee_basis = 'service_cost' then group_costs.service_cost_high_amount * tiers.fee_share_high
        end as fee_high_amount,
        assigned.reason,
        {{ is_suppressed_in_total('group_costs.customers', 'group_costs.subject_type', 'group_costs.subject_key') }}
            as is_suppressed
    from group_costs
    inner join assigned
        on
            group_costs.subject_type = assigned.subject_type
            and group_costs.subject_key = assigned.subject_key
    inner join tiers
        on assigned.tier_key = tiers.tier_key
    left join segments
        on group_costs.subject_key = segments.segment_key

),

/* customers who meet a higher tier's conditions by themselves could be offered it */
counted as (

    select
        recommended.group_type,
        recommended.group_key,
        count(case when assigned.tier_position < recommended.tier_position then 1 end) as customers_found
    from recommended
    inner join memberships
        on
            recommended.group_type = memberships.group_type
            and recommended.group_key = memberships.group_key
    inner join assigned
        on
            memberships.customer_id = assigned.subject_key
            and assigned.subject_type = 'customer'
    group by
        recommended.group_type,
        recommended.group_key

),

/* a few of them could be recognised, none at all cannot */
upsell as (

    select
        group_type,
        group_key,
        case
            when customers_found = 0 or customers_found >= {{ var('minimum_cell_size') }} then customers_found
        end as higher_tier_customers
    from counted

),

suppressed as (

    select
        recommended.group_type,
        recommended.group_key,
        recommended.group_name,
        {{ unless_suppressed('recommended.tier_key') }} as tier_key,
        {{ unless_suppressed('recommended.tier_name') }} as tier_name,
        {{ unless_suppressed('recommended.reason') }} as reason,
        recommended.group_position,
        {{ unless_suppressed('recommended.customers') }} as customers,
        {{ unless_suppressed('recommended.credit_limit_amount') }} as average_credit_limit_amount,
        {{ unless_suppressed('recommended.median_credit_limit_amount') }} as median_credit_limit_amount,
        {{ unless_suppressed('recommended.credit_limit_index_100') }} as credit_limit_index_100,
        {{ unless_suppressed('recommended.credit_cards') }} as average_credit_cards,
        {{ unless_suppressed('recommended.service_cost_index_100') }} as service_cost_index_100,
        {{ unless_suppressed('recommended.service_cost_low_amount') }} as service_cost_low_amount,
        {{ unless_suppressed('recommended.service_cost_base_amount') }} as service_cost_base_amount,
        {{ unless_suppressed('recommended.service_cost_high_amount') }} as service_cost_high_amount,
        {{ unless_suppressed('recommended.fee_low_amount') }} as fee_low_amount,
        {{ unless_suppressed('recommended.fee_base_amount') }} as fee_base_amount,
        {{ unless_suppressed('recommended.fee_high_amount') }} as fee_high_amount,
        {{ unless_suppressed('cast(upsell.higher_tier_customers as double) / recommended.customers') }}
            as higher_tier_share,
        {{ unless_suppressed('recommended.fee_base_amount >= recommended.service_cost_base_amount') }}
            as is_service_covered_by_fee,
        {{ unless_suppressed('recommended.fee_low_amount >= recommended.service_cost_high_amount') }}
            as is_service_covered_at_worst,
        recommended.group_type = 'all' as is_total,
        recommended.is_suppressed
    from recommended
    left join upsell
        on
            recommended.group_type = upsell.group_type
            and recommended.group_key = upsell.group_key

)

select * from suppressed
