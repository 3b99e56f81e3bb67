-- One row per segmentation and protected attribute: how far the segments stand in for it.
with

proxies as (

    select * from {{ ref('int_segment_proxies') }}

)

select * from proxies
