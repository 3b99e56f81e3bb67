{#-
    Whether a customer is in a sample of customers whose rows are about five million, of all where there are fewer. By
    hash, so that the same customers are in it in every build, and in every input.
-#}
{% macro is_in_hash_sample(customer_id, total_rows) -%}
    {{ return(adapter.dispatch('is_in_hash_sample', 'card_segments')(customer_id, total_rows)) }}
{%- endmacro %}


{% macro default__is_in_hash_sample(customer_id, total_rows) -%}
    hash({{ customer_id }}) % 10000 < 10000 * least(1, 5000000.0 / {{ total_rows }})
{%- endmacro %}


{#- Of more rows this is another sample than that of DuckDB. -#}
{% macro spark__is_in_hash_sample(customer_id, total_rows) -%}
    pmod(xxhash64({{ customer_id }}), 10000) < 10000 * least(1, cast(5000000 as double) / {{ total_rows }})
{%- endmacro %}
