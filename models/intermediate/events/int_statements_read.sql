-- One row per statement: whose it is, whether it counts, and how many days late its minimum was paid.
{{ config(enabled=has_inputs('card_statements'), post_hook="{{ raise_unreadable_statements(this) }}") }}
with

statements as (

    select * from {{ ref('stg_card_statements__card_statements') }}

),

own_accounts as (

    {% if has_inputs('card_accounts') -%}
    select
        account_id,
        customer_id,
        case when account_kind in ('credit', 'debit', 'prepaid') then account_kind end as account_kind,
        currency,
        credit_limit_amount
    from {{ ref('int_accounts_read') }}
    where not is_later
    {%- else -%}
    {{ empty_relation({
        'account_id': dbt.type_string(), 'customer_id': dbt.type_string(), 'account_kind': dbt.type_string(),
        'currency': dbt.type_string(), 'credit_limit_amount': 'double',
    }) }}
    {%- endif %}

),

holders as (

    select * from {{ ref('int_account_holders') }}

),

last_days as (

    {% if var('as_of_date') -%}
    select cast('{{ var("as_of_date") }}' as date) as last_day
    {%- else -%}
    select greatest(max(statement_date), max(paid_date)) as last_day from statements
    {%- endif %}

),

owned as (

    select
        -- ids
        statements.account_id,
        coalesce(statements.customer_id, holders.customer_id) as customer_id,

        -- strings
        coalesce(own_accounts.account_kind, holders.account_kind, 'not known') as account_kind,
        coalesce(statements.currency, own_accounts.currency, holders.currency) as currency,
        statements.source_file,

        -- numerics
        /* exact sums, whatever the order of the rows */
        cast({{ rounded('statements.closing_balance_amount', 4) }} as decimal(18, 4)) as closing_balance_amount,
        cast({{ rounded(
            'coalesce(statements.credit_limit_amount, own_accounts.credit_limit_amount, holders.credit_limit_amount)', 4
        ) }} as decimal(18, 4)) as credit_limit_amount,
        cast({{ rounded('statements.minimum_due_amount', 4) }} as decimal(18, 4)) as minimum_due_amount,
        /* what is paid after the last day has not been paid yet */
        cast({{ rounded(
            'case when statements.paid_date > last_days.last_day then 0 else coalesce(statements.paid_amount, 0) end', 4
        ) }} as decimal(18, 4)) as paid_amount,

        -- dates
        statements.statement_date,
        statements.due_date,
        statements.paid_date,
        last_days.last_day
    from statements
    cross join last_days
    left join holders
        on statements.account_id = holders.account_id
    left join own_accounts
        on
            statements.account_id = own_accounts.account_id
            and coalesce(statements.customer_id, holders.customer_id) = own_accounts.customer_id

),

known_customers as (

    {% if has_inputs('customers') -%}
    select customer_id from {{ ref('stg_customers__customers') }}
    {%- else -%}
    select distinct customer_id from owned
    {%- endif %}

),

treated as (

    select
        owned.*,
        cast({{ dbt.date_trunc('month', 'owned.statement_date') }} as date) as statement_month,
        case
            when owned.statement_date > owned.last_day then 'later'
            {%- if var('currency') %}
            when owned.currency <> '{{ var("currency") }}' then 'other_currency'
            {%- endif %}
            when owned.account_kind in ('debit', 'prepaid') then 'other_kind'
            when known_customers.customer_id is null then 'without_customer'
            else 'counted'
        end as treatment
    from owned
    left join known_customers
        on owned.customer_id = known_customers.customer_id

),

last_months as (

    {% if var('as_of_date') -%}
    select cast({{ dbt.date_trunc('month', "cast('" ~ var('as_of_date') ~ "' as date)") }} as date) as last_month
    {%- else -%}
    select max(statement_month) as last_month
    from treated
    where treatment = 'counted'
    {%- endif %}

),

measured as (

    select
        -- ids
        treated.account_id,
        treated.customer_id,

        -- strings
        treated.account_kind,
        coalesce(treated.currency, 'not known') as currency,
        treated.treatment,
        treated.source_file,

        -- numerics
        treated.closing_balance_amount,
        treated.credit_limit_amount,
        treated.minimum_due_amount,
        treated.paid_amount,
        case
            when treated.minimum_due_amount > 0 and treated.due_date <= treated.last_day
                then case
                    when treated.paid_amount < treated.minimum_due_amount
                        then {{ dbt.datediff('treated.due_date', 'treated.last_day', 'day') }}
                    else greatest(coalesce({{ dbt.datediff('treated.due_date', 'treated.paid_date', 'day') }}, 0), 0)
                end
        end as days_late,

        -- booleans
        /* two statements of a month: what was owed at its end is the later one's */
        row_number() over (
            partition by
                treated.account_id, treated.customer_id, treated.treatment, treated.statement_month
            order by treated.statement_date desc
        ) = 1 as is_latest_of_month,
        coalesce(
            treated.treatment = 'counted'
            and {{ dbt.datediff('treated.statement_month', 'last_months.last_month', 'month') }}
            < {{ var('usage_months') }},
            false
        ) as is_in_window,
        /* until it is due, it can be that more than the minimum will be paid */
        coalesce(
            treated.minimum_due_amount = 0
            or treated.paid_amount > treated.minimum_due_amount
            or coalesce(treated.due_date, treated.statement_date) <= treated.last_day,
            false
        ) as is_answered,

        -- dates
        treated.statement_date,
        treated.statement_month,
        last_months.last_month
    from treated
    cross join last_months

)

select * from measured
