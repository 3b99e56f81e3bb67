-- One row per customer: average monthly spend against monthly income.
with

utilisation as (

    select * from {{ ref('fct_customer_income_utilisation') }}

)

select * from utilisation
