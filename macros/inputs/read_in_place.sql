{#-
    Parquet files and tables of DuckDB are read where they are, by a view with the contract's columns in their own types.
    Nothing is copied, so they have to stay as they are until the build is done. Others are copied as texts.
-#}

{#- Whether all files of an input can be: some names are those by which DuckDB tells files and rows apart. -#}
{% macro can_be_read_in_place(files) %}
    {% for file in files %}
        {% if file.format not in ('parquet', 'table') or file.names | map('lower') | select('in', ['filename', 'file_row_number', 'rowid']) | list %}
            {{ return(false) }}
        {% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}


{#- Whether an input was loaded as a view of files or tables that lie elsewhere. -#}
{% macro is_read_in_place(input_name) %}
    {{ return(adapter.dispatch('is_read_in_place', 'card_segments')(input_name)) }}
{% endmacro %}


{#- There everything is. -#}
{% macro spark__is_read_in_place(input_name) %}
    {{ return(true) }}
{% endmacro %}


{% macro default__is_read_in_place(input_name) %}
    {% set has_rows = query_value("exists (from duckdb_tables() where " ~ is_in_catalogue(input_name, 'table_name', '__rows') ~ ")") %}
    {{ return(is_view(input_name) and not has_rows) }}
{% endmacro %}


{#- The type that a column is read in: its own where it is one of the contract's kind in every file, else VARCHAR. -#}
{% macro type_in_place(column, files) %}
    {% set kinds = {
        'number': 'U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*',
        'month': 'DATE|TIMESTAMP(_S|_MS|_NS)?'
    } %}
    {% set kind = kinds.get({'integer': 'number', 'duration_months': 'number', 'time': 'month'}.get(column.type, column.type)) %}
    {% set types = [] %}
    {% for file in files if column.name in file.positions %}
        {#- What a path says is text. -#}
        {% do types.append((file.types + ['VARCHAR'] * file.partitions | length)[file.positions[column.name]]) %}
    {% endfor %}
    {% for type in types if not kind or not modules.re.fullmatch(kind, type) %}
        {{ return('VARCHAR') }}
    {% endfor %}
    {% if types | unique | list | length == 1 %}
        {{ return(types[0]) }}
    {% endif %}
    {{ return('VARCHAR' if not types else 'TIMESTAMP' if column.type in ('month', 'time') else 'DOUBLE') }}
{% endmacro %}


{#- The view's select: one for each group of files with the same columns. -#}
{% macro read_in_place_sql(columns, files) %}
    {% set groups = {} %}
    {% for file in files %}
        {% do groups.setdefault((file.relation | string, file.names, file.types, file.partitions.keys() | list) | string, []).append(file) %}
    {% endfor %}
    {% set selects = [] %}
    {% for group in groups.values() %}
        {% do selects.append(read_group_in_place_sql(columns, group, files)) %}
    {% endfor %}
    {{ return(selects | join('\nunion all by name\n')) }}
{% endmacro %}


{% macro read_group_in_place_sql(columns, group, files) %}
    {% set select_sql %}
select
    {%- for column in columns %}
    {{ value_in_place(column, group[0], type_in_place(column, files)) }} as {{ column.name }},
    {%- endfor %}
    {{ sql_text(group[0].path) if group[0].relation else 'filename' }} as source_file,
    {{ 'rowid' if group[0].relation else 'file_row_number' }} + 1 as source_row,
    cast(null as varchar) as source_fault
{% if group[0].relation -%}
from {{ group[0].relation }}
{%- else -%}
from read_parquet([
    {%- for file in group %}
    {{ sql_path(file.path) }}{{ ',' if not loop.last }}
    {%- endfor %}
], hive_partitioning = false)
{%- endif %}
    {%- endset %}
    {{ return(select_sql) }}
{% endmacro %}


{% macro value_in_place(column, file, type) -%}
    {%- set position = file.positions.get(column.name) -%}
    {%- if position is none -%}
        cast(null as {{ type }})
    {%- elif position >= file.names | length -%}
        {{ partition_value('filename', (file.partitions.keys() | list)[position - file.names | length]) }}
    {%- else -%}
        {%- set value = adapter.quote(file.names[position] | replace('"', '""')) -%}
        {%- set own_type = file.types[position] -%}
        {%- if type == own_type -%}
            {{ value }}
        {%- elif type == 'VARCHAR' -%}
            {{ text_of_typed(value, own_type, column) }}
        {%- elif own_type == 'FLOAT' -%}
            cast(cast({{ value }} as varchar) as {{ type }})
        {%- else -%}
            cast({{ value }} as {{ type }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Notes in a view which files it reads, and which files these were. -#}
{% macro note_files_sql(relation, files) %}
    {% set identities = {} %}
    {% for file in files if not file.relation %}
        {% do identities.update({file.path: file.identity}) %}
    {% endfor %}
comment on view {{ relation }} is {{ sql_text(tojson(identities)) }}
{% endmacro %}


{#- Ends the build where files changed since their input was described: tables were made from them before and after. -#}
{% macro raise_changed_in_place() %}
    {% set problems = [] %}
    {% for input_name in given_inputs() %}
        {% set noted = query_value("(select comment from duckdb_views() where " ~ is_in_catalogue(input_name, 'view_name') ~ ")") %}
        {% for path, identity in fromjson(noted or '{}').items() %}
            {% if query_value("input_file_identity(" ~ sql_text(path) ~ ")") != identity %}
                {% do problems.append("The file " ~ path ~ " for the input '" ~ input_name ~ "' changed while tables were made from it, so nothing is published. Build again when nothing writes to it.") %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% do raise_problems(problems) %}
{% endmacro %}
