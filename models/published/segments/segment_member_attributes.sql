-- One row per segmentation, customer and attribute that the variable pass_through asks for.
with

attributes as (

    select * from {{ ref('int_segment_member_attributes') }}

)

select * from attributes
