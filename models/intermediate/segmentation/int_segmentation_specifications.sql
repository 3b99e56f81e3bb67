-- One row per active segmentation: its specification as written in YAML, for the fit and for tracing.
-- depends_on: {{ feature_relations() }}
with

specifications as (

    {% for segmentation in active_segmentations() %}
    select
        '{{ segmentation }}' as segmentation,
        {{ sql_text(segmentation_specification(segmentation).get('description', '')) if execute else "''" }} as description,
        {{ sql_text(tojson(segmentation_specification(segmentation), sort_keys=true)) if execute else "''" }}
            as specification_json
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as description,
        cast(null as {{ dbt.type_string() }}) as specification_json
    where false
    {% endfor %}

)

select * from specifications
