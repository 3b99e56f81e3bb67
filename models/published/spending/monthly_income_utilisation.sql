-- One row per demographic attribute, value and month: spend against the monthly income, and its change.
with

report as (

    select * from {{ ref('rpt_monthly_income_utilisation') }}

)

select * from report
