{#- Whether all of these inputs are enabled, or made of raw ones that are. The first line of a model says so what it needs; what refers to it follows. -#}
{% macro has_inputs() %}
    {{ return(not missing_inputs(varargs)) }}
{% endmacro %}
