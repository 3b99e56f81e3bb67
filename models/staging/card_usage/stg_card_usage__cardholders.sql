-- One row per cardholder that can be used, in the field's terms.
{{ config(enabled='card_usage' in given_inputs()) }}
with

usable_rows as (

    {{ usable_rows_sql('card_usage', ref('card_usage'), ref('base_card_usage__examined')) }}

),

renamed as (

    select
        -- ids
        cust_id as cardholder_id,

        -- strings
        source_file,

        -- numerics
        balance as balance_amount,
        balance_frequency as balance_frequency_share,
        purchases as purchases_amount,
        oneoff_purchases as one_off_purchases_amount,
        installments_purchases as instalment_purchases_amount,
        cash_advance as cash_advance_amount,
        purchases_frequency as purchases_frequency_share,
        oneoff_purchases_frequency as one_off_purchases_frequency_share,
        purchases_installments_frequency as instalment_purchases_frequency_share,
        cash_advance_frequency as cash_advance_frequency_share,
        cash_advance_trx as cash_advance_transactions,
        purchases_trx as purchase_transactions,
        credit_limit as credit_limit_amount,
        payments as payments_amount,
        minimum_payments as minimum_payments_amount,
        prc_full_payment as full_payment_share,
        {%- for column in passed_columns('card_usage') %}
        {{ column.name }},
        {%- endfor %}
        tenure as tenure_months
    from usable_rows

)

select * from renamed
