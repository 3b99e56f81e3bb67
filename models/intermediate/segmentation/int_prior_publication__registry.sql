-- One row per segment key that has ever been published for these customers: in use, retired or absent.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

published_members as (

    {{ select_last_published('segment_members', {'segmentation': 'string'}) }}

),

/* where members were published and hardly any of them is left, this is another population, whose keys begin anew */
compared as (

    select
        segmentation,
        last_model_version is null as is_replaced
    from specifications
    where
        last_model_version is not null
        or segmentation in (select published_members.segmentation from published_members)

),

/* where all that can be compared was replaced, what is absent was of other customers too */
populations as (

    select coalesce(bool_and(is_replaced), false) as are_all_replaced
    from compared

),

last_registry as (

    {{ select_last_published('segment_registry', {
        'segmentation': 'string', 'segment_key': 'string', 'key_number': 'integer', 'name_key': 'string',
        'segment_name': 'string', 'description': 'string', 'status': 'string',
        'first_published_at': 'timestamp', 'last_published_at': 'timestamp'
    }) }}

),

registry as (

    select last_registry.*
    from last_registry
    cross join populations
    left join specifications
        on last_registry.segmentation = specifications.segmentation
    left join compared
        on last_registry.segmentation = compared.segmentation
    where
        not coalesce(compared.is_replaced, false)
        and (specifications.segmentation is not null or not populations.are_all_replaced)

)

select * from registry
