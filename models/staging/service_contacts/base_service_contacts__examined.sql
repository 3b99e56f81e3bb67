-- One row per row of the input service_contacts that does not stand as it is: typed values, repairs and the reason of a rejection.
{{ config(enabled=has_inputs('service_contacts'), materialized='table', post_hook="{{ raise_too_many_rejects('service_contacts', this) }}") }}

{{ check_input_sql('service_contacts', ref('service_contacts')) }}
