with

identifying_columns as (

    {% for input_name in known_inputs() if has_inputs(input_name) %}
    {%- set relation = ref(input_name) %}
    {%- for column in (adapter.get_columns_in_relation(relation) if execute else []) %}
    {%- if identifying_words(column.name) %}
    select
        '{{ input_name }}' as input_name,
        '{{ column.name }}' as column_name
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as input_name,
        cast(null as {{ dbt.type_string() }}) as column_name
    where false

)

select * from identifying_columns
