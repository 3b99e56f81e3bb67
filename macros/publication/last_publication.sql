{#-
    A table of the last publication as a relation to select from, or none where nothing has been
    published yet or what was published does not have the columns that are needed.
-#}
{% macro last_published(table_name, columns=[]) %}
    {% if not execute %}
        {{ return(none) }}
    {% endif %}
    {% set there = published_columns(table_name) %}
    {% if not there or columns | reject('in', there) | list %}
        {{ return(none) }}
    {% endif %}
    {{ return(published_schema() ~ '.' ~ table_name) }}
{% endmacro %}


{#- The columns of a table of the last publication; none where it was not published. -#}
{% macro published_columns(table_name) %}
    {{ return(adapter.dispatch('published_columns', 'card_segments')(table_name)) }}
{% endmacro %}


{% macro default__published_columns(table_name) %}
    {{ return(open_last_publication().tables.get(table_name, [])) }}
{% endmacro %}


{% macro spark__published_columns(table_name) %}
    {% if table_name not in open_last_publication().tables %}
        {{ return([]) }}
    {% endif %}
    {{ return(run_query('select * from ' ~ published_schema() ~ '.' ~ table_name ~ ' limit 0').column_names | list) }}
{% endmacro %}


{#- The schema under which a build reads what was published last. -#}
{% macro published_schema() %}
    {{ return(adapter.dispatch('published_schema', 'card_segments')()) }}
{% endmacro %}


{% macro default__published_schema() %}
    {{ return('last_publication') }}
{% endmacro %}


{#- There it is where readers find it too. -#}
{% macro spark__published_schema() %}
    {{ return(generate_schema_name('published', none)) }}
{% endmacro %}


{#-
    What was published last: `build_id` (none where nothing was) and `tables`, the columns by table. The first call in a
    run attaches the published database, so that the whole run reads the same one, whatever is published meanwhile.
-#}
{% macro open_last_publication() %}
    {{ return(adapter.dispatch('open_last_publication', 'card_segments')()) }}
{% endmacro %}


{% macro default__open_last_publication() %}
    {% set last = fromjson(query_value("open_last_publication(" ~ sql_text(published_dir()) ~ ", " ~ sql_text(invocation_id) ~ ")")) %}
    {% if last.problem %}
        {% do raise_error(last.problem) %}
    {% endif %}
    {{ return(last) }}
{% endmacro %}


{#- The views of a publication are switched when everything else of it is there, so they are what was published. -#}
{% macro spark__open_last_publication() %}
    {% set schema = published_schema() %}
    {% if not run_query("show databases like '" ~ schema ~ "'").rows %}
        {{ return({'build_id': none, 'tables': {}}) }}
    {% endif %}
    {% set tables = {} %}
    {% for row in run_query('show views in ' ~ schema).rows %}
        {% do tables.update({row[1]: []}) %}
    {% endfor %}
    {% set build_id = run_query('select build_id from ' ~ schema ~ '.publication').rows[0][0] if tables else none %}
    {{ return({'build_id': build_id, 'tables': tables}) }}
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
    published yet. Every release publishes these tables, so one that is missing was lost, unless `is_new` says that older
    releases published none or not all of its columns.
-#}
{% macro select_last_published(table_name, columns, is_new=false) %}
{%- set relation = last_published(table_name, columns.keys() | list) -%}
{%- if execute and not relation and not is_new and open_last_publication().tables -%}
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
