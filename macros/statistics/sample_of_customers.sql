{#- Rows of so many customers of a relation at most, chosen by hash: the same ones in every build. -#}
{% macro sample_of_customers(relation, most) -%}
    (
        select * from {{ relation }}
        where customer_id in (
            select customer_id from {{ relation }}
            group by customer_id
            order by {{ dbt.hash('customer_id') }}, customer_id
            limit {{ most }}
        )
    )
{%- endmacro %}
