{#-
    Tells the publication step what it cannot see from Python: the build it belongs to, where to
    publish, and what stands in the way of publishing (null for a complete build).
-#}
{% macro request_publication() %}
    {% if execute %}
        {% set obstacle = publication_obstacle() %}
        set variable publication_request = {
            'build_id': '{{ invocation_id }}',
            'started_at': '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}',
            'directory': {{ sql_text(var('published_dir')) }},
            'schema_name': '{{ this.schema }}',
            'obstacle': {{ sql_text(obstacle) if obstacle else 'cast(null as varchar)' }}
        }
    {% endif %}
{% endmacro %}


{#- Why this run may not publish, in words; none for a complete `dbt build`. -#}
{% macro publication_obstacle() %}
    {% if flags.WHICH != 'build' %}
        {{ return("this was `dbt " ~ flags.WHICH ~ "`, which runs no tests; a complete `dbt build` publishes") }}
    {% endif %}
    {% if flags.EMPTY %}
        {{ return("this was a build with --empty, so the tables have no rows; a complete `dbt build` publishes") }}
    {% endif %}
    {% set left_out = [] %}
    {% for unique_id, node in graph.nodes.items() %}
        {% if node.resource_type in ('model', 'seed', 'snapshot', 'test') and node.config.enabled and unique_id not in selected_resources %}
            {% do left_out.append(node.name) %}
        {% endif %}
    {% endfor %}
    {% if left_out %}
        {{ return("this build left out " ~ left_out | length ~ " of the project's models, seeds and tests (" ~ left_out[0] ~ " for one); a complete `dbt build` publishes") }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{#- Says when nothing was published, and fails the build when publishing was tried in vain. -#}
{% macro report_publication(publication) %}
    {% if execute %}
        {% set row = run_query("select status, reason from " ~ publication).rows[0] %}
        {% if row[0] == 'failed' %}
            {% do stop(row[1]) %}
        {% elif row[0] == 'not_published' %}
            {% do log("  Not published: " ~ row[1] ~ ". What was published before is unchanged.", info=true) %}
        {% endif %}
    {% endif %}
{% endmacro %}
