-- One row per group, staffed channel and estimate of the handling time: the staff that a year of contacts needs.
with

report as (

    select * from {{ ref('rpt_staffing_plan') }}

)

select * from report
