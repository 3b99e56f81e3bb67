with

recommendations as (

    select
        segment_key,
        recommendation_key
    from {{ ref('segment_recommendations') }}

),

playbook as (

    select
        recommendation_key,
        action_group
    from {{ ref('segment_playbook') }}
    where action_group is not null

)

select
    recommendations.segment_key,
    playbook.action_group,
    count(*) as actions
from recommendations
inner join playbook
    on recommendations.recommendation_key = playbook.recommendation_key
group by
    recommendations.segment_key,
    playbook.action_group
having count(*) > 1
