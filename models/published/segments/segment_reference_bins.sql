-- One row per segmentation, feature and bin: how the feature was distributed when the model was fitted.
with

reference_bins as (

    select * from {{ ref('int_segment_reference_bins') }}

)

select * from reference_bins
