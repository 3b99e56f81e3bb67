{#- A figure kept within its limits, and null where it is null: greatest() and least() would give the limit. -#}
{% macro bounded(expression, minimum=none, maximum=none) -%}
    {%- set limited = expression -%}
    {%- if minimum is not none %}{% set limited = 'greatest(' ~ minimum ~ ', ' ~ limited ~ ')' %}{% endif -%}
    {%- if maximum is not none %}{% set limited = 'least(' ~ maximum ~ ', ' ~ limited ~ ')' %}{% endif -%}
    case when ({{ expression }}) is not null then {{ limited }} end
{%- endmacro %}
