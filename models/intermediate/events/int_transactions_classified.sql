-- One row per transaction: whether it counts as spend, and if not, what it is instead.
{{ config(enabled=has_inputs('card_transactions')) }}
{#- Each step reads the table by itself: as one common expression all transactions would be held in memory. -#}
{% set read_transactions = ref('int_transactions_read') -%}
with

/* where a bank says that transactions are posted, those that are only approved are not so yet */
postings as (

    select coalesce(bool_or(is_said_to_be_posted), false) as has_postings from {{ read_transactions }}

),

authorisations as (

    select
        transaction_id,
        min(transacted_at) as authorised_at
    from {{ read_transactions }}
    where
        transaction_id is not null
        and transaction_state in ('approved', 'pending')
    group by transaction_id

),

/* asked of the authorisations, which may be few, and not of all transactions */
posted_authorisations as (

    select
        transaction_id,
        authorised_at
    from authorisations
    where transaction_id in (
        select posted.transaction_id
        from {{ read_transactions }} as posted
        where posted.transaction_state = 'posted'
    )

),

references_made as (

    select distinct original_transaction_id from {{ read_transactions }}

),

referred_to as (

    select
        transactions.transaction_id,
        max(abs(transactions.outflow_amount)) as amount,
        min(nullif(transactions.category, 'Not known')) as category,
        bool_or(coalesce(transactions.instalments > 1 or transactions.instalment_number > 0, false))
            as is_by_instalments
    from {{ read_transactions }} as transactions
    inner join references_made
        on transactions.transaction_id = references_made.original_transaction_id
    where transactions.transaction_type <> 'reversal'
    group by transactions.transaction_id

),

/* a reversal of the whole amount undoes its original, whether that had been posted or declined */
reversals as (

    select transactions.original_transaction_id
    from {{ read_transactions }} as transactions
    inner join referred_to
        on
            transactions.original_transaction_id = referred_to.transaction_id
            and abs(transactions.outflow_amount) = referred_to.amount
    where
        transactions.transaction_type = 'reversal'
        and transactions.transaction_state in ('approved', 'posted')
    group by transactions.original_transaction_id

),

reversed_transactions as (

    select original_transaction_id as transaction_id from reversals
    union
    select transaction_id
    from {{ read_transactions }}
    where
        transaction_state = 'reversed'
        and transaction_id is not null

),

/* purchases that are in the data as a whole, so that their instalments are not spent once more */
plans as (

    select transaction_id
    from {{ read_transactions }}
    where
        transaction_id is not null
        and instalments > 1
        and coalesce(instalment_number, 0) = 0
        and transaction_state not in ('declined', 'reversed')
    group by transaction_id

),

treated as (

    select
        transactions.*,
        coalesce(nullif(transactions.category, 'Not known'), referred_to.category, 'Not known') as spend_category,
        coalesce(posted_authorisations.authorised_at, transactions.transacted_at) as spent_at,
        posted_authorisations.transaction_id is not null as has_posting,
        coalesce(transactions.instalment_number > 0 or transactions.transaction_type = 'instalment', false)
            as is_instalment,
        coalesce(referred_to.is_by_instalments, false) as refers_to_instalments,
        case
            when transactions.transaction_state = 'declined' then 'declined'
            when
                transactions.transaction_state = 'reversed'
                or reversed_transactions.transaction_id is not null
                or (transactions.transaction_type = 'reversal' and reversals.original_transaction_id is not null)
                then 'reversed'
            when transactions.transaction_state in ('approved', 'pending') and has_posting then 'authorisation'
            when transactions.transaction_state = 'pending' then 'pending'
            when transactions.transaction_state = 'approved' and postings.has_postings then 'pending'
            when transactions.outflow_amount is null or transactions.transacted_at is null then 'incomplete'
            when 'unknown' in (transactions.transaction_state, transactions.transaction_type) then 'unknown'
            {%- if var('currency') %}
            when transactions.currency <> '{{ var("currency") }}' then 'other_currency'
            {%- endif %}
            when transactions.transaction_type not in ('purchase', 'refund', 'reversal', 'instalment')
                then transactions.transaction_type
            when
                plans.transaction_id is not null
                and (transactions.instalment_number > 0 or transactions.transaction_type = 'instalment')
                then 'instalment'
            when {{ "customers" if has_inputs('customers') else "transactions" }}.customer_id is null
                then 'without_customer'
            when transactions.transaction_type in ('refund', 'reversal') then 'refund'
            when transactions.outflow_amount < 0 then 'refund'
            else 'purchase'
        end as treatment
    from {{ read_transactions }} as transactions
    cross join postings
    left join posted_authorisations
        on transactions.transaction_id = posted_authorisations.transaction_id
    left join referred_to
        on transactions.original_transaction_id = referred_to.transaction_id
    left join reversed_transactions
        on transactions.transaction_id = reversed_transactions.transaction_id
    left join reversals
        on transactions.original_transaction_id = reversals.original_transaction_id
    left join plans
        on coalesce(transactions.original_transaction_id, transactions.transaction_id) = plans.transaction_id
    {%- if has_inputs('customers') %}
    left join {{ ref('stg_customers__customers') }} as customers
        on transactions.customer_id = customers.customer_id
    {%- endif %}

),

classified as (

    select
        -- ids
        customer_id,

        -- strings
        account_kind,
        coalesce(currency, 'not known') as currency,
        treatment,
        spend_category as category,
        merchant,
        payment_type,
        source_file,

        -- numerics
        source_row,
        outflow_amount,

        -- booleans
        /* a refund is of the kind of the purchase that it names */
        case
            when treatment = 'refund' then refers_to_instalments
            else coalesce(instalments > 1, false) or is_instalment
        end as is_by_instalments,
        is_instalment and treatment in ('purchase', 'instalment') as is_instalment_bill,
        is_online,

        -- dates
        spent_at,
        cast({{ dbt.date_trunc('month', 'spent_at') }} as date) as spend_month
    from treated

)

select * from classified
