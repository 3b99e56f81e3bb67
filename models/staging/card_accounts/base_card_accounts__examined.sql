-- One row per row of the input card_accounts that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('card_accounts'), materialized='table', post_hook="{{ raise_too_many_rejects('card_accounts', this) }}") }}

{{ check_input_sql('card_accounts', ref('card_accounts')) }}
