{#-
    A relation of one row per customer, or those rows that claims are tested on where it has more than
    maximum_claim_customers: the same customers in every build, by the hash of the id.
-#}
{% macro claim_sample(relation) -%}
    (
        select *
        from {{ relation }}
        order by {{ dbt.hash('customer_id') }}, customer_id
        limit {{ var('maximum_claim_customers') }}
    )
{%- endmacro %}
