with

places as (

    select * from {{ ref('segment_map') }}

),

members as (

    select * from {{ ref('segment_members') }}

)

select
    places.segmentation,
    places.customer_id,
    places.segment_key,
    members.segment_key as segment_key_of_member
from places
left join members
    on
        places.segmentation = members.segmentation
        and places.customer_id = members.customer_id
where places.segment_key is distinct from members.segment_key
