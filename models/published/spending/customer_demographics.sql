-- One row per cross of demographic attributes and combination of their values: customers, income, spend, utilisation.
with

report as (

    select * from {{ ref('rpt_customer_demographics') }}

)

select * from report
