{#- A select with these columns and no rows, for where no enabled input could give any. -#}
{% macro empty_relation(columns) -%}
    select
        {%- for column, data_type in columns.items() %}
        cast(null as {{ data_type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endmacro %}
