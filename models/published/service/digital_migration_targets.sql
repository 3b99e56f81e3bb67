-- One row per group and channel whose contacts could move online: how many, what that saves, and whether to ask for it.
with

report as (

    select * from {{ ref('rpt_digital_migration_targets') }}

)

select * from report
