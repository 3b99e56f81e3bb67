-- One row per segmentation and customer: the segment that the last published model gives them today.
{% set relations = feature_relations() %}
{% set parameters = ref('int_prior_publication__parameters') %}
with

{% for segmentation, relation in relations.items() if execute -%}
{{ segmentation }}_scored as (

    {{ score_customers_sql(relation, parameters, segmentation) | trim | indent(4) }}

),

{% endfor -%}
scored as (

    {% for segmentation in relations if execute %}
    select
        segmentation,
        customer_id,
        segment_number
    from {{ segmentation }}_scored
    union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        cast(null as integer) as segment_number
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
        keys.segment_key
    from scored
    inner join keys
        on
            scored.segmentation = keys.segmentation
            and scored.segment_number = keys.segment_number

)

select * from keyed
