{#-
    CSV files of which every line is a row with as many fields as the header: DuckDB reads them with all threads and keeps
    the order of the rows. That is told before a row is loaded; an input with any other file is read with more care, by
    one thread (read_input.sql).

    The rows are in a table of their own, and the input is a view of it: which file a row came from and which of its
    rows it is follows from its place in the table, so that it need not be written down. Columns of numbers are typed
    where each of their texts is clean, since no text of them is ever shown.
-#}

{#- Whether all files are such ones. -#}
{% macro are_even(files) %}
    {{ return(files | selectattr('is_even') | list == files) }}
{% endmacro %}


{#- The table that the rows of an input are in, where it is read in this way. -#}
{% macro even_rows_of(input_name) %}
    {% set relation = relation_of(input_name) %}
    {{ return(api.Relation.create(database=relation.database, schema=relation.schema, identifier=relation.identifier ~ '__rows')) }}
{% endmacro %}


{#- The statement that loads the rows. What may identify a person is found in a pass of its own, so that it is never written. -#}
{% macro load_even_rows_sql(input_name, files) %}
    {% set columns = input_contract(input_name) + passed_columns(input_name) %}
    {% set identifying_columns, are_numbers_clean = look_at_texts(input_name, columns, files) %}
create or replace table {{ even_rows_of(input_name) }} as
select
    {%- for column in columns %}
    {% if are_numbers_clean and column.type in ('number', 'integer') -%}
    try_cast(nullif({{ column.name }}, '') as {{ 'double' if column.type == 'number' else 'bigint' }})
    {%- else -%}
    {{ kept_text(column.name, input_name, column, identifying_columns) }}
    {%- endif %} as {{ column.name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- if identifying_columns %}
{#- Marks are joined, and a join may lose the order. #}
from (select *, row_number() over () as place from ({{ read_files_sql(columns, files) }}) as unmarked_rows) as input_rows
order by place
{%- else %}
from ({{ read_files_sql(columns, files) }}) as input_rows
{%- endif %}
{% endmacro %}


{#- The view's select: the rows with their files and numbers. The header is the first line of a file. -#}
{% macro numbered_rows_sql(input_name, files) %}
    {% set paths, places, rows = [], [], namespace(before=0) %}
    {% for file in files %}
        {% do paths.append(sql_text(file.path)) %}
        {% do places.append(rows.before) %}
        {% set rows.before = rows.before + file.rows %}
    {% endfor %}
select
    *,
    {{ by_place(paths, places) }} as source_file,
    rowid + 2 - {{ by_place(places, places) }} as source_row,
    cast(null as varchar) as source_fault
from {{ even_rows_of(input_name) }}
{% endmacro %}


{#- The one of some values whose file the row is of, found by halves: there may be hundreds of files. -#}
{% macro by_place(values, places) -%}
    {%- set half = values | length // 2 -%}
    {%- if half == 0 -%}
        {{ values[0] }}
    {%- else -%}
        case when rowid < {{ places[half] }} then {{ by_place(values[:half], places[:half]) }} else {{ by_place(values[half:], places[half:]) }} end
    {%- endif -%}
{%- endmacro %}
