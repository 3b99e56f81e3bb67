-- One row per segmentation, old and new segment and cause: customers who stayed or moved since the last publication.
with

moves as (

    select * from {{ ref('int_segment_moves') }}

)

select * from moves
