{#- The value of the latest month in which there is one: a later month without it does not undo what is known. -#}
{% macro latest_known(column, month) -%}
    max_by({{ column }}, {{ month }}) filter (where {{ column }} is not null)
{%- endmacro %}
