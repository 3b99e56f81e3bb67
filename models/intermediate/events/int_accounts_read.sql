-- One row per customer and account of theirs: of what kind it is, and whose events are that name nobody.
{{ config(enabled=has_inputs('card_accounts')) }}
with

accounts as (

    select
        accounts.*,
        event_words.meaning as account_kind
    from {{ ref('stg_card_accounts__card_accounts') }} as accounts
    left join {{ ref('event_words') }} as event_words
        on
            event_words.column_name = 'account_kind'
            and {{ spelling_key('accounts.kind_word') }} = {{ spelling_key('event_words.word') }}
    {%- if var('as_of_date') %}
    where coalesce(accounts.opened_month <= cast('{{ var("as_of_date") }}' as date), true)
    {%- endif %}

),

holders as (

    select
        account_id,
        case
            when count(*) = 1 then min(customer_id)
            when count(case when holder = 'primary' then 1 end) = 1
                then min(case when holder = 'primary' then customer_id end)
        end as customer_id,
        case when min(account_kind) = max(account_kind) then min(account_kind) end as account_kind,
        case when min(currency) = max(currency) then min(currency) end as currency,
        case when min(credit_limit_amount) = max(credit_limit_amount) then min(credit_limit_amount) end
            as credit_limit_amount
    from accounts
    group by account_id

),

read_accounts as (

    select
        -- ids
        accounts.account_id,
        accounts.customer_id,
        holders.customer_id as account_customer_id,

        -- strings
        accounts.account_kind,
        holders.account_kind as common_account_kind,
        accounts.currency,
        holders.currency as common_currency,

        -- numerics
        accounts.credit_limit_amount,
        holders.credit_limit_amount as common_credit_limit_amount,
        accounts.cards,

        -- dates
        accounts.opened_month,
        accounts.closed_month
    from accounts
    inner join holders
        on accounts.account_id = holders.account_id

)

select * from read_accounts
