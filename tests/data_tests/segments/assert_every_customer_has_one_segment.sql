{% set relations = feature_relations() %}
with

populations as (

    {% for segmentation, relation in relations.items() %}
    select
        '{{ segmentation }}' as segmentation,
        customer_id
    from {{ relation }}
    union all
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as segmentation,
        cast(null as {{ dbt.type_string() }}) as customer_id
    where false

),

published as (

    select segmentation
    from {{ ref('int_segmentation_outcomes') }}
    where status = 'published'

),

memberships as (

    select
        segmentation,
        customer_id,
        count(*) as segments
    from {{ ref('int_segment_members') }}
    group by
        segmentation,
        customer_id

)

select
    populations.segmentation,
    populations.customer_id,
    memberships.segments
from populations
inner join published
    on populations.segmentation = published.segmentation
left join memberships
    on
        populations.segmentation = memberships.segmentation
        and populations.customer_id = memberships.customer_id
where memberships.segments is distinct from 1
