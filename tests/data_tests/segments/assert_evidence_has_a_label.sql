with

recommendations as (

    select * from {{ ref('segment_recommendations') }}

),

playbook as (

    select * from {{ ref('segment_playbook') }}

),

labels as (

    select * from {{ ref('segment_metrics') }}

)

select
    recommendations.segment_key,
    recommendations.recommendation_key,
    recommendations.evidence_metric
from recommendations
inner join playbook
    on recommendations.recommendation_key = playbook.recommendation_key
left join labels
    on recommendations.evidence_metric = labels.metric
where
    not playbook.is_fallback
    and labels.metric is null
