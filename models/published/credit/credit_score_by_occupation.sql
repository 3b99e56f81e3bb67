-- One row per occupation: the credit scores of its customers against everyone's.
with

report as (

    select * from {{ ref('rpt_credit_score_by_occupation') }}

)

select * from report
