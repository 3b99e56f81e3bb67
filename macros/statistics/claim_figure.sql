{#- A figure as it is written in a verdict's reason: three decimals, or that it is unknown. -#}
{% macro claim_figure(expression) -%}
    coalesce({{ rounded_text(expression, 3) }}, 'unknown')
{%- endmacro %}
