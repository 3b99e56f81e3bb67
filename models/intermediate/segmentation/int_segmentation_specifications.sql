-- One row per active segmentation: its specification as written in YAML, for the fit and for tracing.
-- depends_on: {{ feature_relations() }}
with

specifications as (

    {% for segmentation in active_segmentations() if execute %}
    {%- set specification = segmentation_specification(segmentation) %}
    {%- set thresholds = specification.get('thresholds', {}) %}
    select
        '{{ segmentation }}' as segmentation,
        {{ sql_text(specification.get('description', '')) }} as description,
        {{ sql_text(tojson(specification, sort_keys=true)) }} as specification_json,
        /* what describes a segment does not change it, so it does not belong to the model's identity */
        '{{ local_md5(tojson(model_settings(specification), sort_keys=true)) }}' as specification_fingerprint,
        cast({{ thresholds.get('smallest_share', 0.02) }} as double) as smallest_share,
        cast({{ thresholds.get('largest_share', 0.75) }} as double) as largest_share
    union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as description,
        cast(null as {{ dbt.type_string() }}) as specification_json,
        cast(null as {{ dbt.type_string() }}) as specification_fingerprint,
        cast(null as double) as smallest_share,
        cast(null as double) as largest_share
    where false

)

select * from specifications
