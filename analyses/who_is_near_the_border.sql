-- Whose segment would change with little: how many customers lie near a border, and near which other segment?
with

members as (

    select * from {{ ref('segment_members') }}

),

segments as (

    select * from {{ ref('segments') }}

),

by_neighbour as (

    select
        segmentation,
        segment_key,
        segment_name,
        runner_up_segment_key,
        count(*) as customers,
        /* a customer with a margin of 0 lies on the border */
        sum(case when margin < 0.05 then 1 else 0 end) as customers_near_border
    from members
    group by
        segmentation,
        segment_key,
        segment_name,
        runner_up_segment_key

),

named as (

    select
        by_neighbour.segmentation,
        by_neighbour.segment_key,
        by_neighbour.segment_name,
        segments.segment_name as runner_up_segment_name,
        by_neighbour.customers,
        by_neighbour.customers_near_border,
        cast(by_neighbour.customers_near_border as double) / by_neighbour.customers as near_border_share
    from by_neighbour
    inner join segments
        on by_neighbour.runner_up_segment_key = segments.segment_key

)

select * from named
order by
    segmentation asc,
    customers_near_border desc,
    segment_key asc,
    runner_up_segment_name asc
