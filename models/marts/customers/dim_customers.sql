-- One row per customer: demographics and income.
with

customers as (

    select * from {{ ref('stg_customers__customers') }}

)

select * from customers
