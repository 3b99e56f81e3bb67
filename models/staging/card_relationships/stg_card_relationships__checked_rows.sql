-- One row per row of the input card_relationships, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table', post_hook="{{ stop_on_rejects('card_relationships', this) }}") }}

{{ check_input_sql('card_relationships') }}
