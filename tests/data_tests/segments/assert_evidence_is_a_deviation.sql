with

recommendations as (

    select * from {{ ref('int_segment_recommendations') }}
    where
        not is_fallback
        and evidence_statistic in ('index_100', 'standardised_difference')

),

profiles as (

    select * from {{ ref('int_segment_profiles') }}

)

select
    recommendations.segment_key,
    recommendations.recommendation_key,
    recommendations.evidence
from recommendations
inner join profiles
    on
        recommendations.segment_key = profiles.segment_key
        and recommendations.evidence_metric = profiles.metric
where
    round(coalesce(profiles.index_100, 100), 9) > 80
    and round(coalesce(profiles.index_100, 100), 9) < 120
    and round(abs(coalesce(profiles.standardised_difference, 0)), 9) < 0.2
