-- One row per row of the input card_usage that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled='card_usage' in given_inputs(), materialized='table', post_hook="{{ raise_too_many_rejects('card_usage', this) }}") }}

{{ check_input_sql('card_usage', ref('card_usage')) }}
