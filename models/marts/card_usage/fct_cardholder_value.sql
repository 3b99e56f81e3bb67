-- One row per cardholder: what the card earns and costs the bank in a year, and what is left.
with

behaviours as (

    select * from {{ ref('fct_cardholder_behaviour') }}

),

bases as (

    select * from {{ ref('int_card_usage__value_bases') }}

),

components as (

    select * from {{ ref('int_card_usage__value_components') }}

),

/* a sum with a part that is not known is not known */
summed as (

    select
        customer_id,
        {% for component in value_components() %}
        case
            when count(*) filter (where component = '{{ component }}' and base_amount is null) = 0
                then coalesce({{ exact_sum("case when component = '" ~ component ~ "' then base_amount end") }}, 0)
        end as {{ component }}_amount,
        {% endfor %}
        {% for scenario in ['low', 'base', 'high'] %}
        case
            when count({{ scenario }}_amount) = count(*)
                then {{ exact_sum(scenario ~ '_amount') }}
        end as net_value_{{ scenario }}_amount{{ ',' if not loop.last }}
        {% endfor %}
    from components
    group by customer_id

),

valued as (

    select
        -- ids
        behaviours.customer_id,

        -- strings
        behaviours.behaviour_class,

        -- numbers
        bases.purchases_amount as yearly_purchases_amount,
        {% for component in value_components() %}
        summed.{{ component }}_amount,
        {% endfor %}
        summed.net_value_low_amount,
        summed.net_value_base_amount,
        summed.net_value_high_amount,

        -- booleans
        summed.net_value_base_amount < 0 as is_loss_making,
        behaviours.is_vulnerable
    from behaviours
    inner join bases
        on behaviours.customer_id = bases.customer_id
    left join summed
        on behaviours.customer_id = summed.customer_id

)

select * from valued
