-- One row per row of the input card_usage, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table', post_hook="{{ stop_on_rejects('card_usage', this) }}") }}

{{ check_input_sql('card_usage') }}
