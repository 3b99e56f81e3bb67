-- One row per customer that can be used, in the field's terms.
{{ config(enabled=has_inputs('customers')) }}
with

usable_rows as (

    {{ usable_rows_sql('customers', ref('customers'), ref('base_customers__examined')) }}

),

renamed as (

    select
        -- ids
        customer_id,

        -- strings
        age_group,
        gender,
        marital_status,
        city,
        occupation,
        source_file,

        -- numerics
        {%- for column in passed_columns('customers') %}
        {{ column.name }},
        {%- endfor %}
        avg_income as monthly_income_amount
    from usable_rows

)

select * from renamed
