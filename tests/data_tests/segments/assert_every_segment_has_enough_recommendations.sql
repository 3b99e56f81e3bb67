with

segments as (

    select segment_key from {{ ref('int_segments') }}

),

recommendations as (

    select
        segment_key,
        count(*) as recommendations,
        max(priority) as last_priority
    from {{ ref('segment_recommendations') }}
    group by segment_key

)

select
    segments.segment_key,
    recommendations.recommendations,
    recommendations.last_priority
from segments
left join recommendations
    on segments.segment_key = recommendations.segment_key
where
    coalesce(recommendations.recommendations, 0) < {{ var('minimum_recommendations') }}
    or recommendations.recommendations > {{ var('maximum_recommendations') }}
    or recommendations.last_priority <> recommendations.recommendations
