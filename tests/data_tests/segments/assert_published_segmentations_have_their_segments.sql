with

segment_counts as (

    select
        segmentation,
        count(*) as segments
    from {{ ref('int_segments') }}
    group by segmentation

),

outcomes as (

    select * from {{ ref('int_segmentation_outcomes') }}

)

select
    outcomes.segmentation,
    outcomes.status,
    outcomes.n_segments as expected_segments,
    segment_counts.segments
from outcomes
left join segment_counts
    on outcomes.segmentation = segment_counts.segmentation
where
    coalesce(segment_counts.segments, 0)
    <> case when outcomes.status = 'published' then outcomes.n_segments else 0 end
