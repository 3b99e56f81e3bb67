{#-
    A table of the last publication as a relation to select from, or none where nothing has been
    published yet or what was published does not have the columns that are needed.
-#}
{% macro last_published(table_name, columns=[]) %}
    {% if not execute %}
        {{ return(none) }}
    {% endif %}
    {% set there = open_last_publication().tables.get(table_name, []) %}
    {% if not there or columns | reject('in', there) | list %}
        {{ return(none) }}
    {% endif %}
    {{ return('last_publication.' ~ table_name) }}
{% endmacro %}


{#-
    What was published last: `build_id` (none where nothing was) and `tables`, the columns by table. The first call in a
    run attaches the published database, so that the whole run reads the same one, whatever is published meanwhile.
-#}
{% macro open_last_publication() %}
    {% set last = fromjson(query_value("open_last_publication(" ~ sql_text(published_dir()) ~ ", " ~ sql_text(invocation_id) ~ ")")) %}
    {% if last.problem %}
        {% do raise_error(last.problem) %}
    {% endif %}
    {{ return(last) }}
{% endmacro %}


{#- The variable published_dir, which has to name a folder. -#}
{% macro published_dir() %}
    {% if var('published_dir') is not string or not var('published_dir') | trim %}
        {% do raise_error("The variable published_dir is '" ~ (var('published_dir') or '') ~ "', but has to name the folder of the published files, such as published.") %}
    {% endif %}
    {{ return(var('published_dir')) }}
{% endmacro %}


{#-
    A select of some columns of a table of the last publication, with their types; without rows where nothing has been
    published yet. Every release publishes these tables, so one that is missing was lost.
-#}
{% macro select_last_published(table_name, columns) %}
{%- set relation = last_published(table_name, columns.keys() | list) -%}
{%- if execute and not relation and open_last_publication().tables -%}
    {%- do raise_error("What was published last, " ~ published_dir() ~ "/cards.duckdb, has no table " ~ table_name ~ " with the columns " ~ columns | join(', ') ~ ": put " ~ published_dir() ~ " back from a backup, or move it away to begin anew, with new keys and names of segments.") -%}
{%- endif -%}
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
