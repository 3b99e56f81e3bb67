-- One row per pair of months in succession, old segment and new segment: customers and their share of the old segment.
with

migrations as (

    select * from {{ ref('int_segment_migrations') }}

)

select * from migrations
