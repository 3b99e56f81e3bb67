-- One row per segmentation and customer: nearest and runner-up segment, distance and margin.
{% set relations = feature_relations() %}
{% set parameters = ref('int_segment_parameters') %}
with

{% for segmentation, relation in relations.items() if execute -%}
{{ segmentation }}_scored as (

{{ score_customers_sql(relation, parameters, segmentation) | indent(4, first=true) }}

),

{% endfor -%}
scored as (

    {% for segmentation in relations if execute %}
    select * from {{ segmentation }}_scored
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as integer) as segment_number,
        cast(null as integer) as runner_up_segment_number,
        cast(null as double) as distance,
        cast(null as double) as margin
    where false
    {%- endfor %}

),

keyed as (

    select
        segmentation,
        customer_id,
        {{ segment_key('segment_number') }} as segment_key,
        {{ segment_key('runner_up_segment_number') }} as runner_up_segment_key,
        segment_number,
        runner_up_segment_number,
        distance,
        margin
    from scored

)

select * from keyed
