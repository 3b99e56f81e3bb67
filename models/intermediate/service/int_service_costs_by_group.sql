-- One row per relationship segment, and one for everyone: what service costs, limits and cards of its customers.
{{ config(enabled=has_inputs('card_relationships')) }}
with

memberships as (

    select * from {{ ref('int_relationships_grouped') }}
    where group_type in ('all', 'segment')

),

service_costs as (

    select * from {{ ref('int_service_costs_summed') }}

),

by_group as (

    select
        memberships.group_type,
        memberships.group_key,
        memberships.group_name,
        memberships.group_position,
        count(*) as customers,
        {% for column in ['credit_limit_amount', 'credit_cards', 'service_cost_low_amount', 'service_cost_base_amount',
            'service_cost_high_amount', 'credit_limit_index_100', 'service_cost_index_100'] %}
        {{ exact_mean('service_costs.' ~ column) }} as {{ column }},
        {% endfor %}
        median(service_costs.credit_limit_amount) as median_credit_limit_amount
    from memberships
    inner join service_costs
        on memberships.customer_id = service_costs.customer_id
    group by
        memberships.group_type,
        memberships.group_key,
        memberships.group_name,
        memberships.group_position

)

select * from by_group
