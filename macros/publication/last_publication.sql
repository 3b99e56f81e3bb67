{#-
    A table of the last publication as a relation to select from, or none where nothing (or not this
    table) has been published yet.
-#}
{% macro last_published(table_name) %}
    {% if not execute %}
        {{ return(none) }}
    {% endif %}
    {% set path = var('published_dir') ~ '/parquet/' ~ table_name ~ '.parquet' %}
    {% if not glob_files(path) %}
        {{ return(none) }}
    {% endif %}
    {{ return("read_parquet(" ~ sql_text(path) ~ ")") }}
{% endmacro %}


{#- The folder of a file's path. -#}
{% macro file_folder(path) -%}
    regexp_replace({{ path }}, '[^/]*$', '')
{%- endmacro %}
