-- One row per segmentation, method and customer on the map: a place in two dimensions.
with

places as (

    select * from {{ ref('int_segment_maps') }}

)

select * from places
