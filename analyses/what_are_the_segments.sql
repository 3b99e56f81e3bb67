-- Which segments are there, how large are they, and what share of the value do they hold?
with

segments as (

    select * from {{ ref('segments') }}

),

described as (

    select
        segmentation,
        segment_name,
        rule,
        value_metric,
        customers,
        customer_share,
        value_share,
        value_share / nullif(customer_share, 0) as value_per_customer_ratio
    from segments

)

select * from described
order by
    segmentation asc,
    value_share desc,
    segment_name asc
