-- One row per group and channel: contacts, and whether the group has more of them than its share of customers.
with

report as (

    select * from {{ ref('rpt_service_demand') }}

)

select * from report
