{#- Ends the build with the engine's own sentence when a segmentation could not be fitted at all. -#}
{% macro raise_failed_fits(fitted) %}
    {% if execute %}
        {% set rows = run_query(
            "select reason.segmentation, reason.text from " ~ fitted ~ " as status "
            ~ "inner join " ~ fitted ~ " as reason on status.segmentation = reason.segmentation "
            ~ "where status.measure = 'status' and status.text = 'failed' and reason.measure = 'reason' "
            ~ "order by reason.segmentation"
        ) %}
        {% if rows | length > 0 %}
            {% do raise_error(rows.columns[1].values() | join(' ')) %}
        {% endif %}
    {% endif %}
{% endmacro %}
