-- One row per audience and card benefit: the spend it rests on, what it is worth, what it costs, and its rank.
with

report as (

    select * from {{ ref('rpt_card_feature_recommendations') }}

)

select * from report
