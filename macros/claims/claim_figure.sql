{#- A figure as it stands in a verdict's reason: three decimals, or that it is unknown. -#}
{% macro claim_figure(expression) -%}
    coalesce(cast(cast({{ expression }} as decimal(28, 3)) as {{ dbt.type_string() }}), 'unknown')
{%- endmacro %}
