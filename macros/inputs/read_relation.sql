{#-
    An input may be a table or view that the warehouse's database can read: in another schema, in an attached database,
    or a model of your own. It is described as a file is; a table of DuckDB is read where it is.
-#}

{#- The name of the table or view that the variables input_relations or input_models give an input, or none. -#}
{% macro input_relation_name(input_name) %}
    {% set model = input_model(input_name) %}
    {% if not model %}
        {{ return((var('input_relations') or {}).get(input_name)) }}
    {% endif %}
    {% set node = graph.nodes.values() | selectattr('package_name', 'equalto', model[0]) | selectattr('name', 'equalto', model[1]) | selectattr('resource_type', 'in', ['model', 'seed', 'snapshot']) | first %}
    {{ return([node.database, node.schema, node.alias] | join('.')) }}
{% endmacro %}


{#- The package and name of the model that the variable input_models gives an input, or none. -#}
{% macro input_model(input_name) %}
    {% set name = (var('input_models') or {}).get(input_name) %}
    {% if name is none %}
        {{ return(none) }}
    {% endif %}
    {% set parts = (name | string).split('.') %}
    {{ return(parts if parts | length == 2 else [project_name, name]) }}
{% endmacro %}


{#-
    Makes an input of the model that the variable input_models names for it, if it does, once that is built: what reads
    the input refers to the model, which a seed cannot. Called where the input's rows are examined, before they are read.
-#}
{% macro load_input_model(input_name) %}
    {% set model = input_model(input_name) %}
    {% if model %}
        {% do ref(model[0], model[1]) %}
        {% if execute and flags.WHICH in ('build', 'run') %}
            {% set description = describe_input(input_name) %}
            {% do raise_problems(description.problems) %}
            {% set relation = relation_of(input_name) %}
            {% do run_query("create schema if not exists " ~ relation.schema) %}
            {% do run_query(load_input_sql(input_name, description.files)) %}
            {% if can_be_read_in_place(description.files) %}
                {% do run_query(note_files_sql(relation, description.files)) %}
            {% endif %}
            {% do raise_problems(load_problems(input_name, relation, description.files)) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#- The table or view of a name, as dict with its relation, whether it is a table, and the kind of its database; none if there is none. -#}
{% macro find_relation(name) %}
    {% set parts = (name | string).split('.') %}
    {% set found = run_query(
        "select tables.table_catalog, tables.table_schema, tables.table_name, tables.table_type, databases.type from information_schema.tables as tables "
        ~ "inner join duckdb_databases() as databases on tables.table_catalog = databases.database_name "
        ~ "where lower(tables.table_name) = " ~ sql_text(parts[-1] | lower) ~ " and lower(tables.table_schema) = " ~ sql_text((parts[-2] if parts | length > 1 else target.schema) | lower)
        ~ " and lower(tables.table_catalog) = " ~ sql_text((parts[-3] if parts | length > 2 else target.database) | lower)
    ).rows if parts | length <= 3 else [] %}
    {% for row in found %}
        {{ return({
            'relation': api.Relation.create(database=row[0], schema=row[1], identifier=row[2]),
            'is_table': row[3] == 'BASE TABLE' and row[4] == 'duckdb'
        }) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}


{% macro relation_problems(input_name, name) %}
    {% if name is not string or find_relation(name) is none %}
        {{ return(["There is no table or view " ~ name ~ ", which the variable input_relations names for the input '" ~ input_name ~ "'. Name one as schema.table or database.schema.table, and attach its database in profiles.yml."]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{#- What describe_input_file says of a file, of a table or view. -#}
{% macro describe_relation(name) %}
    {% set found = find_relation(name) %}
    {% set columns = run_query("describe select * from " ~ found.relation).rows %}
    {% set names = columns | map(attribute=0) | list %}
    {{ return({
        'path': name, 'format': 'table' if found.is_table else 'view', 'compression': 'none', 'relation': found.relation,
        'names': names, 'shown_names': names, 'types': columns | map(attribute=1) | list, 'partitions': {}, 'rows': none, 'problem': none
    }) }}
{% endmacro %}
