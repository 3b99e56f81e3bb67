{#- A group of a claim needs so many customers to be tested: enough to test, and enough to be shown. -#}
{% macro smallest_claim_group() %}
    {#- compared as numbers: a wrong variable is refused with a sentence before anything is built -#}
    {{ return([var('minimum_claim_customers') | int, var('minimum_cell_size') | int] | max) }}
{% endmacro %}
