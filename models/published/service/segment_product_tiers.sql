-- One row per relationship segment, and one for everyone: the card tier that fits, its fee against the cost of service.
with

report as (

    select * from {{ ref('rpt_segment_product_tiers') }}

)

select * from report
