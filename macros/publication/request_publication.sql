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
            'write_report': {{ 'true' if var('write_report') else 'false' }},
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
    {#- Unit tests are not in the graph, so only the arguments tell whether they were run. -#}
    {% if invocation_args_dict.get('resource_types') or invocation_args_dict.get('exclude_resource_types') %}
        {{ return("this build left out kinds of resources; a complete `dbt build` publishes") }}
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
    {% set unguarded = unguarded_test() %}
    {% if unguarded %}
        {{ return(unguarded) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{#-
    dbt lets a failing test stop only what is downstream of all that the test looks at. A test that
    looks at something the publication does not depend on would fail without stopping it: this names
    the first such test, or returns none.
-#}
{% macro unguarded_test() %}
    {#- The list grows while it is walked, until it holds every ancestor. -#}
    {% set ancestors = [model.unique_id] %}
    {% for unique_id in ancestors if unique_id in graph.nodes %}
        {% for parent in graph.nodes[unique_id].depends_on.nodes if parent not in ancestors %}
            {% do ancestors.append(parent) %}
        {% endfor %}
    {% endfor %}
    {% for node in graph.nodes.values() if node.resource_type == 'test' and node.config.enabled %}
        {% for parent in node.depends_on.nodes if parent not in ancestors and parent in graph.nodes %}
            {{ return("the test " ~ node.name ~ " looks at " ~ parent.split('.')[-1] ~ ", which the publication does not wait for, so its failing would not stop it; name it after depends_on in models/marts/quality/published_tables.sql") }}
        {% endfor %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}


{#- Says when nothing was published, and fails the build when publishing was tried in vain. -#}
{% macro report_publication(publication) %}
    {% if execute %}
        {% set row = run_query("select status, reason from " ~ publication).rows[0] %}
        {% if row[0] == 'failed' %}
            {% do raise_error(row[1]) %}
        {% elif row[0] == 'not_published' %}
            {% do log("  Not published: " ~ row[1] ~ ". What was published before is unchanged.", info=true) %}
        {% endif %}
    {% endif %}
{% endmacro %}
