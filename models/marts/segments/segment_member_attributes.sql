-- One row per segmentation, customer and attribute that the variable pass_through asks for.
with

members as (

    select * from {{ ref('int_segment_scores') }}

),

{% for source in passed_attributes() -%}
{% for column in source.columns -%}
{{ source.segmentation }}_{{ source.input_name }}_{{ loop.index }} as (

    select
        '{{ source.segmentation }}' as segmentation,
        {{ source.key }} as customer_id,
        {{ sql_text(column.attribute) }} as attribute,
        {% if source.month -%}
        {{ latest_known(column.name, source.month) }} as attribute_value
        {%- else -%}
        max({{ column.name }}) as attribute_value
        {%- endif %}
    from {{ source.relation }}
    where
        {{ column.name }} is not null
        and {{ column.name }} not in ({{ sql_list(identifier_marks()) }})
    group by {{ source.key }}

),

{% endfor -%}
{% endfor -%}
attributes as (

    {% for source in passed_attributes() -%}
    {%- set outer_loop = loop %}
    {%- for column in source.columns -%}
    select * from {{ source.segmentation }}_{{ source.input_name }}_{{ loop.index }}
    {{ 'union all' if not (loop.last and outer_loop.last) }}
    {% endfor -%}
    {%- else %}
    {{ empty_relation({
        'segmentation': dbt.type_string(), 'customer_id': dbt.type_string(),
        'attribute': dbt.type_string(), 'attribute_value': dbt.type_string(),
    }) }}
    {%- endfor %}

),

member_attributes as (

    select attributes.*
    from attributes
    inner join members
        on
            attributes.segmentation = members.segmentation
            and attributes.customer_id = members.customer_id

)

select * from member_attributes
