-- One row per segment key that has ever been published for these customers, in use or retired.
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
    left join models
        on published_members.segmentation = models.segmentation
    where models.segmentation is null

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
    inner join specifications
        on last_registry.segmentation = specifications.segmentation
    left join replaced
        on last_registry.segmentation = replaced.segmentation
    where replaced.segmentation is null

)

select * from registry
