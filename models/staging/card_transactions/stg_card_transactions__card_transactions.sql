-- One row per transaction that can be used, with one time and with the amounts and words of the file.
{{ config(enabled=has_inputs('card_transactions')) }}
with

usable_rows as (

    {{ usable_rows_sql('card_transactions', ref('card_transactions'), ref('base_card_transactions__examined')) }}

),

renamed as (

    select
        -- ids
        transaction_id,
        original_transaction_id,
        account_id,
        customer_id,
        card_id,

        -- strings
        transaction_type as type_word,
        direction as direction_word,
        status as status_word,
        decline_reason,
        upper(currency) as currency,
        upper(original_currency) as original_currency,
        {# Numbers in a spreadsheet lose their leading zeros and gain a decimal. #}
        case
            when {{ matches('merchant_category_code', '^[0-9]{1,4}([.]0+)?$') }}
                then lpad(regexp_replace(merchant_category_code, '[.]0+$', ''), 4, '0')
            else merchant_category_code
        end as merchant_category_code,
        merchant,
        channel as channel_word,
        payment_type,
        source_file,

        -- numerics
        source_row,
        amount,
        debit_amount,
        credit_amount,
        original_amount,
        instalments,
        instalment_number,

        -- dates
        coalesce(
            /* the time of day stands beside the date where it is a column of its own */
            case
                when transaction_date = {{ dbt.date_trunc('day', 'transaction_date') }} and transaction_time is not null
                    then coalesce(
                        try_cast(concat(cast(transaction_date as date), ' ', transaction_time) as timestamp),
                        transaction_date
                    )
                else transaction_date
            end,
            try_cast(concat(
                transaction_year, '-', transaction_month, '-', transaction_day, ' ', coalesce(transaction_time, '00:00')
            ) as timestamp),
            posting_date
        ) as transacted_at,
        posting_date as posted_at
    from usable_rows

)

select * from renamed
