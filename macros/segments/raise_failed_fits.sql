{#- Ends the build with the engine's own sentence when a segmentation could not be fitted at all. -#}
{% macro raise_failed_fits(fitted) %}
    {% if execute %}
        {% set rows = run_query("select reason from " ~ fitted ~ " where status = 'failed' order by segmentation") %}
        {% if rows | length > 0 %}
            {% do raise_error(rows.columns[0].values() | join(' ')) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#-
    Ends a frozen build in which a segmentation that was published could only be fitted anew: its segments would vanish.
-#}
{% macro raise_unusable_models(decisions) %}
    {% if execute and is_frozen() %}
        {% set rows = run_query(
            "select segmentation, replace(decision_reason, 'not fitted: ', '') from " ~ decisions
            ~ " where decision_reason like 'not fitted:%' and segmentation in (select segmentation from "
            ~ last_published('segmentations') ~ " where status = 'published') order by segmentation"
        ).rows %}
        {% for row in rows %}
            {% do raise_error("A frozen build cannot keep the segments of " ~ row[0] ~ ", for " ~ row[1] ~ ": build without refit: frozen.") %}
        {% endfor %}
    {% endif %}
{% endmacro %}
