-- One row per segmentation and feature, and one for the mix of segments: how far today's customers are from the fit's.
with

drift as (

    select * from {{ ref('int_segment_drift') }}

)

select * from drift
