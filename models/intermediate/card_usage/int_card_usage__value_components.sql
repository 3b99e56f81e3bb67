-- One row per cardholder and rate: what it comes to in a year, revenue above zero and cost below.
with

bases as (

    select * from {{ ref('int_card_usage__value_bases') }}

),

rates as (

    select * from {{ ref('value_rates') }}

),

based as (

    select
        bases.customer_id,
        rates.rate_key,
        rates.component,
        rates.low_rate,
        rates.base_rate,
        rates.high_rate,
        case rates.kind when 'revenue' then 1 when 'cost' then -1 end as direction,
        case rates.basis
            {% for basis in value_bases() %}
            when '{{ basis }}' then bases.{{ basis }}
            {% endfor %}
        end as basis_amount
    from bases
    cross join rates

),

components as (

    select
        -- ids
        customer_id,

        -- strings
        rate_key,
        component,

        -- numbers
        direction * low_rate * basis_amount as low_amount,
        direction * base_rate * basis_amount as base_amount,
        direction * high_rate * basis_amount as high_amount
    from based

)

select * from components
