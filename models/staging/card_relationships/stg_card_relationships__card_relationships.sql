-- One row per card relationship that can be used, in the field's terms.
{{ config(enabled='card_relationships' in given_inputs()) }}
with

usable_rows as (

    {{ usable_rows_sql('card_relationships', ref('card_relationships'), ref('base_card_relationships__examined')) }}

),

renamed as (

    select
        -- ids
        sl_no as card_relationship_id,
        customer_key,

        -- strings
        source_file,

        -- numerics
        avg_credit_limit as credit_limit_amount,
        total_credit_cards as credit_cards,
        total_visits_bank as branch_visits,
        total_visits_online as online_visits,
        {%- for column in passed_columns('card_relationships') %}
        {{ column.name }},
        {%- endfor %}
        total_calls_made as calls
    from usable_rows

)

select * from renamed
