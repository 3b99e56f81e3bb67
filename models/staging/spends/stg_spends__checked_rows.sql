-- One row per row of the input spends, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table', post_hook="{{ stop_on_rejects('spends', this) }}") }}

{{ check_input_sql('spends') }}
