with

behaviours as (

    select * from {{ ref('cardholder_behaviour') }}

),

members as (

    select * from {{ ref('int_segment_scores') }}
    where segmentation = 'card_usage'

),

report as (

    select * from {{ ref('behaviour_by_segment') }}

),

/* counted afresh, without the report's own steps */
counts as (

    select
        members.segment_key,
        behaviours.behaviour_class,
        count(*) as customers
    from behaviours
    inner join members
        on behaviours.customer_id = members.customer_id
    group by
        members.segment_key,
        behaviours.behaviour_class
    union all
    select
        null as segment_key,
        behaviour_class,
        count(*) as customers
    from behaviours
    group by behaviour_class

),

/* a class without a row of its own is part of the segment's other customers */
expected as (

    select
        counts.segment_key,
        coalesce(report.behaviour_class, 'all_other') as behaviour_class,
        sum(counts.customers) as customers
    from counts
    left join report
        on
            counts.segment_key is not distinct from report.segment_key
            and counts.behaviour_class = report.behaviour_class
    group by
        counts.segment_key,
        coalesce(report.behaviour_class, 'all_other')

)

select
    report.segment_key,
    report.behaviour_class,
    report.customers,
    report.is_suppressed,
    expected.customers as expected_customers
from report
full outer join expected
    on
        report.segment_key is not distinct from expected.segment_key
        and report.behaviour_class = expected.behaviour_class
where
    report.behaviour_class is null
    or report.is_suppressed is null
    or (expected.customers < {{ var('minimum_cell_size') }} and not report.is_suppressed)
    or (not report.is_suppressed and report.customers is distinct from coalesce(expected.customers, 0))
    or (
        report.is_suppressed
        and (
            report.customers is not null
            or report.customer_share is not null
            or report.class_share is not null
            or report.index_100 is not null
            or report.standardised_residual is not null
        )
    )
