-- One row per segment key ever published for these customers: in use, or retired and never used again.
with

registry as (

    select * from {{ ref('int_segment_registry') }}

)

select * from registry
