with

identifying_columns as (

    {% for input_name in given_inputs() %}
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
    {{ empty_relation({'input_name': dbt.type_string(), 'column_name': dbt.type_string()}) }}

)

select * from identifying_columns
