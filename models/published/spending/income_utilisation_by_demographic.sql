-- One row per demographic attribute and value: income utilisation as a ratio of means and as a mean of ratios.
with

report as (

    select * from {{ ref('rpt_income_utilisation_by_demographic') }}

)

select * from report
