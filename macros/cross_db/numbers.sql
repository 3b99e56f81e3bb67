{#- A number rounded to so many digits after the point, by arithmetic: Spark would round the digits that it shows. -#}
{% macro rounded(expression, digits) -%}
    {{ return(adapter.dispatch('rounded', 'card_segments')(expression, digits)) }}
{%- endmacro %}


{% macro default__rounded(expression, digits) -%}
    round({{ expression }}, {{ digits }})
{%- endmacro %}


{% macro spark__rounded(expression, digits) -%}
    (round(cast({{ expression }} as double) * 1e{{ digits }}) / 1e{{ digits }})
{%- endmacro %}
