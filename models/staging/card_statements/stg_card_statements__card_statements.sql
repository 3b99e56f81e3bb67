-- One row per statement of a card account that can be used.
{{ config(enabled=has_inputs('card_statements')) }}
with

usable_rows as (

    {{ usable_rows_sql('card_statements', ref('card_statements'), ref('base_card_statements__examined')) }}

),

renamed as (

    select
        -- ids
        account_id,
        customer_id,

        -- strings
        upper(currency) as currency,
        source_file,

        -- numerics
        closing_balance as closing_balance_amount,
        credit_limit as credit_limit_amount,
        minimum_due as minimum_due_amount,
        paid_amount,
        fees as fees_amount,
        interest as interest_amount,

        -- dates
        cast(statement_date as date) as statement_date,
        cast(due_date as date) as due_date,
        cast(paid_date as date) as paid_date
    from usable_rows

)

select * from renamed
