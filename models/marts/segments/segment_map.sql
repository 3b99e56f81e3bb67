-- One row per segmentation, method and customer on the map: a place in two dimensions.
with

places as (

    select * from {{ ref('int_segment_maps') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

coloured as (

    select
        places.segmentation,
        places.customer_id,
        scores.segment_key,
        places.method,
        places.x,
        places.y
    from places
    inner join scores
        on
            places.segmentation = scores.segmentation
            and places.customer_id = scores.customer_id

)

select * from coloured
