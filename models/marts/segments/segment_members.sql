-- One row per segmentation and customer: the customer's segment and how near it is.
with

members as (

    select * from {{ ref('int_segment_members') }}

)

select * from members
