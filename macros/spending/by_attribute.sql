{#-
    Query for the rows of a relation that has the columns of int_customers_grouped, once under each demographic
    attribute and its value, and once under `all`. `columns` come along.
-#}
{% macro by_attribute(relation, columns) -%}
    select
        'all' as attribute,
        'all' as attribute_value,
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    union all
    select
        attribute,
        attribute_value,
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    /* the test for missing values is to see a value that cleaning lost */
    unpivot include nulls (attribute_value for attribute in (age_group, gender, marital_status, city, occupation))
{%- endmacro %}
