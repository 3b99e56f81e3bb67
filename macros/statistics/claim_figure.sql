{#- A figure of a test as it stands beside a verdict: three decimals, or that it is unknown. -#}
{% macro claim_figure(expression) -%}
    coalesce({{ rounded_text(expression, 3) }}, 'unknown')
{%- endmacro %}
