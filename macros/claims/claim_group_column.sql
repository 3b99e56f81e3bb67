{#- The value of the column that a claim groups by, where it is of this kind; null for the others. -#}
{% macro claim_group_column(population, kind, data_type) -%}
    {%- set columns = [] -%}
    {%- for column, column_kind in population.columns.items() if column_kind == kind -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    {%- if columns -%}
    case claims.group_by
        {%- for column in columns %}
        when '{{ column }}' then cast({{ population.get('column_sql', {}).get(column, column) }} as {{ data_type }})
        {%- endfor %}
    end
    {%- else -%}
    cast(null as {{ data_type }})
    {%- endif -%}
{%- endmacro %}
