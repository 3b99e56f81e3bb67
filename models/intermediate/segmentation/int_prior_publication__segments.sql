-- One row per segment of the last publication: its size and its stability.
with

last_segments as (

    {{ select_last_published('segments', {
        'segmentation': 'string', 'segment_key': 'string', 'customers': 'bigint', 'customer_share': 'double',
        'jaccard': 'double'
    }) }}

)

select * from last_segments
