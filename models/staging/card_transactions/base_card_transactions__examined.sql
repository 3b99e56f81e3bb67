-- One row per row of the input card_transactions that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('card_transactions'), materialized='table', post_hook="{{ raise_too_many_rejects('card_transactions', this) }}") }}

{{ check_input_sql('card_transactions', ref('card_transactions')) }}
