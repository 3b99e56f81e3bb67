-- What should be done with each segment, by whom, on what evidence, and what should not be done?
with

recommendations as (

    select * from {{ ref('segment_recommendations') }}

),

ordered as (

    select
        segmentation,
        segment_key,
        segment_name,
        priority,
        team,
        action,
        evidence,
        what_not_to_do,
        is_vulnerable
    from recommendations

)

select * from ordered
order by
    segmentation asc,
    segment_key asc,
    priority asc
