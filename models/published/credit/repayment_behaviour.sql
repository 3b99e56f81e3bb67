-- One row per kind of group and group: how its customers repay, and what they owe for what they earn.
with

report as (

    select * from {{ ref('rpt_repayment_behaviour') }}

)

select * from report
