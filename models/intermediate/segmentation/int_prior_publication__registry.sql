-- One row per segment key that has ever been published for these customers: in use, retired or absent.
with

specifications as (

    select * from {{ ref('int_segmentation_specifications') }}

),

models as (

    select * from {{ ref('int_prior_publication__models') }}

),

published_members as (

    {{ select_last_published('segment_members', {'segmentation': 'string'}) }}

),

/* members were published, and hardly any of them is left: another population, whose keys begin anew */
replaced as (

    select distinct published_members.segmentation
    from published_members
    inner join specifications
        on published_members.segmentation = specifications.segmentation
    left join models
        on published_members.segmentation = models.segmentation
    where models.segmentation is null

),

compared as (

    select
        segmentation,
        true as is_replaced
    from replaced
    union all
    select
        segmentation,
        false as is_replaced
    from models

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
    left join replaced
        on last_registry.segmentation = replaced.segmentation
    where
        replaced.segmentation is null
        and (specifications.segmentation is not null or not populations.are_all_replaced)

)

select * from registry
