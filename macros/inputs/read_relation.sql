{#-
    An input may be a table or view that the warehouse's database can read: in another schema, in an attached database,
    or a model of your own. It is described as a file is; a table of DuckDB is read where it is.
-#}

{#- The name that the variable input_relations gives an input, or none. -#}
{% macro input_relation_name(input_name) %}
    {{ return((var('input_relations') or {}).get(input_name)) }}
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
    {% if (var('inputs') or {}).get(input_name) is not none %}
        {{ return(["The input '" ~ input_name ~ "' is named in the variables inputs and input_relations. Take it out of one of them."]) }}
    {% elif name is not string or find_relation(name) is none %}
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
