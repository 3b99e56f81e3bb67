with

flows as (

    select
        segmentation,
        from_month,
        from_segment_key,
        sum(customers) as customers,
        sum(rate) as rate,
        count(rate) as rates
    from {{ ref('monthly_segment_transitions') }}
    group by
        segmentation,
        from_month,
        from_segment_key

),

pairs as (

    select
        segmentation,
        from_month,
        sum(customers) as customers
    from flows
    group by
        segmentation,
        from_month

),

populations as (

    select
        segmentation,
        period_month,
        count(*) as customers
    from {{ ref('int_spending__monthly_scores') }}
    group by
        segmentation,
        period_month

)

select
    segmentation,
    from_month,
    from_segment_key,
    rate as observed,
    1 as expected
from flows
where
    rates > 0
    and not coalesce(abs(rate - 1) <= 1e-9, false)
union all
select
    pairs.segmentation,
    pairs.from_month,
    null as from_segment_key,
    pairs.customers as observed,
    populations.customers as expected
from pairs
inner join populations
    on
        pairs.segmentation = populations.segmentation
        and pairs.from_month = populations.period_month
where
    populations.customers >= {{ var('minimum_cell_size') }}
    and pairs.customers is distinct from populations.customers
