-- One row per claim: how it was tested, what came out, and the verdict in words with its reason.
with

report as (

    select * from {{ ref('rpt_tested_claims') }}

)

select * from report
