-- One row per customer, month, category and payment type that can be used, in the field's terms.
{{ config(
    enabled='spends' in given_inputs(),
    post_hook="{{ raise_unmatched_words(this, ref('card_benefits') if has_inputs('customers') else none) }}"
) }}
with

usable_rows as (

    {{ usable_rows_sql('spends', ref('spends'), ref('base_spends__examined')) }}

),

renamed as (

    select
        -- ids
        customer_id,

        -- strings
        category,
        payment_type,
        source_file,

        -- numerics
        spend as spend_amount,

        -- dates
        month as spend_month
    from usable_rows

)

select * from renamed
