-- One row per relationship segment, and one for everyone: the card tier that fits, its fee against the cost of service.
{{ config(enabled=has_inputs('card_relationships')) }}
with

group_costs as (

    select * from {{ ref('int_service_costs_by_group') }}

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

recommended as (

    select
        group_costs.*,
        assigned.tier_key,
        tiers.tier_name,
        tiers.tier_position,
        {% for estimate in estimates() %}
        case
            when tiers.fee_basis = 'credit_limit' then group_costs.credit_limit_amount
            when tiers.fee_basis = 'service_cost' then group_costs.service_cost_{{ estimate }}_amount
        end * tiers.fee_share_{{ estimate }} as fee_{{ estimate }}_amount,
        {% endfor %}
        assigned.reason,
        {{ is_suppressed_in_total('group_costs.customers', 'group_costs.group_type', 'group_costs.group_key') }}
            as is_suppressed
    from group_costs
    inner join assigned
        on
            group_costs.group_type = assigned.subject_type
            and group_costs.group_key = assigned.subject_key
    inner join tiers
        on assigned.tier_key = tiers.tier_key

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
        {% for column in ['tier_key', 'tier_name', 'reason'] %}
        {{ unless_suppressed('recommended.' ~ column) }} as {{ column }},
        {% endfor %}
        recommended.group_position,
        recommended.customers,
        {% for figure, name in {
            'recommended.credit_limit_amount': 'average_credit_limit_amount',
            'recommended.median_credit_limit_amount': 'median_credit_limit_amount',
            'recommended.credit_limit_index_100': 'credit_limit_index_100',
            'recommended.credit_cards': 'average_credit_cards',
            'recommended.service_cost_index_100': 'service_cost_index_100',
            'recommended.service_cost_low_amount': 'service_cost_low_amount',
            'recommended.service_cost_base_amount': 'service_cost_base_amount',
            'recommended.service_cost_high_amount': 'service_cost_high_amount',
            'recommended.fee_low_amount': 'fee_low_amount',
            'recommended.fee_base_amount': 'fee_base_amount',
            'recommended.fee_high_amount': 'fee_high_amount',
            'cast(upsell.higher_tier_customers as double) / recommended.customers': 'higher_tier_share',
            'recommended.fee_base_amount >= recommended.service_cost_base_amount': 'is_service_covered_by_fee',
            'recommended.fee_low_amount >= recommended.service_cost_high_amount': 'is_service_covered_at_worst'
        }.items() %}
        {{ unless_suppressed(figure) }} as {{ name }},
        {% endfor %}
        recommended.is_suppressed
    from recommended
    left join upsell
        on
            recommended.group_type = upsell.group_type
            and recommended.group_key = upsell.group_key

)

select * from suppressed
