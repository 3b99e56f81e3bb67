-- One row per segmentation and customer: the values of the segmentation's metrics, in the order of its specification.
{% set relations = feature_relations() %}
with

features as (

    {% for segmentation, relation in relations.items() if execute %}
    {{ metric_values_sql(relation, segmentation, segmentation_columns(segmentation)) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'customer_id': dbt.type_string(), 'metric_values': type_list('double'),
    }) }}
    {%- endfor %}

)

select * from features
