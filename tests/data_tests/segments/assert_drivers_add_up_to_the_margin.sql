-- What drives a member adds up to what the margin is made of, which scoring has measured by itself.
with

drivers as (

    select * from {{ ref('segment_drivers') }}

),

members as (

    select
        *,
        /* the distance to the runner-up follows from the margin, but on a centre, where it could be any */
        power(distance / (1 - margin), 2) - power(distance, 2) as distance_gap
    from {{ ref('segment_members') }}
    where margin < 1

)

select
    members.segmentation,
    members.customer_id,
    members.distance_gap,
    drivers.distance_gap as explained_gap
from members
left join drivers
    on
        members.segmentation = drivers.segmentation
        and members.customer_id = drivers.customer_id
where
    drivers.distance_gap is null
    or abs(members.distance_gap - drivers.distance_gap) > 1e-9 * (1 + members.distance_gap + power(members.distance, 2))
