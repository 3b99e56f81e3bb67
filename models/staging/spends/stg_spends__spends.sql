-- One row per customer, month, category and payment type that can be used, in the field's terms.
{{ config(
    enabled=has_inputs('spends'),
    post_hook="{{ raise_unmatched_words(this, ref('card_benefits') if has_inputs('customers') else none) }}"
) }}
with

usable_rows as (

    {{ usable_rows_sql('spends', ref('spends'), ref('base_spends__examined')) }}

),

/* each text once, and a test of the text alone would be made row by row */
credit_card_types as (

    select payment_type
    from (
        select
            payment_type,
            count(*) as type_rows
        from {{ ref('spends') }}
        group by payment_type
        union all
        select
            payment_type,
            count(*) as type_rows
        from {{ ref('base_spends__examined') }}
        group by payment_type
    ) as different_types
    where case when type_rows > 0 then {{ is_credit_card('payment_type') }} end

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

        -- booleans
        payment_type in (select credit_card_types.payment_type from credit_card_types) as is_credit_card,

        -- dates
        month as spend_month
    from usable_rows

)

select * from renamed
