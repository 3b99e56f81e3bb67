-- One row per card-usage segment, and one for everyone, and class of behaviour: how common the class is there.
with

report as (

    select * from {{ ref('rpt_behaviour_by_segment') }}

)

select * from report
