{#- As dbt's macro, which on Spark does not keep the order. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    listagg({{ measure }}, {{ delimiter_text }}){% if order_by_clause %} within group ({{ order_by_clause }}){% endif %}
{%- endmacro %}


{#- As dbt's macro, which on Spark takes the delimiter for a pattern and escapes it as only one setting reads it. -#}
{% macro spark__split_part(string_text, delimiter_text, part_number) -%}
    split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }})
{%- endmacro %}


{#- Whether a pattern is found in a text, one that RE2 and Java read alike. -#}
{% macro matches(text, pattern) -%}
    {{ return(adapter.dispatch('matches', 'card_segments')(text, pattern)) }}
{%- endmacro %}


{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ sql_text(pattern) }})
{%- endmacro %}


{% macro spark__matches(text, pattern) -%}
    regexp_like({{ text }}, {{ sql_text(pattern) }})
{%- endmacro %}
