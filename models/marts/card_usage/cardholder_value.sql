-- One row per cardholder: what the card earns and costs the bank in a year, and what is left.
{{ config(enabled=has_inputs('card_usage')) }}
with

behaviours as (

    select * from {{ ref('int_card_usage__behaviours') }}

),

cardholder_values as (

    select * from {{ ref('int_card_usage__values') }}

),

described as (

    select
        -- ids
        cardholder_values.customer_id,

        -- strings
        behaviours.behaviour_class,

        -- numbers
        cardholder_values.purchases_amount as yearly_purchases_amount,
        cardholder_values.interchange_amount,
        cardholder_values.rewards_amount,
        cardholder_values.interest_amount,
        cardholder_values.cash_advance_interest_amount,
        cardholder_values.cash_advance_fee_amount,
        cardholder_values.instalment_fee_amount,
        cardholder_values.annual_fee_amount,
        cardholder_values.funding_cost_amount,
        cardholder_values.credit_loss_amount,
        cardholder_values.operating_cost_amount,
        cardholder_values.net_value_low_amount,
        cardholder_values.net_value_base_amount,
        cardholder_values.net_value_high_amount,

        -- booleans
        cardholder_values.is_loss_making,
        cardholder_values.is_vulnerable
    from cardholder_values
    inner join behaviours
        on cardholder_values.customer_id = behaviours.customer_id

)

select * from described
