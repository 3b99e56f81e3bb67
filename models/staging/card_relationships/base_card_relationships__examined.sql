-- One row per row of the input card_relationships that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled='card_relationships' in given_inputs(), materialized='table', post_hook="{{ raise_too_many_rejects('card_relationships', this) }}") }}

{{ check_input_sql('card_relationships', ref('card_relationships')) }}
