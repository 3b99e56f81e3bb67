-- One row per segmentation and customer of the last publication that is still in the population.
with

models as (

    select * from {{ ref('int_prior_publication__models') }}

),

absent as (

    select distinct segmentation from {{ ref('int_prior_publication__registry') }}
    where status = 'absent'

),

populations as (

    select
        segmentation,
        customer_id
    from {{ ref('int_segmentation_features') }}

),

scores as (

    select * from {{ ref('int_prior_publication__scores') }}

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
        last_members.segment_key,
        false as is_scored_today
    from last_members
    inner join models
        on last_members.segmentation = models.segmentation
    inner join populations
        on
            last_members.segmentation = populations.segmentation
            and last_members.customer_id = populations.customer_id

),

/* the members of a segmentation that was absent were not carried over; its model says where they would have been */
returned as (

    select
        scores.segmentation,
        scores.customer_id,
        scores.segment_key,
        true as is_scored_today
    from scores
    inner join absent
        on scores.segmentation = absent.segmentation

),

members as (

    select * from remaining
    union all
    select * from returned

)

select * from members
