-- One row per row of the input spends, usable or not: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('spends'), materialized='table', post_hook=[
    "{{ raise_too_many_rejects('spends', this) }}",
    "{{ raise_unmatched_words(this, ref('card_benefits') if has_inputs('customers') else none) }}",
]) }}

{{ check_input_sql('spends') }}
