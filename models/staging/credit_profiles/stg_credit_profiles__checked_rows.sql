-- One row per row of the input credit_profiles, usable or not: typed values, repairs and the reason of a rejection.
{{ config(materialized='table', post_hook="{{ stop_on_rejects('credit_profiles', this) }}") }}

{{ check_input_sql('credit_profiles') }}
