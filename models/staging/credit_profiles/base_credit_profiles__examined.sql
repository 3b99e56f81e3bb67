-- One row per row of the input credit_profiles that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled='credit_profiles' in given_inputs(), materialized='table', post_hook="{{ raise_too_many_rejects('credit_profiles', this) }}") }}

{{ check_input_sql('credit_profiles', ref('credit_profiles')) }}
