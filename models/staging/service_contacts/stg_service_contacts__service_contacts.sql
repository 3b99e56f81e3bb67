-- One row per contact of a customer with the bank that can be used, in the words of the file.
{{ config(enabled=has_inputs('service_contacts')) }}
with

usable_rows as (

    {{ usable_rows_sql('service_contacts', ref('service_contacts'), ref('base_service_contacts__examined')) }}

),

renamed as (

    select
        -- ids
        contact_id,
        customer_id,

        -- strings
        channel as channel_word,
        source_file,

        -- dates
        contacted_at
    from usable_rows

)

select * from renamed
