-- One row per transaction: what its words, codes and signs mean, and whose it is. Not yet whether it counts.
{{ config(enabled=has_inputs('card_transactions'), post_hook="{{ raise_unreadable_transactions(this) }}") }}
with

transactions as not materialized (

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

/* each word is looked up once, not each row */
types as (

    select
        words.type_word,
        coalesce(known_types.transaction_type, 'unknown') as transaction_type,
        known_types.direction as type_direction
    from (select distinct type_word from transactions) as words
    left join {{ ref('transaction_types') }} as known_types
        on {{ spelling_key('words.type_word') }} = {{ spelling_key('known_types.word') }}

),

directions as (

    select
        words.direction_word,
        event_words.meaning as direction
    from (select distinct direction_word from transactions) as words
    inner join event_words
        on
            event_words.column_name = 'direction'
            and {{ spelling_key('words.direction_word') }} = event_words.word

),

states as (

    select
        words.status_word,
        words.decline_reason,
        case
            when words.decline_reason is not null and approvals.word is null then 'declined'
            when words.status_word is null then 'posted'
            else coalesce(event_words.meaning, 'unknown')
        end as transaction_state
    from (
        select distinct
            status_word,
            decline_reason
        from transactions
    ) as words
    left join event_words
        on
            event_words.column_name = 'status'
            and {{ spelling_key('words.status_word') }} = event_words.word
    left join event_words as approvals
        on
            approvals.column_name = 'decline_reason'
            and {{ spelling_key('words.decline_reason') }} = approvals.word

),

categories as (

    select
        codes.merchant_category_code,
        merchant_categories.category,
        merchant_categories.transaction_type
    from (select distinct merchant_category_code from transactions) as codes
    inner join {{ ref('merchant_categories') }} as merchant_categories
        on
            length(codes.merchant_category_code) = 4
            and codes.merchant_category_code between merchant_categories.first_code and merchant_categories.last_code

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

meant as not materialized (

    select
        transactions.*,
        coalesce(types.transaction_type, categories.transaction_type, 'purchase') as transaction_type,
        coalesce(categories.category, 'Not known') as category,
        states.transaction_state,
        /* what says which way the money went: the column that is filled, a column of words, or the type */
        case
            when transactions.debit_amount <> 0 and transactions.credit_amount <> 0
                then transactions.debit_amount - transactions.credit_amount
            when transactions.debit_amount <> 0 then transactions.debit_amount
            when transactions.credit_amount <> 0 then transactions.credit_amount
            else coalesce(transactions.amount, transactions.debit_amount, transactions.credit_amount)
        end as signed_amount,
        case
            when transactions.debit_amount <> 0 then 'column of debits'
            when transactions.credit_amount <> 0 then 'column of credits'
            when directions.direction is not null then directions.direction
            when types.type_direction is null then 'purchase'
            else types.transaction_type
        end as sign_group,
        case
            when transactions.debit_amount <> 0 then 'out'
            when transactions.credit_amount <> 0 then 'in'
            else coalesce(directions.direction, types.type_direction, 'out')
        end as direction,
        coalesce(transactions.debit_amount, 0) <> 0
        or coalesce(transactions.credit_amount, 0) <> 0
        or directions.direction is not null as has_direction
    from transactions
    left join types
        on transactions.type_word = types.type_word
    left join directions
        on transactions.direction_word = directions.direction_word
    left join states
        on
            transactions.status_word is not distinct from states.status_word
            and transactions.decline_reason is not distinct from states.decline_reason
    left join categories
        on transactions.merchant_category_code = categories.merchant_category_code

),

/* the sign that most amounts of a kind have is that of money going the way of this kind */
usual_signs as (

    select
        sign_group,
        case
            when count(case when signed_amount < 0 then 1 end) > count(case when signed_amount > 0 then 1 end) then -1
            else 1
        end as usual_sign
    from meant
    group by sign_group

),

read_transactions as (

    select
        -- ids
        meant.transaction_id,
        meant.original_transaction_id,
        meant.account_id,
        coalesce(meant.customer_id, holders.customer_id) as customer_id,

        -- strings
        coalesce(own_accounts.account_kind, holders.account_kind, 'not known') as account_kind,
        coalesce(meant.currency, own_accounts.currency, holders.currency) as currency,
        meant.transaction_type,
        meant.category,
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
        cast(round(
            meant.signed_amount
            {%- if var('amount_sign') == 'auto' %}
            * usual_signs.usual_sign * case meant.direction when 'in' then -1 else 1 end
            {%- else %}
            * case
                when meant.has_direction
                    then usual_signs.usual_sign * case meant.direction when 'in' then -1 else 1 end
                else {{ 1 if var('amount_sign') == 'spend_positive' else -1 }}
            end
            {%- endif %}, 4
        ) as decimal(18, 4)) as outflow_amount,
        meant.instalments,
        meant.instalment_number,

        -- booleans
        meant.transaction_state = 'posted' and meant.status_word is not null as is_said_to_be_posted,
        meant.has_direction,

        -- dates
        meant.transacted_at
    from meant
    inner join usual_signs
        on meant.sign_group = usual_signs.sign_group
    left join own_accounts
        on
            meant.account_id = own_accounts.account_id
            and meant.customer_id = own_accounts.customer_id
    left join holders
        on meant.account_id = holders.account_id

)

select * from read_transactions
