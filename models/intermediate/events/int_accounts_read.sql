-- One row per customer and card account: what its kind means, and whether it is open on the last day that is looked at.
{{ config(enabled=has_inputs('card_accounts')) }}
with

accounts as (

    select * from {{ ref('stg_card_accounts__card_accounts') }}

),

event_words as (

    select
        {{ spelling_key('word') }} as word,
        meaning
    from {{ ref('event_words') }}
    where column_name = 'account_kind'

),

/* an account whose file names no kind is a credit account where it has statements */
billed_accounts as (

    {% if has_inputs('card_statements') -%}
    select distinct account_id from {{ ref('stg_card_statements__card_statements') }}
    {%- else -%}
    {{ empty_relation({'account_id': dbt.type_string()}) }}
    {%- endif %}

),

last_months as (

    {% if var('as_of_date') -%}
    select cast({{ dbt.date_trunc('month', "cast('" ~ var('as_of_date') ~ "' as date)") }} as date) as last_month
    {%- elif has_inputs('service_contacts') -%}
    select cast({{ dbt.date_trunc('month', 'max(contacted_at)') }} as date) as last_month
    from {{ ref('stg_service_contacts__service_contacts') }}
    {%- else -%}
    select cast(null as date) as last_month
    {%- endif %}

),

read_accounts as (

    select
        -- ids
        accounts.account_id,
        accounts.customer_id,

        -- strings
        accounts.holder,
        case
            when event_words.meaning is not null then event_words.meaning
            when accounts.kind_word is not null then 'unknown'
            when billed_accounts.account_id is not null then 'credit'
            else 'not known'
        end as account_kind,
        accounts.currency,
        accounts.source_file,

        -- numerics
        accounts.credit_limit_amount,
        accounts.cards,

        -- booleans
        {% if var('as_of_date') -%}
        coalesce(accounts.opened_month > last_months.last_month, false) as is_later,
        {%- else -%}
        false as is_later,
        {%- endif %}
        not is_later
        and (accounts.closed_month is null or coalesce(accounts.closed_month > last_months.last_month, false))
            as is_open,

        -- dates
        accounts.opened_month,
        accounts.closed_month
    from accounts
    cross join last_months
    left join event_words
        on {{ spelling_key('accounts.kind_word') }} = event_words.word
    left join billed_accounts
        on accounts.account_id = billed_accounts.account_id

)

select * from read_accounts
