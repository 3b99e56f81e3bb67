{#- A group of a claim needs so many customers to be tested: enough to judge by, and enough to be shown. -#}
{% macro smallest_claim_group() %}
    {{ return([var('minimum_claim_customers'), var('minimum_cell_size')] | max) }}
{% endmacro %}
