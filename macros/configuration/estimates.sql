{#- The three estimates of an assumption, as the columns of the reference seeds call them. -#}
{% macro estimates() %}
    {{ return(['low', 'base', 'high']) }}
{% endmacro %}
