-- One row per demographic attribute, value, category and payment type: spend and its share of the value's spend.
with

report as (

    select * from {{ ref('rpt_spend_by_demographic') }}

)

select * from report
