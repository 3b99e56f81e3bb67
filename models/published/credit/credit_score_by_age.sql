-- One row per age scheme and age group: the credit scores of its customers against everyone's.
with

report as (

    select * from {{ ref('rpt_credit_score_by_age') }}

)

select * from report
