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
        cast(credit_cards as {{ dbt.type_string() }}) as group_key,
        customer_id,
        cast(credit_cards as {{ dbt.type_string() }}) || case when credit_cards = 1 then ' card' else ' cards' end
            as group_name,
        cast(credit_cards as integer) as group_position
    from relationships
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
