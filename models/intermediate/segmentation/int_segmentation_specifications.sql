-- One row per active segmentation: its specification as written in YAML, for the fit and for tracing.
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
        {{ specification.get('sample_size', 50000) }} as sample_size,
        cast({{ thresholds.get('smallest_share', 0.02) }} as double) as smallest_share,
        cast({{ thresholds.get('largest_share', 0.75) }} as double) as largest_share,
        /* figures of a segment are figures of a group */
        cast({{ var('minimum_cell_size') }} as integer) as smallest_customers
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'description': dbt.type_string(),
        'specification_json': dbt.type_string(), 'specification_fingerprint': dbt.type_string(),
        'sample_size': 'integer', 'smallest_share': 'double', 'largest_share': 'double',
        'smallest_customers': 'integer',
    }) }}
    {%- endfor %}

)

select * from specifications
