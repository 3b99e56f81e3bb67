-- One row per table this project can publish: how many rows it has, or why it is absent.
with

published_tables as (

    {% for name, inputs in published_tables().items() %}
    select
        '{{ name }}' as table_name,
        {{ sql_text(published_description(name)) if execute else "''" }} as description,
        {%- if has_inputs(*inputs) %}
        {{ sql_text(published_table_kind(name)) if execute else "''" }} as table_kind,
        'published' as status,
        cast(null as {{ dbt.type_string() }}) as absent_because,
        (select count(*) from {{ ref(name) }}) as table_rows
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as table_kind,
        'absent' as status,
        'needs the input {{ missing_inputs_in_words(inputs) }}' as absent_because,
        cast(0 as bigint) as table_rows
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from published_tables
