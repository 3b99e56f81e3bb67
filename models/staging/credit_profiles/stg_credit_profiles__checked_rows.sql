-- One row per row of the input credit_profiles, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table') }}

{{ check_input_sql('credit_profiles') }}
