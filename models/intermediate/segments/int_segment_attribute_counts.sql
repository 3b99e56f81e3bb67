-- One row per segmentation, protected attribute, value and segment: customers, zero where there is no one.
{% set relations = attribute_relations() %}
with

scores as (

    select * from {{ ref('int_segment_scores') }}

),

attributes as (

    {% for segmentation, relation in relations.items() %}
    select
        '{{ segmentation }}' as segmentation,
        customer_id,
        attribute,
        attribute_value
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'customer_id': dbt.type_string(),
        'attribute': dbt.type_string(), 'attribute_value': dbt.type_string(),
    }) }}
    {%- endfor %}

),

crossed as (

    select
        scores.segmentation,
        attributes.attribute,
        attributes.attribute_value,
        scores.segment_key,
        count(*) as customers
    from scores
    inner join attributes
        on
            scores.segmentation = attributes.segmentation
            and scores.customer_id = attributes.customer_id
    group by
        scores.segmentation,
        attributes.attribute,
        attributes.attribute_value,
        scores.segment_key

),

attribute_values as (

    select
        segmentation,
        attribute,
        attribute_value,
        sum(customers) as value_customers
    from crossed
    group by
        segmentation,
        attribute,
        attribute_value

),

segment_sizes as (

    select
        segmentation,
        attribute,
        segment_key,
        sum(customers) as segment_customers,
        sum(sum(customers)) over (partition by segmentation, attribute) as population_customers
    from crossed
    group by
        segmentation,
        attribute,
        segment_key

),

counts as (

    select
        segment_sizes.segmentation,
        segment_sizes.segment_key,
        segment_sizes.attribute,
        attribute_values.attribute_value,
        coalesce(crossed.customers, 0) as customers,
        cast(attribute_values.value_customers as bigint) as value_customers,
        cast(segment_sizes.segment_customers as bigint) as segment_customers,
        cast(segment_sizes.population_customers as bigint) as population_customers
    from segment_sizes
    inner join attribute_values
        on
            segment_sizes.segmentation = attribute_values.segmentation
            and segment_sizes.attribute = attribute_values.attribute
    left join crossed
        on
            segment_sizes.segment_key = crossed.segment_key
            and segment_sizes.attribute = crossed.attribute
            and attribute_values.attribute_value = crossed.attribute_value

)

select * from counts
