-- Which combinations of demographics use more of their income than everyone else, beyond chance?
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

key_segments as (

    select * from {{ ref('key_customer_segments') }}

),

ranked as (

    select
        key_rank,
        dimension_set,
        group_label,
        customers,
        customer_share,
        spend_share,
        income_utilisation_pct,
        income_utilisation_pct_lower,
        income_utilisation_pct_upper,
        credit_card_share,
        reason
    from key_segments
    where is_key_segment

)

select * from ranked
order by key_rank
