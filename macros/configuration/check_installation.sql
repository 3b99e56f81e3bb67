{#-
    Whether this run is about this project: always, unless it is a package of another project, which may run only models
    of its own.
-#}
{% macro is_taking_part() %}
    {% if project_name == 'card_segments' %}
        {{ return(true) }}
    {% endif %}
    {% for resource in selected_resources if resource.split('.')[1] == 'card_segments' %}
        {{ return(true) }}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}


{#-
    Runs before anything is built and stops with one sentence where a profile, or a project that installs this one as a
    package, lacks a line of docs/package.md.
-#}
{% macro check_installation() %}
    {% do check_plugin() %}
    {% do raise_taken_names() %}
{% endmacro %}


{#- Stops where dbt-duckdb lacks what it needs of this project. Spark needs none of it. -#}
{% macro check_plugin() %}
    {{ return(adapter.dispatch('check_plugin', 'card_segments')()) }}
{% endmacro %}


{% macro default__check_plugin() %}
    {% if not query_value("exists (from duckdb_functions() where function_name = 'card_segments_version')") %}
        {% do raise_error("The profile " ~ target.profile_name ~ " lacks the plugin of this project in its target " ~ target.name ~ ": add plugins: [{module: card_segments.plugin}] there, as docs/package.md shows.") %}
    {% endif %}
    {% set here, installed = graph.nodes['model.card_segments.published_tables'].config.meta.card_segments_version, query_value('card_segments_version()') %}
    {% if here != installed %}
        {% do raise_error("The dbt package card_segments is version " ~ here ~ ", but the Python package of that name is version " ~ installed ~ ": install the same version of both, as docs/package.md shows.") %}
    {% endif %}
    {#- dbt takes the materialization of a package only where the project that installs it says so. -#}
    {% if project_name != 'card_segments' and not context.get(project_name, {}).get('materialization_seed_duckdb') %}
        {% do raise_error("The project " ~ project_name ~ " does not let this package load its inputs: add the file macros/card_segments.sql of docs/package.md to it.") %}
    {% endif %}
{% endmacro %}


{% macro spark__check_plugin() %}{% endmacro %}


{#- Stops where a model of the project that installs this package is taken for the package's own of the same name. -#}
{% macro raise_taken_names() %}
    {% for node in graph.nodes.values() if node.package_name == 'card_segments' %}
        {% set parents = node.depends_on.get('nodes', []) %}
        {% for parent in parents if parent in graph.nodes and graph.nodes[parent].package_name != 'card_segments' %}
            {% set name = graph.nodes[parent].name %}
            {% for ours in ['model.card_segments.' ~ name, 'seed.card_segments.' ~ name] if ours in graph.nodes and ours not in parents %}
                {% do raise_error("The project " ~ project_name ~ " has a model " ~ name ~ ", as the package card_segments has, and dbt takes it for the package's: set the flag require_ref_searches_node_package_before_root in its dbt_project.yml, as docs/package.md shows.") %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
