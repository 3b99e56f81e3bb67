{#-
    The last step of a run: publishes a complete build in which everything passed, and says what was published or
    why nothing was.
-#}
{% macro publish(results) %}
    {% if execute and flags.WHICH in ('build', 'run') and is_taking_part() %}
        {% set obstacle = publication_obstacle(results) %}
        {% if obstacle %}
            {#- Not printed: --quiet is to hide it. -#}
            {% do log('Not published: ' ~ obstacle ~ '. What was published before is unchanged.', info=true) %}
            {% do print_failed_checks(results) %}
        {% else %}
            {% do write_publication() %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- Publishes what was built, and says what it was. -#}
{% macro write_publication() %}
    {{ return(adapter.dispatch('write_publication', 'card_segments')()) }}
{% endmacro %}


{% macro default__write_publication() %}
    {% do raise_changed_in_place() %}
    {#- The list of the tables does not list itself. -#}
    {% set kinds = {'published_tables': 'aggregate'} %}
    {% set references = {} %}
    {% for row in run_query(
        "select table_name, table_kind from " ~ relation_of('published_tables')
        ~ " where status = 'published' order by 1"
    ).rows %}
        {% do kinds.update({row[0]: row[1]}) %}
        {% do references.update({row[0]: published_references(row[0])}) %}
    {% endfor %}
    {% set request = {
        'build_id': invocation_id,
        'started_at': run_started_at.strftime('%Y-%m-%d %H:%M:%S'),
        'directory': published_dir(),
        'schema': graph.nodes['model.card_segments.published_tables'].schema,
        'tables': kinds,
        'references': references,
        'write_report': var('write_report'),
        'currency': var('currency'),
        'based_on': open_last_publication().build_id or '',
    } %}
    {% set failure = run_query('select publish_tables(' ~ sql_text(tojson(request)) ~ ')').rows[0][0] %}
    {% if failure %}
        {% do raise_error(failure) %}
    {% endif %}
    {% do print_publication() %}
{% endmacro %}


{#-
    Every table is copied into a schema of this publication, as Parquet; then the views that readers know are pointed at
    it, the one of the publication last. Tables that name no customer have views in a schema of their own besides, for
    those who may not see customers. The publication before it stays for those who read it, older ones go.
-#}
{% macro spark__write_publication() %}
    {% set published = published_schema() %}
    {% set before = open_last_publication().build_id %}
    {% set version = published ~ '_' ~ invocation_id | replace('-', '') %}
    {% set marts = relation_of('published_tables').schema %}
    {% set kinds = {'published_tables': 'aggregate'} %}
    {% for row in run_query(
        "select table_name, table_kind from " ~ relation_of('published_tables') ~ " where status = 'published' order by 1"
    ).rows %}
        {% do kinds.update({row[0]: row[1]}) %}
    {% endfor %}
    {% set names = kinds | list %}
    {% do run_query('create schema ' ~ version) %}
    {% set rows = namespace(number=0) %}
    {% for name in names %}
        {% do run_query('create table ' ~ version ~ '.' ~ name ~ ' using parquet as select * from ' ~ marts ~ '.' ~ name) %}
        {% set rows.number = rows.number + query_value('count(*) from ' ~ version ~ '.' ~ name) | int %}
    {% endfor %}
    {% do run_query(
        'create table ' ~ version ~ '.publication using parquet as select ' ~ sql_text(invocation_id) ~ ' as build_id, '
        ~ build_time() ~ ' as published_at, ' ~ sql_text(graph.nodes['model.card_segments.published_tables'].config.meta.card_segments_version) ~ ' as project_version, '
        ~ 'cast(null as string) as duckdb_version, ' ~ (sql_text(var('currency')) if var('currency') else 'cast(null as string)') ~ ' as currency, '
        ~ names | length ~ ' as published_tables, ' ~ rows.number ~ ' as published_rows'
    ) %}
    {% set shared = generate_schema_name('shared', none) %}
    {% for schema in [published, shared] %}
        {% do run_query('create schema if not exists ' ~ schema) %}
    {% endfor %}
    {% for name in names + ['publication'] %}
        {% for schema in ([published] if kinds[name] == 'customer' else [shared, published]) %}
            {% do run_query('create or replace view ' ~ schema ~ '.' ~ name ~ ' as select * from ' ~ version ~ '.' ~ name) %}
        {% endfor %}
    {% endfor %}
    {% for schema in [published, shared] %}
        {% for row in run_query('show views in ' ~ schema).rows if row[1] not in names + ['publication'] %}
            {% do run_query('drop view ' ~ schema ~ '.' ~ row[1]) %}
        {% endfor %}
    {% endfor %}
    {% set kept = [version, published ~ '_' ~ before | string | replace('-', '')] %}
    {% for row in run_query("show databases like '" ~ published ~ "_*'").rows if row[0] not in kept %}
        {% do run_query('drop schema ' ~ row[0] ~ ' cascade') %}
    {% endfor %}
    {% do print('Published ' ~ names | length ~ ' tables, ' ~ '{:,}'.format(rows.number) ~ ' rows, as views of the schema ' ~ published ~ '; those that name no customer in ' ~ shared ~ ' too') %}
{% endmacro %}


{#-
    Why this run may not publish, in words; none where all that is enabled has run and passed. Unit tests belong to
    development: a build may leave them out, but one that fails forbids as everything else does.
-#}
{% macro publication_obstacle(results) %}
    {% if flags.WHICH != 'build' %}
        {{ return('this was `dbt ' ~ flags.WHICH ~ '`, which runs no tests; a complete `dbt build` publishes') }}
    {% endif %}
    {% if flags.EMPTY %}
        {{ return('this was a build with --empty, so the tables have no rows; a complete `dbt build` publishes') }}
    {% endif %}
    {% set failed = results | selectattr('node.package_name', 'equalto', 'card_segments') | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op']) | list %}
    {% if failed %}
        {{ return('something failed or was skipped (see above)') }}
    {% endif %}
    {% set there = results | map(attribute='node.unique_id') | list %}
    {% set left_out = expected_resources() | rejectattr('unique_id', 'in', there) | list %}
    {% if left_out %}
        {{ return(
            "this build left out " ~ left_out | length ~ " of the project's models, seeds and tests ("
            ~ left_out[0].name ~ " for one); a complete `dbt build` publishes"
        ) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}


{#- What a complete build runs; what a project that installs this one as a package has besides is that project's affair. -#}
{% macro expected_resources() %}
    {{ return(
        graph.nodes.values()
        | selectattr('package_name', 'equalto', 'card_segments')
        | selectattr('resource_type', 'in', ['model', 'seed', 'snapshot', 'test'])
        | selectattr('config.enabled')
        | list
    ) }}
{% endmacro %}


{#- Whether this is a build that may publish, as far as it can be told before the end. -#}
{% macro is_complete_build() %}
    {% if not execute or flags.WHICH != 'build' or flags.EMPTY %}
        {{ return(false) }}
    {% endif %}
    {{ return(expected_resources() | rejectattr('unique_id', 'in', selected_resources) | list | length == 0) }}
{% endmacro %}
