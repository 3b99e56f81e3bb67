-- One row per row of the input customers, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table') }}

{{ check_input_sql('customers') }}
