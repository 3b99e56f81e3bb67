-- One row per file: how many of its transactions are posted after as_of_date; none where everything is looked at.
{{ config(enabled=has_inputs('card_transactions')) }}
with

later_transactions as (

    {% if var('as_of_date') -%}
    select
        source_file,
        count(*) as later_transactions
    from {{ ref('stg_card_transactions__card_transactions') }}
    where cast(coalesce(posted_at, transacted_at) as date) > cast('{{ var("as_of_date") }}' as date)
    group by source_file
    {%- else -%}
    {{ empty_relation({'source_file': dbt.type_string(), 'later_transactions': 'bigint'}) }}
    {%- endif %}

)

select * from later_transactions
