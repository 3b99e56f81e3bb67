{#-
    dbt-spark writes constraints into Delta tables only. Tables of other formats keep none, so keys and columns that must
    not be empty are looked at once, when the table is there.
-#}
{% macro sparkpython__persist_constraints(relation, model) %}
    {% if not config.get('contract').enforced or config.get('file_format') == 'delta' %}
        {{ return(none) }}
    {% endif %}
    {% set required = [] %}
    {% set breaches = [] %}
    {% for column in model.columns.values() if column.constraints | selectattr('type', 'equalto', 'not_null') | list %}
        {% do required.append(column.name) %}
    {% endfor %}
    {% for constraint in model.constraints if constraint.type in ('primary_key', 'unique') %}
        {% if constraint.type == 'primary_key' %}
            {% do required.extend(constraint.columns) %}
        {% endif %}
        {% set keys = constraint.columns | join(', ') %}
        {% do breaches.append("select 'more than one row has the same " ~ keys ~ "' as breach from " ~ relation ~ ' group by ' ~ keys ~ ' having count(*) > 1') %}
    {% endfor %}
    {% for column in required | unique %}
        {% do breaches.append("select '" ~ column ~ " is null' as breach from " ~ relation ~ ' where ' ~ column ~ ' is null') %}
    {% endfor %}
    {% if breaches %}
        {% set found = run_query('select distinct breach from (' ~ breaches | join(' union all ') ~ ')').columns[0].values() %}
        {% if found %}
            {% do exceptions.raise_compiler_error('The table ' ~ relation ~ ' breaks its contract: ' ~ found | join('; ') ~ '.') %}
        {% endif %}
    {% endif %}
{% endmacro %}
