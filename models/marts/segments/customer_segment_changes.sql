-- One row per segmentation and customer in another segment than in the last publication: why, and what moved them.
{#- sqlfluff does not parse a lambda of two parameters. -#}
-- noqa: disable=PRS
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

moves as (

    select * from {{ ref('int_prior_publication__moves') }}

),

/* one row per feature of a customer */
places as (

    {{ rows_by_number('moves', 1, list_length('features')) | indent(4) }}

),

metric_labels as (

    select * from {{ ref('segment_metrics') }}

),

changed as (

    select
        members.segmentation,
        members.customer_id,
        last_members.segment_key as from_segment_key,
        members.segment_key as to_segment_key,
        last_members.scored_segment_key as behaviour_segment_key,
        {{ cause_of_change('last_members', 'members') | indent(8) }} as cause
    from members
    inner join last_members
        on
            members.segmentation = last_members.segmentation
            and members.customer_id = last_members.customer_id
    where members.segment_key <> last_members.segment_key

),

/* one row per feature that moved a customer towards the new segment, the strongest first */
ranked as (

    select
        features.segmentation,
        features.customer_id,
        features.feature,
        coalesce(metric_labels.label, replace(features.feature, '_', ' ')) as label,
        features.contribution,
        case when features.value_change > 0 then 'up' else 'down' end as direction,
        row_number() over (
            partition by features.segmentation, features.customer_id
            order by features.contribution desc, features.feature asc
        ) as driver_rank
    from (
        select
            segmentation,
            customer_id,
            {{ list_item('features', 'number') }} as feature,
            {{ list_item('value_changes', 'number') }} as value_change,
            {{ list_item('contributions', 'number') }} as contribution
        from places
    ) as features
    left join metric_labels
        on features.feature = metric_labels.metric

),

explained as (

    select
        segmentation,
        customer_id,
        {{ dbt.listagg(
            "case when contribution > 0 and driver_rank <= 3 then concat(label, ' ', direction) end",
            "', '", 'order by driver_rank'
        ) }} as reason,
        max(feature) filter (where contribution > 0 and driver_rank = 1) as driver_1_feature,
        max(direction) filter (where contribution > 0 and driver_rank = 1) as driver_1_direction,
        max(feature) filter (where contribution > 0 and driver_rank = 2) as driver_2_feature,
        max(direction) filter (where contribution > 0 and driver_rank = 2) as driver_2_direction,
        max(feature) filter (where contribution > 0 and driver_rank = 3) as driver_3_feature,
        max(direction) filter (where contribution > 0 and driver_rank = 3) as driver_3_direction,
        max(contribution) filter (where contribution > 0 and driver_rank = 1) as driver_1_contribution,
        max(contribution) filter (where contribution > 0 and driver_rank = 2) as driver_2_contribution,
        max(contribution) filter (where contribution > 0 and driver_rank = 3) as driver_3_contribution,
        {{ exact_sum('case when contribution <= 0 or driver_rank > 3 then contribution else 0 end') }}
            as other_contribution
    from ranked
    group by
        segmentation,
        customer_id

),

described as (

    select
        -- ids
        changed.segmentation,
        changed.customer_id,
        changed.from_segment_key,
        changed.to_segment_key,
        changed.behaviour_segment_key,

        -- strings
        changed.cause,
        explained.reason,
        explained.driver_1_feature,
        explained.driver_1_direction,
        explained.driver_2_feature,
        explained.driver_2_direction,
        explained.driver_3_feature,
        explained.driver_3_direction,

        -- numbers
        moves.gap_before,
        moves.gap_after,
        explained.driver_1_contribution,
        explained.driver_2_contribution,
        explained.driver_3_contribution,
        explained.other_contribution
    from changed
    left join moves
        on
            changed.segmentation = moves.segmentation
            and changed.customer_id = moves.customer_id
    left join explained
        on
            changed.segmentation = explained.segmentation
            and changed.customer_id = explained.customer_id

)

select * from described
