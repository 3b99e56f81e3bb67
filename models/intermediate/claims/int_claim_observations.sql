-- One row per claim, group and outcome: how many customers have it. What the tests see.
with

claims as (

    select * from {{ ref('claims') }}

),

members as (

    select * from {{ ref('int_claim_members') }}

),

sized as (

    select
        members.*,
        claims.test,
        count(*) over (partition by members.claim_key, members.group_side, members.group_value) as group_customers
    from members
    inner join claims
        on members.claim_key = claims.claim_key

),

observed as (

    select * from sized
    where group_customers >= {{ smallest_claim_group() }}

),

/* the parts of one customer's spend depend on each other, so it is their difference that is tested */
differences as (

    select
        parts.claim_key,
        rivals.group_side,
        rivals.group_value,
        rivals.group_number,
        parts.outcome - rivals.outcome as outcome
    from observed as parts
    inner join observed as rivals
        on
            parts.claim_key = rivals.claim_key
            and parts.customer_id = rivals.customer_id
            and rivals.group_side = 'b'
    where
        parts.test = 'largest_part'
        and parts.group_side = 'a'

),

outcomes as (

    select
        claim_key,
        group_side,
        group_value,
        /* only a correlation needs the number itself; elsewhere it would split a group */
        case when test = 'spearman' then group_number end as group_number,
        outcome
    from observed
    where test <> 'largest_part'
    union all
    select
        claim_key,
        group_side,
        group_value,
        cast(null as double) as group_number,
        outcome
    from differences

),

counted as (

    select
        claim_key,
        group_side,
        group_value,
        group_number,
        outcome,
        count(*) as customers
    from outcomes
    group by
        claim_key,
        group_side,
        group_value,
        group_number,
        outcome

)

select * from counted
