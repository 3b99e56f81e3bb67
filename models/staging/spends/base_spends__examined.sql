-- One row per row of the input spends that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled='spends' in given_inputs(), materialized='table', post_hook="{{ raise_too_many_rejects('spends', this) }}") }}

{% set customers %}
{%- if has_inputs('customers') -%}
({{ usable_rows_sql('customers', ref('customers'), ref('base_customers__examined')) }}) as usable_customers
{%- endif -%}
{% endset %}
{{ check_input_sql('spends', ref('spends'), customers) }}
