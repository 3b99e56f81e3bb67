{#-
    Whether a customer is in a sample of customers whose rows are about five million, of all where there are fewer. By
    hash, so that the same customers are in it in every build, and in every input.
-#}
{% macro is_in_hash_sample(customer_id, total_rows) -%}
    hash({{ customer_id }}) % 10000 < 10000 * least(1, 5000000.0 / {{ total_rows }})
{%- endmacro %}
