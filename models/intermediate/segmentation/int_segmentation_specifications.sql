-- One row per active segmentation: its specification as written in YAML, and the published model that may be reused.
with

written as (

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

),

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

last_members as (

    {{ select_last_published('segment_members', {'segmentation': 'string', 'customer_id': 'string'}) }}

),

last_segmentations as (

    {{ select_last_published('segmentations', {
        'segmentation': 'string', 'model_version': 'string', 'specification_fingerprint': 'string',
        'fitted_at': 'timestamp', 'fitted_customers': 'bigint', 'verdict': 'string', 'status': 'string'
    }) }}

),

last_registry as (

    {{ select_last_published('segment_registry', {'segmentation': 'string', 'status': 'string'}) }}

),

/* where most customers are others than before, this is another population and its segments begin anew */
remaining as (

    select last_members.segmentation
    from last_members
    left join populations
        on
            last_members.segmentation = populations.segmentation
            and last_members.customer_id = populations.customer_id
    group by last_members.segmentation
    having
        count(populations.customer_id) > 0
        and avg(case when populations.customer_id is not null then 1.0 else 0.0 end)
        >= {{ var('minimum_remaining_share') }}

),

last_models as (

    select last_segmentations.*
    from last_segmentations
    inner join remaining
        on last_segmentations.segmentation = remaining.segmentation
    where last_segmentations.status = 'published'

),

specifications as (

    select
        written.*,
        last_models.model_version as last_model_version,
        last_models.verdict as last_verdict,
        last_models.fitted_customers as last_fitted_customers,
        last_models.specification_fingerprint = written.specification_fingerprint as is_same_specification,
        last_models.fitted_at as last_fitted_at,
        /* a publication carries the model and the keys of a segmentation that is absent, but no members */
        written.segmentation in (
            select last_registry.segmentation from last_registry
            where last_registry.status = 'absent'
        ) as is_returning
    from written
    left join last_models
        on written.segmentation = last_models.segmentation

)

select * from specifications
