-- One row per cardholder: the yearly amounts and mean balances that the rates of value are taken of.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

behaviours as (

    select * from {{ ref('cardholder_behaviour') }}

),

/* amounts were added up over the months observed; balance and limit are levels, so they stay as they are */
yearly as (

    select
        features.customer_id,
        features.purchases_amount * 12 / features.tenure_months as purchases_amount,
        features.one_off_purchases_amount * 12 / features.tenure_months as one_off_purchases_amount,
        features.instalment_purchases_amount * 12 / features.tenure_months as instalment_purchases_amount,
        features.cash_advance_amount * 12 / features.tenure_months as cash_advance_amount,
        features.payments_amount * 12 / features.tenure_months as payments_amount,
        features.balance_amount,
        /* cash has no interest-free days, so its part of the balance bears interest whoever owes it */
        features.balance_amount * coalesce(features.cash_advance_share_of_usage, 0) as cash_balance_amount,
        /* of the rest, what is owed in months that are not paid in full; a transactor is lent nothing */
        case
            when behaviours.is_transactor then 0
            else 1 - features.full_payment_share
        end as revolving_share,
        features.credit_limit_amount,
        coalesce(behaviours.is_vulnerable, false) as is_known_vulnerable
    from features
    inner join behaviours
        on features.customer_id = behaviours.customer_id

),

bases as (

    select
        customer_id,
        purchases_amount,
        one_off_purchases_amount,
        instalment_purchases_amount,
        cash_advance_amount,
        payments_amount,
        balance_amount,
        (balance_amount - cash_balance_amount) * revolving_share as revolving_balance_amount,
        cash_balance_amount,
        case when is_known_vulnerable then 0 else balance_amount end as regular_balance_amount,
        case when is_known_vulnerable then balance_amount else 0 end as vulnerable_balance_amount,
        credit_limit_amount,
        1 as accounts
    from yearly

)

select * from bases
