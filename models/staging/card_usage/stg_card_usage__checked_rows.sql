-- One row per row of the input card_usage, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table') }}

{{ check_input_sql('card_usage') }}
