{#- Schemas are named after their layer alone, so that a path reads the same in every target. -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return((custom_schema_name or target.schema) | trim) }}
{% endmacro %}
