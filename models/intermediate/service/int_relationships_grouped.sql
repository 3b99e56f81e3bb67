-- One row per card relationship and kind of group: the group that the relationship is counted in.
{{ config(enabled=has_inputs('card_relationships')) }}
with

relationships as (

    select * from {{ ref('int_relationship__features') }}

),

scores as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'relationship'

),

/* the share of customers below, not a count of rows, so equal limits are never split */
credit_limit_bands as (

    select
        customer_id,
        1 + cast(floor(
            4.0 * (rank() over (order by credit_limit_amount) - 1) / count(*) over ()
        ) as integer) as group_position
    from relationships

),

card_counts as (

    select
        credit_cards,
        count(*) as customers
    from relationships
    group by credit_cards

),

/* numbers of cards that too few people have are one group, after the others */
card_groups as (

    select
        credit_cards,
        {{ is_folded('customers', '1', 'credit_cards') }} as is_folded,
        max(credit_cards) over () + 1 as last_position
    from card_counts

),

grouped as (

    select
        'all' as group_type,
        'all' as group_key,
        customer_id,
        'All customers' as group_name,
        1 as group_position
    from relationships
    union all
    select
        'segment' as group_type,
        segment_key as group_key,
        customer_id,
        /* tables for readers add its name */
        cast(null as {{ dbt.type_string() }}) as group_name,
        cast(dense_rank() over (order by segment_key) as integer) as group_position
    from scores
    union all
    select
        'credit_cards' as group_type,
        case
            when card_groups.is_folded then 'all_other'
            else cast(relationships.credit_cards as {{ dbt.type_string() }})
        end as group_key,
        relationships.customer_id,
        case
            when card_groups.is_folded then {{ all_other() }}
            else
                cast(relationships.credit_cards as {{ dbt.type_string() }})
                || case when relationships.credit_cards = 1 then ' card' else ' cards' end
        end as group_name,
        cast(
            case when card_groups.is_folded then card_groups.last_position else relationships.credit_cards end
            as integer
        ) as group_position
    from relationships
    inner join card_groups
        on relationships.credit_cards = card_groups.credit_cards
    union all
    select
        'credit_limit_band' as group_type,
        cast(group_position as {{ dbt.type_string() }}) as group_key,
        customer_id,
        'Quarter ' || cast(group_position as {{ dbt.type_string() }}) || ' of 4 by credit limit' as group_name,
        group_position
    from credit_limit_bands

)

select * from grouped
