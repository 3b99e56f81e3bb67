-- One row per segmentation and customer of the last publication that is still in the population.
with

models as (

    select * from {{ ref('int_prior_publication__models') }}

),

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

last_members as (

    {{ select_last_published('segment_members', {
        'segmentation': 'string', 'customer_id': 'string', 'segment_key': 'string'
    }) }}

),

remaining as (

    select
        last_members.segmentation,
        last_members.customer_id,
        last_members.segment_key
    from last_members
    inner join models
        on last_members.segmentation = models.segmentation
    inner join populations
        on
            last_members.segmentation = populations.segmentation
            and last_members.customer_id = populations.customer_id

)

select * from remaining
