{#- A figure about people, shown only where enough of them stand behind it. -#}
{% macro unless_small_cell(expression, customers='customers') -%}
    case when {{ customers }} >= {{ var('minimum_cell_size') }} then {{ expression }} end
{%- endmacro %}


{#- A figure about people that is null where its cell is suppressed, see int_demographic_combinations_suppressed. -#}
{% macro unless_suppressed(expression) -%}
    case when not is_suppressed then {{ expression }} end
{%- endmacro %}
