{{ config(severity='warn') }}

select
    name_key,
    segmentation
from {{ ref('segment_names') }}
where not coalesce(segmentation in ({{ sql_list(known_segmentations()) }}), false)
