-- One row per cardholder: what rates are taken of, what each makes of it in a year, and the net value that is left.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

behaviours as (

    select * from {{ ref('int_card_usage__behaviours') }}

),

rates as (

    select * from {{ ref('value_rates') }}

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
        /* a credit balance is owed to the cardholder: nothing of it is lent or can be lost */
        greatest(features.balance_amount, 0) as balance_amount,
        /* cash has no interest-free days, so its part of the balance bears interest whoever owes it */
        greatest(features.balance_amount, 0) * coalesce(features.cash_advance_share_of_usage, 0) as cash_balance_amount,
        /* of the rest, what is owed in months that are not paid in full; a transactor is lent nothing */
        case
            when behaviours.is_transactor then 0
            else 1 - features.full_payment_share
        end as revolving_share,
        features.credit_limit_amount,
        behaviours.is_vulnerable,
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
        1 as accounts,
        is_vulnerable
    from yearly

),

cardholder_rates as (

    select
        bases.customer_id,
        rates.component,
        case rates.kind when 'revenue' then 1 when 'cost' then -1 end as direction,
        rates.rate_low,
        rates.rate_base,
        rates.rate_high,
        case rates.basis
            when 'purchases_amount' then bases.purchases_amount
            when 'one_off_purchases_amount' then bases.one_off_purchases_amount
            when 'instalment_purchases_amount' then bases.instalment_purchases_amount
            when 'cash_advance_amount' then bases.cash_advance_amount
            when 'payments_amount' then bases.payments_amount
            when 'balance_amount' then bases.balance_amount
            when 'revolving_balance_amount' then bases.revolving_balance_amount
            when 'cash_balance_amount' then bases.cash_balance_amount
            when 'regular_balance_amount' then bases.regular_balance_amount
            when 'vulnerable_balance_amount' then bases.vulnerable_balance_amount
            when 'credit_limit_amount' then bases.credit_limit_amount
            when 'accounts' then bases.accounts
        end as basis_amount
    from bases
    cross join rates

),

/* revenue above zero, cost below */
amounts as (

    select
        customer_id,
        component,
        direction * rate_low * basis_amount as low_amount,
        direction * rate_base * basis_amount as base_amount,
        direction * rate_high * basis_amount as high_amount
    from cardholder_rates

),

/* a sum with a part that is not known is not known; a component without a rate is nothing */
summed as (

    select
        customer_id,
        {% for component in value_components() -%}{# ten times the same rule, the list is that of the seed's words #}
        case
            when count(*) filter (where component = '{{ component }}' and base_amount is null) = 0
                then coalesce({{ exact_sum("case when component = '" ~ component ~ "' then base_amount end") }}, 0)
        end as {{ component }}_amount,
        {% endfor -%}
        case when count(low_amount) = count(*) then {{ exact_sum('low_amount') }} end as net_value_low_amount,
        case when count(base_amount) = count(*) then {{ exact_sum('base_amount') }} end as net_value_base_amount,
        case when count(high_amount) = count(*) then {{ exact_sum('high_amount') }} end as net_value_high_amount
    from amounts
    group by customer_id

),

valued as (

    select
        bases.customer_id,
        bases.purchases_amount,
        bases.one_off_purchases_amount,
        bases.instalment_purchases_amount,
        bases.cash_advance_amount,
        bases.payments_amount,
        bases.balance_amount,
        bases.revolving_balance_amount,
        bases.cash_balance_amount,
        bases.regular_balance_amount,
        bases.vulnerable_balance_amount,
        bases.credit_limit_amount,
        bases.accounts,
        summed.interchange_amount,
        summed.rewards_amount,
        summed.interest_amount,
        summed.cash_advance_interest_amount,
        summed.cash_advance_fee_amount,
        summed.instalment_fee_amount,
        summed.annual_fee_amount,
        summed.funding_cost_amount,
        summed.credit_loss_amount,
        summed.operating_cost_amount,
        summed.net_value_low_amount,
        summed.net_value_base_amount,
        summed.net_value_high_amount,
        summed.net_value_base_amount < 0 as is_loss_making,
        bases.is_vulnerable
    from bases
    left join summed
        on bases.customer_id = summed.customer_id

)

select * from valued
