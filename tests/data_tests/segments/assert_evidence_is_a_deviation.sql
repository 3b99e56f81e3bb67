with

recommendations as (

    select * from {{ ref('segment_recommendations') }}
    where evidence_statistic in ('index_100', 'standardised_difference')

),

specific_rules as (

    select recommendation_key from {{ ref('segment_playbook') }}
    where not is_fallback

),

profiles as (

    select * from {{ ref('int_segment_profiles') }}

)

select
    recommendations.segment_key,
    recommendations.recommendation_key,
    recommendations.evidence
from recommendations
inner join specific_rules
    on recommendations.recommendation_key = specific_rules.recommendation_key
inner join profiles
    on
        recommendations.segment_key = profiles.segment_key
        and recommendations.evidence_metric = profiles.metric
where
    round(coalesce(profiles.index_100, 100), 9) > 80
    and round(coalesce(profiles.index_100, 100), 9) < 120
    and round(abs(coalesce(profiles.standardised_difference, 0)), 9) < 0.2
