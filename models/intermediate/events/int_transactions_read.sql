-- One row per transaction: what its words, codes and signs mean, and whose it is. Not yet whether it counts.
{{ config(enabled=has_inputs('card_transactions'), post_hook="{{ raise_unreadable_transactions(this) }}") }}
{% set said_sign = "meant.usual_sign * case meant.direction when 'in' then -1 else 1 end" %}
{% set outflow_sign %}
{%- if var('amount_sign') == 'auto' -%}
{{ said_sign }}
{%- else -%}
case when meant.has_direction then {{ said_sign }} else {{ 1 if var('amount_sign') == 'spend_positive' else -1 }} end
{%- endif -%}
{% endset %}
with

transactions as {{ inlined() }}(

    select * from {{ ref('stg_card_transactions__card_transactions') }}
    {%- if var('as_of_date') %}
    /* what is posted later is not there yet */
    where coalesce(cast(coalesce(posted_at, transacted_at) as date) <= cast('{{ var("as_of_date") }}' as date), true)
    {%- endif %}

),

event_words as (

    select
        column_name,
        {{ spelling_key('word') }} as word,
        meaning
    from {{ ref('event_words') }}

),

/* one row a code: a join by range is taken for one with many matches, and holds all transactions in memory */
codes as (

    {{ rows_by_number(
        ref('merchant_categories'), 'try_cast(first_code as bigint)', 'try_cast(last_code as bigint)'
    ) }}

),

categories as (

    select
        lpad(cast(number as {{ dbt.type_string() }}), 4, '0') as merchant_category_code,
        category,
        transaction_type
    from codes

),

own_accounts as (

    {% if has_inputs('card_accounts') -%}
    select
        account_id,
        customer_id,
        case when account_kind in ('credit', 'debit', 'prepaid') then account_kind end as account_kind,
        currency
    from {{ ref('int_accounts_read') }}
    where not is_later
    {%- else -%}
    {{ empty_relation({
        'account_id': dbt.type_string(), 'customer_id': dbt.type_string(), 'account_kind': dbt.type_string(),
        'currency': dbt.type_string(),
    }) }}
    {%- endif %}

),

/* whose a transaction is that names no customer */
holders as (

    {% if has_inputs('card_accounts') or has_inputs('card_statements') -%}
    select * from {{ ref('int_account_holders') }}
    {%- else -%}
    select * from own_accounts
    {%- endif %}

),

/* what says which way the money went: the column that is filled, a column of words, or the type */
signed as {{ inlined() }}(

    select
        *,
        case
            when debit_amount <> 0 and credit_amount <> 0 then debit_amount - credit_amount
            when debit_amount <> 0 then debit_amount
            when credit_amount <> 0 then credit_amount
            else coalesce(amount, debit_amount, credit_amount)
        end as signed_amount,
        case
            when debit_amount <> 0 then 'column of debits'
            when credit_amount <> 0 then 'column of credits'
        end as filled_column
    from transactions

),

/* few among many transactions, so what they mean is looked up and counted once */
words as (

    select
        filled_column,
        type_word,
        direction_word,
        status_word,
        decline_reason,
        channel_word,
        count(case when signed_amount < 0 then 1 end) as amounts_below,
        count(case when signed_amount > 0 then 1 end) as amounts_above
    from signed
    group by
        filled_column,
        type_word,
        direction_word,
        status_word,
        decline_reason,
        channel_word

),

known_words as (

    select
        words.*,
        case
            when words.type_word is not null then coalesce(types.transaction_type, 'unknown')
        end as transaction_type,
        case
            when words.decline_reason is not null and approvals.word is null then 'declined'
            when words.status_word is null then 'posted'
            else coalesce(states.meaning, 'unknown')
        end as transaction_state,
        case
            when words.filled_column is not null then words.filled_column
            when directions.meaning is not null then directions.meaning
            when types.direction is null then 'purchase'
            else types.transaction_type
        end as sign_group,
        case words.filled_column
            when 'column of debits' then 'out'
            when 'column of credits' then 'in'
            else coalesce(directions.meaning, types.direction, 'out')
        end as direction,
        words.filled_column is not null or directions.meaning is not null as has_direction,
        channels.meaning = 'online' as is_online
    from words
    left join {{ ref('transaction_types') }} as types
        on {{ spelling_key('words.type_word') }} = {{ spelling_key('types.word') }}
    left join event_words as directions
        on
            directions.column_name = 'direction'
            and {{ spelling_key('words.direction_word') }} = directions.word
    left join event_words as states
        on
            states.column_name = 'status'
            and {{ spelling_key('words.status_word') }} = states.word
    left join event_words as approvals
        on
            approvals.column_name = 'decline_reason'
            and {{ spelling_key('words.decline_reason') }} = approvals.word
    left join event_words as channels
        on
            channels.column_name = 'card_channel'
            and {{ spelling_key('words.channel_word') }} = channels.word

),

/* the sign that most amounts of a kind have is that of money going the way of this kind */
meanings as (

    select
        *,
        case
            when
                sum(amounts_below) over (partition by sign_group) > sum(amounts_above) over (partition by sign_group)
                then -1
            else 1
        end as usual_sign
    from known_words

),

meant as {{ inlined() }}(

    select
        signed.*,
        coalesce(meanings.transaction_type, categories.transaction_type, 'purchase') as transaction_type,
        coalesce(categories.category, 'Not known') as category,
        meanings.transaction_state,
        meanings.usual_sign,
        meanings.direction,
        meanings.has_direction,
        meanings.is_online
    from signed
    inner join meanings
        on
            signed.filled_column is not distinct from meanings.filled_column
            and signed.type_word is not distinct from meanings.type_word
            and signed.direction_word is not distinct from meanings.direction_word
            and signed.status_word is not distinct from meanings.status_word
            and signed.decline_reason is not distinct from meanings.decline_reason
            and signed.channel_word is not distinct from meanings.channel_word
    left join categories
        on signed.merchant_category_code = categories.merchant_category_code

),

read_transactions as (

    select
        -- ids
        meant.transaction_id,
        meant.original_transaction_id,
        coalesce(meant.customer_id, holders.customer_id) as customer_id,

        -- strings
        coalesce(own_accounts.account_kind, holders.account_kind, 'not known') as account_kind,
        coalesce(meant.currency, own_accounts.currency, holders.currency) as currency,
        meant.transaction_type,
        meant.category,
        meant.merchant,
        coalesce(
            meant.payment_type,
            case coalesce(own_accounts.account_kind, holders.account_kind)
                when 'credit' then 'Credit Card'
                when 'debit' then 'Debit Card'
                when 'prepaid' then 'Prepaid Card'
                else 'Card'
            end
        ) as payment_type,
        meant.transaction_state,
        meant.source_file,

        -- numerics
        meant.source_row,
        cast({{ rounded('meant.signed_amount * ' ~ outflow_sign, 4) }} as decimal(18, 4)) as outflow_amount,
        meant.instalments,
        meant.instalment_number,

        -- booleans
        meant.transaction_state = 'posted' and meant.status_word is not null as is_said_to_be_posted,
        meant.has_direction,
        meant.is_online,

        -- dates
        meant.transacted_at
    from meant
    left join own_accounts
        on
            meant.account_id = own_accounts.account_id
            and meant.customer_id = own_accounts.customer_id
    left join holders
        on meant.account_id = holders.account_id

)

select * from read_transactions
