{#-
    Most rows are usable as they stand. They are told by cheap tests and streamed from where they are; all others are
    examined by check_input_sql and kept in a table. The tests are strict: a value that fails one may still be usable,
    one that passes stands as it is, without repair. Texts that repeat are tested once, not row by row.
-#}

{#- The columns of the contract, each with the type in which the input has it: VARCHAR, or that of a typed file. -#}
{% macro source_columns(input_name) %}
    {{ return(adapter.dispatch('source_columns', 'card_segments')(input_name)) }}
{% endmacro %}


{% macro default__source_columns(input_name) %}
    {% set found = run_query("select column_name, data_type from duckdb_columns() where " ~ is_in_catalogue(input_name, 'table_name')) %}
    {% set types = dict(found.rows | map('list') | list) %}
    {% set columns = [] %}
    {% for column in input_contract(input_name) %}
        {% do columns.append(dict(column, source_type=types.get(column.name, 'VARCHAR'))) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}


{% macro is_typed(column) %}
    {{ return(column.source_type != 'VARCHAR') }}
{% endmacro %}


{#- Whether the texts of a column name months or durations, of which there are few: each is read once. -#}
{% macro is_period_in_words(column) %}
    {{ return(column.type in ('month', 'duration_months') and not is_typed(column)) }}
{% endmacro %}


{#-
    An expression on texts that are grouped, with their number `text_rows`. On the text alone DuckDB would work it out before
    it groups, row by row.
-#}
{% macro once_a_text(expression) -%}
    case when text_rows > 0 then {{ expression }} end
{%- endmacro %}


{#-
    Each text of such a column, read: `<column>__clean`, `<column>__typed`. Of files that are read in place DuckDB does not
    know how few there are and might join the wrong way round, so they are written out unless they are many.
-#}
{% macro periods_sql(column, relation, in_place) -%}
    {%- set clean, typed = column.name ~ '__clean', column.name ~ '__typed' -%}
    {%- set texts_sql -%}
    select
        {{ clean }},
        {{ typed_expression(column) }} as {{ typed }}
    from (
        select
            {{ column.name }} as {{ clean }},
            count(*) as text_rows
        from {{ relation }}
        group by {{ column.name }}
    ) as texts
    where {{ once_a_text(typed_expression(column)) }} is not null
    {%- endset -%}
    {%- set rows = run_query(texts_sql ~ ' order by 1 limit 1001').rows if in_place else [] -%}
    {%- if 0 < rows | length <= 1000 -%}
    select
        {{ clean }},
        cast({{ typed }} as {{ 'date' if column.type == 'month' else 'bigint' }}) as {{ typed }}
    from (
        values
        {%- for row in rows %}
        ({{ sql_text(row[0]) }}, {{ sql_text(row[1]) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as periods ({{ clean }}, {{ typed }})
    {%- else -%}
    {{ texts_sql }}
    {%- endif -%}
{%- endmacro %}


{#- Whether a text is ASCII without blanks round it, no mark of an identifier, [a card number], and no ="text". -#}
{% macro is_plain_text(text) -%}
    regexp_full_match({{ text }}, '[!-<>-Z\\-~]([ -~]*[!-~])?')
{%- endmacro %}


{#- Whether a value stands as it is, in a relation with `<column>__raw`; null counts as no. -#}
{% macro is_clean(column, parents=none, has_points='(select has_points from number_writing)') -%}
    {#- Up to twelve digits of a number, which hold no identifier. -#}
    {%- set raw = column.name ~ '__raw' -%}
    {%- set tests = [] -%}
    {%- if parents -%}
        {%- do tests.append(raw ~ ' in (select parent_key from parents)') -%}
    {%- elif is_typed(column) and column.type in ('month', 'time') -%}
        {%- do tests.append(raw ~ ' between ' ~ limit(column, 'minimum') ~ ' and ' ~ limit(column, 'maximum')) -%}
    {%- elif is_typed(column) -%}
        {%- do tests.append(raw ~ ' between ' ~ column.minimum ~ ' and ' ~ column.maximum) -%}
        {%- if column.type != 'number' -%}
            {%- do tests.append(raw ~ ' = floor(' ~ raw ~ ')') -%}
        {%- endif -%}
    {%- elif column.type in ('number', 'integer') -%}
        {%- do tests.append("regexp_full_match(" ~ raw ~ ", '-?[0-9]{1,12}" ~ ('([.][0-9]+)?' if column.type == 'number') ~ "')") -%}
        {%- if column.type == 'number' -%}
            {%- do tests.append('(' ~ has_points ~ ' or not contains(' ~ raw ~ ", '.'))") -%}
        {%- endif -%}
        {%- do tests.append('try_cast(' ~ raw ~ ' as double) between ' ~ column.minimum ~ ' and ' ~ column.maximum) -%}
    {%- elif column.type == 'time' -%}
        {%- do tests.append("regexp_full_match(" ~ raw ~ ", '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?')") -%}
        {%- do tests.append('try_cast(' ~ raw ~ ' as timestamp) between ' ~ limit(column, 'minimum') ~ ' and ' ~ limit(column, 'maximum')) -%}
    {%- elif is_period_in_words(column) -%}
        {%- do tests.append(raw ~ ' in (select ' ~ column.name ~ '__clean from ' ~ column.name ~ '_clean_periods)') -%}
    {%- elif column.get('unify') -%}
        {%- do tests.append(
            raw ~ ' in (select spelling from ' ~ column.name ~ "_spellings where spelling = usual_spelling and spelling <> '' and spelling not like '[%'"
            ~ ' and length(spelling) <= ' ~ maximum_text_length() ~ ')'
        ) -%}
    {%- elif column.get('accepted') -%}
        {%- do tests.append(is_listed(raw, column.accepted)) -%}
    {%- else -%}
        {%- do tests.append(is_plain_text(raw)) -%}
        {%- do tests.append('length(' ~ raw ~ ') <= ' ~ maximum_text_length()) -%}
        {#- No word for a missing value or for a line of totals has a digit, and each rounded number has a plus. -#}
        {%- if column.type == 'id' -%}
            {%- do tests.append("regexp_matches(" ~ raw ~ ", '[0-9]') and not contains(" ~ raw ~ ", '+')") -%}
        {%- else -%}
            {%- do tests.append('not ' ~ is_missing_word(raw, column)) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if column.get('placeholders') and not is_typed(column) -%}
        {%- do tests.append(raw ~ ' not in (' ~ sql_list(column.placeholders) ~ ')') -%}
    {%- endif -%}
    {%- if column.required -%}
        {{ tests | join(' and ') }}
    {%- elif is_typed(column) -%}
        ({{ raw }} is null or {{ tests | join(' and ') }})
    {%- else -%}
        ({{ raw }} is null or {{ raw }} = '' or {{ tests | join(' and ') }})
    {%- endif -%}
{%- endmacro %}


{#- The typed value of a clean one. -#}
{% macro clean_value(column) -%}
    {%- set raw = 'input_rows.' ~ column.name -%}
    {%- if is_period_in_words(column) -%}
        {{ column.name }}_periods.{{ column.name }}__typed
    {%- elif column.type == 'month' -%}
        cast({{ dbt.date_trunc('month', raw) }} as date)
    {%- elif column.type == 'time' -%}
        try_cast({{ raw }} as timestamp)
    {%- elif column.type in ('number', 'integer', 'duration_months') -%}
        {%- set source = 'cast(' ~ raw ~ ' as varchar)' if column.source_type == 'FLOAT' else raw if is_typed(column) else "nullif(" ~ raw ~ ", '')" -%}
        try_cast({{ source }} as {{ 'double' if column.type == 'number' else 'bigint' }})
    {%- else -%}
        nullif({{ raw }}, '')
    {%- endif -%}
{%- endmacro %}


{#-
    The clean rows of an input, typed: those that are not among the rows of the relation `examined`. Of `raw_columns`,
    the values as they came are there too, as `<column>__raw`.
-#}
{% macro clean_rows_sql(columns, passed, input_relation, examined, raw_columns=[]) -%}
    select
        input_rows.source_file,
        input_rows.source_row
        {%- for column in columns %},
        {{ clean_value(column) }} as {{ column.name }}
        {%- endfor %}
        {%- for column in passed %},
        nullif(input_rows.{{ column.name }}, '') as {{ column.name }}
        {%- endfor %}
        {%- for name in raw_columns %},
        input_rows.{{ name }} as {{ name }}__raw
        {%- endfor %}
    from {{ input_relation }} as input_rows
    {%- for column in columns if is_period_in_words(column) %}
    left join {{ column.name }}_periods
        on input_rows.{{ column.name }} = {{ column.name }}_periods.{{ column.name }}__clean
    {%- endfor %}
    {#- DuckDB might hold all rows in memory for an anti join, where it does not know that few are examined. #}
    where (input_rows.source_file, input_rows.source_row) not in (select (source_file, source_row) from {{ examined }})
{%- endmacro %}


{#- The usable rows of an input in the contract's columns: the clean ones, and those that passed their examination. -#}
{% macro usable_rows_sql(input_name, input_relation, examined) %}
    {{ return(adapter.dispatch('usable_rows_sql', 'card_segments')(input_name, input_relation, examined)) }}
{% endmacro %}


{% macro default__usable_rows_sql(input_name, input_relation, examined) %}
{% set columns = source_columns(input_name) if execute else [] %}
{% set in_place = execute and is_read_in_place(input_name) %}
{% set passed = passed_columns(input_name) %}
with

{% for column in columns if is_period_in_words(column) -%}
{{ column.name }}_periods as (

    {{ periods_sql(column, input_relation, in_place) }}

),

{% endfor -%}
clean_rows as (

    {{ clean_rows_sql(columns, passed, input_relation, examined) }}

),

repaired_rows as (

    {{ repaired_rows_sql(columns + passed, examined) | indent(4) }}

)

select * from clean_rows
union all
select * from repaired_rows
{% endmacro %}


{#- The examined rows that can be used. -#}
{% macro repaired_rows_sql(columns, examined) -%}
select
    source_file,
    source_row
    {%- for column in columns %},
    {{ column.name }}
    {%- endfor %}
from {{ examined }}
where reject_rule is null
{%- endmacro %}
