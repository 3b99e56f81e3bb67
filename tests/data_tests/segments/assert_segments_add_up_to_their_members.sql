with

members as (

    select
        segment_key,
        count(*) as members
    from {{ ref('int_segment_scores') }}
    group by segment_key

),

segments as (

    select * from {{ ref('int_segments') }}

)

select
    coalesce(segments.segment_key, members.segment_key) as segment_key,
    segments.customers,
    members.members
from segments
full outer join members
    on segments.segment_key = members.segment_key
where segments.customers is distinct from members.members
