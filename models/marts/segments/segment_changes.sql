-- One row per segmentation, old and new segment and cause: customers who stayed or moved since the last publication.
with

last_members as (

    select * from {{ ref('int_prior_publication__members') }}
    where
        segment_key is not null
        and not is_scored_today

),

members as (

    select * from {{ ref('int_segment_scores') }}

),

compared as (

    select
        members.segmentation,
        last_members.segment_key as from_segment_key,
        members.segment_key as to_segment_key,
        {{ cause_of_change('last_members', 'members') | indent(8) }} as cause
    from members
    inner join last_members
        on
            members.segmentation = last_members.segmentation
            and members.customer_id = last_members.customer_id

),

moves as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        cause,
        concat_ws(' / ', segmentation, from_segment_key, to_segment_key, cause) as cell_name,
        count(*) as customers,
        count(*) < {{ var('minimum_cell_size') }} as is_small
    from compared
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        cause

),

/* the sizes of old segments were published before, those of new ones are in the table segments */
suppression_lines as (

    select
        segmentation as table_name,
        cell_name,
        concat_ws(' / ', segmentation, 'from', from_segment_key) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from moves
    union all
    select
        segmentation as table_name,
        cell_name,
        concat_ws(' / ', segmentation, 'to', to_segment_key) as line_name,
        customers,
        false as is_total,
        is_small as is_hidden
    from moves

),

{{ complementary_suppression() }},

/* what is not shown is one row of its old segment */
folded as (

    select
        moves.segmentation,
        moves.from_segment_key,
        case when complementary_suppression.cell_name is null then moves.to_segment_key else 'all_other' end
            as to_segment_key,
        case when complementary_suppression.cell_name is null then moves.cause else 'all_other' end as cause,
        cast(sum(moves.customers) as bigint) as customers
    from moves
    left join complementary_suppression
        on moves.cell_name = complementary_suppression.cell_name
    group by
        moves.segmentation,
        moves.from_segment_key,
        case when complementary_suppression.cell_name is null then moves.to_segment_key else 'all_other' end,
        case when complementary_suppression.cell_name is null then moves.cause else 'all_other' end

),

rated as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        cause,
        {{ unless_small_cell('customers') }} as customers,
        {{ unless_small_cell(
            'cast(customers as double) / sum(customers) over (partition by segmentation, from_segment_key)'
        ) }} as rate
    from folded

)

select * from rated
