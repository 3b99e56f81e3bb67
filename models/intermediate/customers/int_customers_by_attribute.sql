-- One row per customer and demographic attribute, with `all` as the attribute that everyone shares.
{{ config(enabled=has_inputs('customers'), materialized='view') }}
with

customers as (

    select * from {{ ref('int_customers_grouped') }}

),

by_attribute as (

    {{ by_attribute('customers', ['customer_id']) }}

)

select * from by_attribute
