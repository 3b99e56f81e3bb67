with

segments as (

    select
        segmentation,
        segment_key,
        segment_number
    from {{ ref('int_segments') }}

),

keys as (

    select distinct
        segmentation,
        segment_key,
        segment_number
    from {{ ref('int_segment_parameters') }}
    where parameter = 'centroid'

),

registry as (

    select * from {{ ref('segment_registry') }}
    where status = 'in_use'

)

select
    coalesce(segments.segment_key, keys.segment_key) as segment_key,
    segments.segment_key is not null as has_customers,
    keys.segment_key is not null as has_key,
    registry.segment_key is not null as is_in_use
from segments
full outer join keys
    on
        segments.segmentation = keys.segmentation
        and segments.segment_key = keys.segment_key
        and segments.segment_number = keys.segment_number
left join registry
    on segments.segment_key = registry.segment_key
where
    segments.segment_key is null
    or keys.segment_key is null
    or registry.segment_key is null
