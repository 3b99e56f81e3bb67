-- One row per demographic attribute, value, month, category and payment type: spend and its share of the value's spend.
with

report as (

    select * from {{ ref('rpt_monthly_spend') }}

)

select * from report
