-- One row per customer and card account that can be used, in the words of the file.
{{ config(enabled=has_inputs('card_accounts')) }}
with

usable_rows as (

    {{ usable_rows_sql('card_accounts', ref('card_accounts'), ref('base_card_accounts__examined')) }}

),

renamed as (

    select
        -- ids
        account_id,
        customer_id,

        -- strings
        holder,
        kind as kind_word,
        product as product_name,
        upper(currency) as currency,
        status as status_word,
        source_file,

        -- numerics
        credit_limit as credit_limit_amount,
        cards,

        -- dates
        opened as opened_month,
        closed as closed_month
    from usable_rows

)

select * from renamed
