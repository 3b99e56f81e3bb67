-- One row per pair of months in succession, old segment and new segment: customers and their share of the old segment.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

monthly_scores as (

    select * from {{ ref('int_spending__monthly_scores') }}

),

segments as (

    select * from {{ ref('int_segments') }}

),

sizes as (

    select * from {{ ref('int_spending__monthly_sizes') }}

),

keyed as (

    select
        monthly_scores.segmentation,
        monthly_scores.customer_id,
        segments.segment_key,
        monthly_scores.period_month
    from monthly_scores
    inner join segments
        on
            monthly_scores.segmentation = segments.segmentation
            and monthly_scores.segment_number = segments.segment_number

),

/* segments of too few customers in a month are one */
reported as (

    select
        keyed.segmentation,
        keyed.customer_id,
        case when sizes.is_folded then 'all_other' else keyed.segment_key end as segment_key,
        keyed.period_month
    from keyed
    inner join sizes
        on
            keyed.segmentation = sizes.segmentation
            and keyed.segment_key = sizes.segment_key
            and keyed.period_month = sizes.period_month

),

in_succession as (

    select
        segmentation,
        customer_id,
        segment_key as from_segment_key,
        period_month as from_month,
        lead(segment_key) over (partition by segmentation, customer_id order by period_month) as to_segment_key,
        lead(period_month) over (partition by segmentation, customer_id order by period_month) as to_month
    from reported

),

flows as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        concat_ws(' / ', segmentation, from_month) as pair_name,
        concat_ws(' / ', segmentation, from_month, from_segment_key, to_segment_key) as flow_name,
        count(*) as customers,
        count(*) < {{ var('minimum_cell_size') }} or to_segment_key = 'all_other' as is_hidden,
        from_month,
        to_month
    from in_succession
    where to_month is not null
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        from_month,
        to_month

),

/* who leaves a segment in one month came into it in another, so the sizes of both sides are known */
suppression_lines as (

    select
        pair_name as table_name,
        flow_name as cell_name,
        concat_ws(' / ', pair_name, 'from', from_segment_key) as line_name,
        customers,
        false as is_total,
        is_hidden
    from flows
    union all
    select
        pair_name as table_name,
        flow_name as cell_name,
        concat_ws(' / ', pair_name, 'to', to_segment_key) as line_name,
        customers,
        false as is_total,
        is_hidden
    from flows

),

{{ complementary_suppression() }},

/* what is not shown is one row of its old segment */
folded as (

    select
        flows.segmentation,
        flows.from_segment_key,
        case when complementary_suppression.cell_name is null then flows.to_segment_key else 'all_other' end
            as to_segment_key,
        flows.customers,
        flows.from_month,
        flows.to_month
    from flows
    left join complementary_suppression
        on flows.flow_name = complementary_suppression.cell_name

),

migrations as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        cast(sum(customers) as bigint) as customers,
        sum(customers) / cast(
            sum(sum(customers)) over (partition by segmentation, from_month, from_segment_key) as double
        ) as rate,
        from_month,
        to_month
    from folded
    group by
        segmentation,
        from_segment_key,
        to_segment_key,
        from_month,
        to_month

),

/* fewer people than a cell needs have no flows to show */
suppressed as (

    select
        segmentation,
        from_segment_key,
        to_segment_key,
        {{ unless_small_cell('customers') }} as customers,
        {{ unless_small_cell('rate') }} as rate,
        from_month,
        to_month
    from migrations

)

select * from suppressed
