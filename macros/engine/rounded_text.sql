{#- A number as text within a sentence, with so many digits after the point; null stays null. -#}
{% macro rounded_text(expression, digits=1) -%}
    cast(cast(round({{ expression }}, {{ digits }}) as decimal(38, {{ digits }})) as string)
{%- endmacro %}


{#- A figure about people that is null where its cell is hidden, see int_demographic_crosses_suppressed. -#}
{% macro unless_suppressed(expression) -%}
    case when not is_suppressed then {{ expression }} end
{%- endmacro %}
