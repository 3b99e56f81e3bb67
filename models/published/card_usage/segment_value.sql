-- One row per card-usage segment, and one for everyone: what its customers are worth to the bank in a year.
with

report as (

    select * from {{ ref('rpt_segment_value') }}

)

select * from report
