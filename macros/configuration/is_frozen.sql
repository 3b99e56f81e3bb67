{#-
    Whether this build fits and tests nothing: no Python model runs, and published parameters score the customers. Read
    when the project is parsed, for the Python models are then switched off.
-#}
{% macro is_frozen() %}
    {{ return(var('refit') == 'frozen') }}
{% endmacro %}
