-- One row per contact: its channel, and whether it counts, and if not, why.
{{ config(enabled=has_inputs('card_accounts', 'service_contacts'), materialized='view') }}
with

contacts as (

    select * from {{ ref('stg_service_contacts__service_contacts') }}

),

channels as (

    select
        {{ spelling_key('word') }} as word,
        meaning as channel
    from {{ ref('event_words') }}
    where column_name = 'contact_channel'

),

last_days as (

    {% if var('as_of_date') -%}
    select cast('{{ var("as_of_date") }}' as date) as last_day
    {%- else -%}
    select cast(max(contacted_at) as date) as last_day from contacts
    {%- endif %}

),

periods as (

    select
        last_day,
        {{ dbt.dateadd('month', 1 - var('contact_period_months'), dbt.date_trunc('month', 'last_day')) }} as first_day
    from last_days

),

customers as (

    select distinct customer_id
    from {{ ref('int_accounts_read') }}
    where
        account_kind = 'credit'
        and is_open

),

classified as (

    select
        -- ids
        contacts.contact_id,
        contacts.customer_id,

        -- strings
        channels.channel,
        case
            when cast(contacts.contacted_at as date) > periods.last_day then 'later'
            when channels.channel is null then 'unknown'
            when contacts.contacted_at < periods.first_day then 'earlier'
            when customers.customer_id is null then 'without_account'
            else 'counted'
        end as treatment,
        contacts.source_file,

        -- dates
        contacts.contacted_at
    from contacts
    cross join periods
    left join channels
        on {{ spelling_key('contacts.channel_word') }} = channels.word
    left join customers
        on contacts.customer_id = customers.customer_id

)

select * from classified
