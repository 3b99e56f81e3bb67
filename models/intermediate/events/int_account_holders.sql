-- One row per account: whose its transactions and statements are that name no customer, and of what kind it is.
{{ config(enabled=has_inputs('card_accounts') or has_inputs('card_statements')) }}
with

accounts as (

    {% if has_inputs('card_accounts') -%}
    select
        account_id,
        customer_id,
        holder,
        case when account_kind in ('credit', 'debit', 'prepaid') then account_kind end as account_kind,
        currency,
        credit_limit_amount
    from {{ ref('int_accounts_read') }}
    where not is_later
    {%- endif %}
    {{ 'union all' if has_inputs('card_accounts') and has_inputs('card_statements') }}
    {% if has_inputs('card_statements') -%}
    /* what has statements is a credit account */
    select
        account_id,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as holder,
        'credit' as account_kind,
        min(currency) as currency,
        cast(null as double) as credit_limit_amount
    from {{ ref('stg_card_statements__card_statements') }}
    {%- if has_inputs('card_accounts') %}
    where account_id not in (select read_accounts.account_id from {{ ref('int_accounts_read') }} as read_accounts)
    {%- endif %}
    group by
        account_id,
        customer_id
    {%- endif %}

),

/* of a joint account the primary holder's, or nobody's; what its rows do not agree on is not known of it */
holders as (

    select
        account_id,
        case
            when count(distinct customer_id) = 1 then min(customer_id)
            when count(case when holder = 'primary' then 1 end) = 1
                then min(case when holder = 'primary' then customer_id end)
        end as customer_id,
        case when min(account_kind) = max(account_kind) then min(account_kind) end as account_kind,
        case when min(currency) = max(currency) then min(currency) end as currency,
        case when min(credit_limit_amount) = max(credit_limit_amount) then min(credit_limit_amount) end
            as credit_limit_amount
    from accounts
    group by account_id

)

select * from holders
