-- One row per row of the input customers that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('customers'), materialized='table', post_hook="{{ raise_too_many_rejects('customers', this) }}") }}

{{ check_input_sql('customers', ref('customers')) }}
