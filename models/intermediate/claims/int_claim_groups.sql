-- One row per claim and group: how many customers it compares, and their mean outcome.
with

members as (

    select * from {{ ref('int_claim_members') }}

),

grouped as (

    select
        claim_key,
        group_side,
        group_value,
        count(*) as customers,
        {{ exact_mean('outcome') }} as mean_outcome,
        count(*) >= {{ smallest_claim_group() }} as is_large_enough
    from members
    group by
        claim_key,
        group_side,
        group_value

)

select * from grouped
