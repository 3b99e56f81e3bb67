-- Which card tier and which fee suit each relationship segment, and does the fee cover the service?
{{ config(enabled=has_inputs('card_relationships')) }}
with

tiers as (

    select * from {{ ref('segment_product_tiers') }}

),

offered as (

    select
        group_type,
        group_name,
        tier_name,
        customers,
        median_credit_limit_amount,
        average_credit_cards,
        fee_base_amount,
        service_cost_base_amount,
        is_service_covered_by_fee,
        is_service_covered_at_worst,
        reason
    from tiers

)

select * from offered
order by
    group_type asc,
    fee_base_amount desc,
    group_name asc
