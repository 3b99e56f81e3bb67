-- One row per row of the input card_usage, usable or not: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('card_usage'), materialized='table', post_hook="{{ raise_too_many_rejects('card_usage', this) }}") }}

{{ check_input_sql('card_usage') }}
