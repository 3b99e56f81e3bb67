{#- As dbt-spark, but an empty field is null, and quotation marks and backslashes stay what they are. -#}
{% macro sparkpython__load_csv_rows(model, agate_table) %}
    {% set column_types = model['config'].get('column_types', {}) %}
    {% set statements = [] %}
    {% for chunk in agate_table.rows | batch(get_batch_size()) %}
        {% set sql %}
            insert into {{ this.render() }} values
            {%- for row in chunk %}
            (
                {%- for name in agate_table.column_names -%}
                cast({{ spark_literal(row[loop.index0]) }} as {{ column_types.get(name, adapter.convert_type(agate_table, loop.index0)) }})
                {%- if not loop.last %}, {% endif -%}
                {%- endfor -%}
            ){{ ',' if not loop.last }}
            {%- endfor %}
        {% endset %}
        {% do adapter.add_query(sql, abridge_sql_log=True) %}
        {% do statements.append(sql) %}
    {% endfor %}
    {{ return(statements | first) }}
{% endmacro %}


{#- A value as a literal of Spark SQL; an apostrophe and a backslash by their numbers, for how they are written depends on a setting. -#}
{% macro spark_literal(value) %}
    {{ return('null' if value is none else "'" ~ (value | string | replace("'", "' || char(39) || '") | replace('\\', "' || char(92) || '")) ~ "'") }}
{% endmacro %}
