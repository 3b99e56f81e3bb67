{#-
    A table of the last publication as a relation to select from, or none where nothing has been
    published yet or what was published does not have the columns that are needed.
-#}
{% macro last_published(table_name, columns=[]) %}
    {% if not execute %}
        {{ return(none) }}
    {% endif %}
    {% set path = var('published_dir') ~ '/parquet/' ~ table_name ~ '.parquet' %}
    {% if not glob_files(path) %}
        {{ return(none) }}
    {% endif %}
    {% set there = run_query("select name from parquet_schema(" ~ sql_text(path) ~ ")").columns[0].values() %}
    {% if columns | reject('in', there) | list %}
        {{ return(none) }}
    {% endif %}
    {{ return("read_parquet(" ~ sql_text(path) ~ ")") }}
{% endmacro %}


{#-
    A select of some columns of a table of the last publication, with their types; without rows where
    there is nothing to select from.
-#}
{% macro select_last_published(table_name, columns) %}
{%- set relation = last_published(table_name, columns.keys() | list) -%}
    select
        {%- for column, data_type in columns.items() %}
        cast({{ column if relation else 'null' }} as {{ data_type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {% if relation -%}
    from {{ relation }}
    {%- else -%}
    where false
    {%- endif %}
{% endmacro %}


{#- The folder of a file's path. -#}
{% macro file_folder(path) -%}
    regexp_replace({{ path }}, '[^/]*$', '')
{%- endmacro %}
