-- One row per month, kind of account and currency: what became of every transaction that was received, to the cent.
{{ config(enabled=has_inputs('card_transactions')) }}
{#- What may become of a transaction, besides being a purchase; each has its column. -#}
{% set treatments = [
    'declined', 'reversed', 'authorisation', 'pending', 'incomplete', 'unknown', 'other_currency', 'without_customer',
    'fee', 'interest', 'cash_advance', 'payment', 'income', 'transfer', 'adjustment', 'instalment', 'refund'
] -%}
with

transactions as (

    select * from {{ ref('int_transactions_classified') }}

),

rejected as (

    select count(*) as rejected_rows
    from {{ ref('int_input_rejects') }}
    where input_name = 'card_transactions'

),

later as (

    select coalesce(sum(later_transactions), 0) as later_transactions
    from {{ ref('int_transactions_later') }}

),

/* rejected rows have no month or account that could be relied on, and later ones have not been read */
summed as (

    select
        spend_month as transaction_month,
        account_kind,
        currency,
        count(*) as received_transactions,
        count(case when treatment = 'declined' then 1 end) as declined_transactions,
        count(case when treatment in ('purchase', 'refund') then 1 end) as spend_transactions,
        sum(outflow_amount) as received_amount,
        {%- for treatment in treatments %}
        sum(case when treatment = '{{ treatment }}' then outflow_amount end) as {{ treatment }}_amount,
        {%- endfor %}
        sum(case when treatment = 'purchase' then outflow_amount end) as gross_spend_amount,
        sum(case when treatment in ('purchase', 'refund') then outflow_amount end) as spend_amount,
        0 as rejected_rows,
        0 as later_transactions
    from transactions
    group by
        spend_month,
        account_kind,
        currency
    union all
    select
        cast(null as date) as transaction_month,
        'not known' as account_kind,
        'not known' as currency,
        0 as received_transactions,
        0 as declined_transactions,
        0 as spend_transactions,
        {%- for amount in ['received'] + treatments + ['gross_spend', 'spend'] %}
        null as {{ amount }}_amount,
        {%- endfor %}
        rejected.rejected_rows,
        later.later_transactions
    from rejected
    cross join later
    where rejected.rejected_rows + later.later_transactions > 0

)

select
    account_kind,
    currency,
    received_transactions,
    rejected_rows,
    cast(later_transactions as bigint) as later_transactions,
    declined_transactions,
    spend_transactions,
    {%- for amount in ['received'] + treatments + ['gross_spend', 'spend'] %}
    coalesce({{ amount }}_amount, 0) as {{ amount }}_amount,
    {%- endfor %}
    transaction_month
from summed
