-- One row per segmentation and customer: nearest and runner-up segment, distance and margin.
{% set relations = feature_relations() %}
{% set parameters = ref('int_segment_parameters') %}
with

{% for segmentation, relation in relations.items() if execute -%}
{{ segmentation }}_scored as (

    {{ score_customers_sql(relation, parameters, segmentation) | trim | indent(4) }}

),

{% endfor -%}
scored as (

    {% for segmentation in relations if execute %}
    select * from {{ segmentation }}_scored
    union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as integer) as segment_number,
        cast(null as integer) as runner_up_segment_number,
        cast(null as double) as distance,
        cast(null as double) as margin
    where false

),

keys as (

    select distinct
        segmentation,
        segment_number,
        segment_key
    from {{ parameters }}
    where segment_key is not null

),

keyed as (

    select
        scored.segmentation,
        scored.customer_id,
        nearest.segment_key,
        runner_up.segment_key as runner_up_segment_key,
        scored.segment_number,
        scored.runner_up_segment_number,
        scored.distance,
        scored.margin
    from scored
    inner join keys as nearest
        on
            scored.segmentation = nearest.segmentation
            and scored.segment_number = nearest.segment_number
    left join keys as runner_up
        on
            scored.segmentation = runner_up.segmentation
            and scored.runner_up_segment_number = runner_up.segment_number

)

select * from keyed
