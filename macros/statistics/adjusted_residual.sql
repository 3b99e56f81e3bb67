{#-
    How far the count of a cell lies from what chance gives, in standard deviations of chance: the adjusted
    residual of Haberman (1973), beyond 2 either way more than noise. The same figure as the z of a
    two-proportion test of the row against all the others. Null where the row or the column is empty or is everyone.
-#}
{% macro adjusted_residual(customers, row_customers, column_customers, all_customers) -%}
    ({{ customers }} - cast({{ row_customers }} as double) * {{ column_customers }} / {{ all_customers }})
    / nullif(sqrt(
        cast({{ row_customers }} as double) * {{ column_customers }} / {{ all_customers }}
        * (1 - cast({{ row_customers }} as double) / {{ all_customers }})
        * (1 - cast({{ column_customers }} as double) / {{ all_customers }})
    ), 0)
{%- endmacro %}
