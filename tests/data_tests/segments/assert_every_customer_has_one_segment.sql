with

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

published as (

    select segmentation
    from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

memberships as (

    select
        segmentation,
        customer_id,
        count(*) as segments
    from {{ ref('segment_members') }}
    group by
        segmentation,
        customer_id

)

select
    populations.segmentation,
    populations.customer_id,
    memberships.segments
from populations
inner join published
    on populations.segmentation = published.segmentation
left join memberships
    on
        populations.segmentation = memberships.segmentation
        and populations.customer_id = memberships.customer_id
where memberships.segments is distinct from 1
