-- One row per segment and value of a protected attribute: how much more often the group is in the segment than others.
with

group_shares as (

    select * from {{ ref('int_segment_group_shares') }}

)

select * from group_shares
