-- What are the card-usage segments worth to the bank, and would ranking them by purchases mislead?
{{ config(enabled=has_inputs('card_usage')) }}
with

segment_values as (

    select * from {{ ref('segment_value') }}

),

ranked as (

    select
        coalesce(segment_key, 'all') as segment_key,
        segment_name,
        treatment,
        customers,
        net_value_rank,
        purchases_rank,
        yearly_purchases_amount,
        net_value_low_amount,
        net_value_base_amount,
        net_value_high_amount,
        net_value_share,
        loss_making_share,
        vulnerable_customer_share
    from segment_values
    where not is_suppressed

)

select * from ranked
order by
    net_value_rank asc nulls last,
    segment_key asc
