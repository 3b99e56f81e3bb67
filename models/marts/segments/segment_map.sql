-- One row per segmentation, method and customer on the map: a place in two dimensions.
with

fitted_places as (

    select * from {{ fits() }}
    where record = 'place'

),

decisions as (

    select * from {{ ref('int_segmentation_decisions') }}

),

last_places as (

    {{ select_last_published('segment_map', {
        'segmentation': 'string', 'customer_id': 'string', 'method': 'string', 'x': 'double', 'y': 'double'
    }) }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}

),

/* the map of a model that is kept is not drawn again */
places as (

    select
        segmentation,
        customer_id,
        method,
        x,
        y
    from fitted_places
    union all
    select last_places.*
    from last_places
    inner join decisions
        on last_places.segmentation = decisions.segmentation
    where not decisions.is_fitted

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
