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
