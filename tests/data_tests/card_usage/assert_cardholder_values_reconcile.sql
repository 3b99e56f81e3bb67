{#- Means are of doubles, so equal sums may differ in their last digits: a millionth of them is allowed. -#}
{% set tolerance = 1e-6 %}
with

cardholders as (

    select
        count(*) as customers,
        coalesce({{ exact_sum('net_value_low_amount') }}, 0) as net_value_low_amount,
        coalesce({{ exact_sum('net_value_base_amount') }}, 0) as net_value_base_amount,
        coalesce({{ exact_sum('net_value_high_amount') }}, 0) as net_value_high_amount
    from {{ ref('cardholder_value') }}

),

loaded as (

    select count(*) as customers from {{ ref('int_cardholders') }}

),

report as (

    select * from {{ ref('segment_value') }}

),

/* everyone together is one part, and the segments are the other, where there are any */
parts as (

    select
        segment_key is null as is_everyone,
        sum(customers) as customers,
        coalesce({{ exact_sum('total_net_value_low_amount') }}, 0) as net_value_low_amount,
        coalesce({{ exact_sum('total_net_value_base_amount') }}, 0) as net_value_base_amount,
        coalesce({{ exact_sum('total_net_value_high_amount') }}, 0) as net_value_high_amount,
        count(*) filter (where is_suppressed) > 0 as is_partly_suppressed
    from report
    group by segment_key is null

)

select
    parts.is_everyone,
    parts.customers,
    cardholders.customers as cardholders,
    loaded.customers as loaded_cardholders,
    parts.net_value_base_amount,
    cardholders.net_value_base_amount as cardholder_net_value_base_amount
from loaded
cross join cardholders
left join parts
    on true
where
    cardholders.customers <> loaded.customers
    or (loaded.customers > 0 and parts.is_everyone is null)
    /* what is suppressed has no size, so the rest may be fewer and never more */
    or parts.customers > loaded.customers
    or (
        not parts.is_partly_suppressed
        and (
            (loaded.customers > 0 and parts.customers is distinct from loaded.customers)
            or
            {% for estimate in estimates() %}
            abs(parts.net_value_{{ estimate }}_amount - cardholders.net_value_{{ estimate }}_amount)
            > {{ tolerance }} * greatest(1, abs(cardholders.net_value_{{ estimate }}_amount))
            {{ 'or' if not loop.last }}
            {% endfor %}
        )
    )
