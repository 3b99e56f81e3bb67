{#- Ends the build with the engine's own sentence when a segmentation could not be fitted at all. -#}
{% macro raise_failed_fits(fitted) %}
    {% if execute %}
        {% set rows = run_query("select reason from " ~ fitted ~ " where status = 'failed' order by segmentation") %}
        {% if rows | length > 0 %}
            {% do raise_error(rows.columns[0].values() | join(' ')) %}
        {% endif %}
    {% endif %}
{% endmacro %}
