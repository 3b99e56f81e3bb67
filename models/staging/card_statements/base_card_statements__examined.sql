-- One row per row of the input card_statements that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('card_statements'), materialized='table', post_hook="{{ raise_too_many_rejects('card_statements', this) }}") }}

{{ check_input_sql('card_statements', ref('card_statements')) }}
