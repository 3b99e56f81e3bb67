-- One row per segmentation, sampled customer and column that the fit sees, in long form.
{% set relations = feature_relations() %}
with

{% for segmentation, relation in relations.items() if execute -%}
{{ segmentation }}_sampled as (

    /* a sample by hash: the same customers in every build, whatever the order of the rows */
    select
        *,
        row_number() over (order by {{ dbt.hash('customer_id') }}, customer_id) as sample_position
    from {{ relation }}

),

{% endfor -%}
samples as (

    {% for segmentation in relations if execute %}
    {%- set outer_loop = loop %}
    {%- for column in segmentation_sample_columns(segmentation) %}
    select
        '{{ segmentation }}' as segmentation,
        customer_id,
        '{{ column }}' as feature,
        cast({{ column }} as double) as feature_value
    from {{ segmentation }}_sampled
    where sample_position <= {{ segmentation_sample_size(segmentation) }}
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {%- endfor %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as {{ dbt.type_string() }}) as feature,
        cast(null as double) as feature_value
    where false
    {%- endfor %}

)

select * from samples
