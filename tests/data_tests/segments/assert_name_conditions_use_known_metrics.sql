with

known_metrics as (

    {% for segmentation in active_segmentations() if execute %}
    {%- for metric in segmentation_metrics(segmentation) %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ metric.name }}' as metric
    union all
    {%- endfor %}
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as metric
    where false

),

active as (

    select segmentation from {{ ref('int_segmentation_specifications') }}

),

names as (

    select * from {{ ref('segment_names') }}

),

conditions as (

    select * from {{ ref('segment_name_conditions') }}

)

select
    names.segmentation,
    conditions.name_key,
    conditions.metric
from conditions
inner join names
    on conditions.name_key = names.name_key
inner join active
    on names.segmentation = active.segmentation
left join known_metrics
    on
        names.segmentation = known_metrics.segmentation
        and conditions.metric = known_metrics.metric
where known_metrics.metric is null
