-- One row per cardholder: how the card is used and paid, as flags and as one class, beside the figures they rest on.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

behaviours as (

    select * from {{ ref('int_card_usage__behaviours') }}

),

described as (

    select
        -- ids
        features.customer_id,

        -- strings
        behaviours.behaviour_class,

        -- numbers
        features.full_payment_share,
        features.payment_ratio,
        features.limit_utilisation_share,

        -- booleans
        behaviours.is_dormant,
        behaviours.is_transactor,
        behaviours.is_cash_advance_user,
        behaviours.is_minimum_payer,
        behaviours.is_revolver,
        behaviours.is_vulnerable,
        features.payment_ratio is not null as is_minimum_payment_known
    from features
    inner join behaviours
        on features.customer_id = behaviours.customer_id

)

select * from described
