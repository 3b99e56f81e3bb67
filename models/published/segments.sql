-- One row per published segment: its name, size, value and stability.
with

segments as (

    select * from {{ ref('int_segments') }}

),

published_columns as (

    select
        segmentation,
        segment_key,
        segment_name,
        description,
        value_metric,
        segment_number,
        customers,
        customer_share,
        value_share,
        jaccard,
        average_margin
    from segments

)

select * from published_columns
