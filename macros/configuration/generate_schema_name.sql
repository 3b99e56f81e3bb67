{#-
    Schemas are named after their layer. Each target has a file of its own, so a path reads the same in both;
    a target with a schema of its own, as where developers share a database, puts it before: alice_marts.
-#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {% set names = [target.schema if target.schema != 'main', custom_schema_name] | select | list %}
    {{ return(names | join('_') or target.schema) }}
{% endmacro %}
