-- One row per cardholder: what the card earns and costs the bank in a year, and what is left.
{{ config(enabled=has_inputs('card_usage')) }}
with

behaviours as (

    select * from {{ ref('cardholder_behaviour') }}

),

bases as (

    select * from {{ ref('int_card_usage__value_bases') }}

),

rates as (

    select * from {{ ref('value_rates') }}

),

cardholder_rates as (

    select
        bases.customer_id,
        rates.component,
        {% for estimate in estimates() %}
        rates.rate_{{ estimate }},
        {% endfor %}
        case rates.kind when 'revenue' then 1 when 'cost' then -1 end as direction,
        case rates.basis
            {% for basis in value_bases() %}
            when '{{ basis }}' then bases.{{ basis }}
            {% endfor %}
        end as basis_amount
    from bases
    cross join rates

),

/* revenue above zero, cost below */
amounts as (

    select
        customer_id,
        {% for estimate in estimates() %}
        direction * rate_{{ estimate }} * basis_amount as {{ estimate }}_amount,
        {% endfor %}
        component
    from cardholder_rates

),

/* a sum with a part that is not known is not known; a component without a rate is nothing */
summed as (

    select
        {% for component in value_components() %}
        case
            when count(*) filter (where component = '{{ component }}' and base_amount is null) = 0
                then coalesce({{ exact_sum("case when component = '" ~ component ~ "' then base_amount end") }}, 0)
        end as {{ component }}_amount,
        {% endfor %}
        {% for estimate in estimates() %}
        case
            when count({{ estimate }}_amount) = count(*) then {{ exact_sum(estimate ~ '_amount') }}
        end as net_value_{{ estimate }}_amount,
        {% endfor %}
        customer_id
    from amounts
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
