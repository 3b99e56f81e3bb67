{#-
    What stands before a CTE that DuckDB is to work out where it is read, although it is read several times: `as
    {{ inlined() }}(`. Spark does so anyway.
-#}
{% macro inlined() -%}
    {{ return(adapter.dispatch('inlined', 'card_segments')()) }}
{%- endmacro %}


{% macro default__inlined() -%}
    not materialized{{ ' ' }}
{%- endmacro %}


{% macro spark__inlined() -%}{%- endmacro %}


{#-
    A condition that always holds, for a CTE that others read several times. Spark puts a CTE wherever it is read, so that
    one on top of the other they become thousands; one with a random number it works out once. DuckDB does so by itself.
-#}
{% macro worked_out_once() -%}
    {{ return(adapter.dispatch('worked_out_once', 'card_segments')()) }}
{%- endmacro %}


{% macro default__worked_out_once() -%}
    true
{%- endmacro %}


{% macro spark__worked_out_once() -%}
    rand() >= 0
{%- endmacro %}
