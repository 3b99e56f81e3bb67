-- One row per segmentation and customer of the last publication that is still in the population.
{% set relations = feature_relations() %}
with

last_members as (

    {{ select_last_published('segment_members', {
        'segmentation': 'string', 'customer_id': 'string', 'segment_key': 'string'
    }) }}

),

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

matched as (

    select
        last_members.segmentation,
        last_members.customer_id,
        last_members.segment_key,
        populations.customer_id is not null as is_in_population
    from last_members
    left join populations
        on
            last_members.segmentation = populations.segmentation
            and last_members.customer_id = populations.customer_id

),

remaining_shares as (

    select
        segmentation,
        avg(case when is_in_population then 1.0 else 0.0 end) as remaining_share
    from matched
    group by segmentation

),

/* where most customers are others than before, this is another population and its segments begin anew */
remaining as (

    select
        matched.segmentation,
        matched.customer_id,
        matched.segment_key
    from matched
    inner join remaining_shares
        on matched.segmentation = remaining_shares.segmentation
    where
        matched.is_in_population
        and remaining_shares.remaining_share >= {{ var('minimum_remaining_share') }}

)

select * from remaining
