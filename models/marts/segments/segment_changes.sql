-- One row per segmentation, old and new segment and cause: customers who stayed or moved since the last publication.
with

last_members as (

    select * from {{ ref('int_prior_publication__members') }}
    where not is_scored_today

),

last_scores as (

    select * from {{ ref('int_prior_publication__scores') }}

),

members as (

    select * from {{ ref('int_segment_scores') }}

),

compared as (

    select
        members.segmentation,
        last_members.segment_key as from_segment_key,
        members.segment_key as to_segment_key,
        /* the old model on today's data parts what the customer changed from what the model changed */
        case
            when last_members.segment_key = members.segment_key then 'stayed'
            when last_scores.segment_key is null then 'unknown'
            when last_scores.segment_key = last_members.segment_key then 'model'
            when last_scores.segment_key = members.segment_key then 'behaviour'
            else 'both'
        end as cause
    from members
    inner join last_members
        on
            members.segmentation = last_members.segmentation
            and members.customer_id = last_members.customer_id
    left join last_scores
        on
            members.segmentation = last_scores.segmentation
            and members.customer_id = last_scores.customer_id

),

moves as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        cause,
        count(*) as customers,
        cast(count(*) as double) / sum(count(*)) over (partition by segmentation, from_segment_key) as rate
    from compared
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        cause

)

select * from moves
