{#-
    What dbt show runs, as in dbt, but where a table that it reads has not been built yet, that is said in one sentence.
-#}
{% macro get_show_sql(compiled_code, sql_header, limit) -%}
    {%- for key in model.depends_on.nodes if key in graph.nodes and graph.nodes[key].config.materialized != 'ephemeral' -%}
        {%- set node = graph.nodes[key] -%}
        {%- if not adapter.get_relation(node.database, node.schema, node.alias) -%}
            {%- do raise_error("There is no " ~ node.resource_type ~ " " ~ node.name ~ " in the warehouse yet, which this query reads. Build it first, with make build or dbt build -s +" ~ node.name ~ ".") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ sql_header or '' }}
    {{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro %}
