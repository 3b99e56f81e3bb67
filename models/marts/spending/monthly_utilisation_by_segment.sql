-- One row per segment and month: spend against the monthly income of its customers, and its change.
{{ config(enabled=has_inputs('customers', 'spends')) }}
with

customer_months as (

    select * from {{ ref('int_customer_months_summed') }}

),

{{ segments_of_spenders() }},

segment_names as (

    select * from {{ ref('int_segment_names') }}

),

month_sizes as (

    select * from {{ ref('int_spending__monthly_sizes') }}

),

members as (

    select
        scores.segmentation,
        segments.reported_segment_key as segment_key,
        scores.customer_id
    from scores
    inner join segments
        on scores.segment_key = segments.segment_key

),

summed as (

    select
        members.segmentation,
        members.segment_key,
        customer_months.spend_month,
        count(*) as customers,
        count(case when customer_months.spend_amount <> 0 then 1 end) as spenders,
        {{ exact_sum('customer_months.spend_amount') }} as spend_amount,
        {{ exact_sum('customer_months.monthly_income_amount') }} as income_amount
    from customer_months
    inner join members
        on customer_months.customer_id = members.customer_id
    group by
        members.segmentation,
        members.segment_key,
        customer_months.spend_month

),

month_counts as (

    select
        segmentation as attribute,
        'month' as item_class,
        spend_month as item,
        segment_key as line_name,
        spenders as customers
    from summed
    where spenders > 0

),

few_spenders as (

    select
        month_counts.attribute,
        month_counts.item_class,
        month_counts.item,
        month_counts.line_name,
        customer_months.customer_id
    from month_counts
    inner join members
        on
            month_counts.attribute = members.segmentation
            and month_counts.line_name = members.segment_key
    inner join customer_months
        on
            members.customer_id = customer_months.customer_id
            and month_counts.item = customer_months.spend_month
    where
        month_counts.customers < {{ var('minimum_cell_size') }}
        and customer_months.spend_amount <> 0

),

/* a month that is not shown of everyone is not shown of a segment */
months_of_everyone as (

    select
        'month' as item_class,
        spend_month as item,
        is_suppressed as is_folded,
        false as is_all_folded
    from {{ ref('monthly_income_utilisation') }}
    where is_total

),

{{ folded_items('folded_months', 'month_counts', 'few_spenders', 'months_of_everyone') }},

shown as (

    select
        summed.segmentation,
        summed.segment_key,
        summed.customers,
        summed.income_amount,
        case when not coalesce(folded_months.is_folded, false) then summed.spend_amount end as spend_amount,
        summed.customers < {{ var('minimum_cell_size') }} or coalesce(folded_months.is_folded, false) as is_suppressed,
        summed.spend_month
    from summed
    left join folded_months
        on
            summed.segmentation = folded_months.attribute
            and summed.spend_month = folded_months.item

),

compared as (

    select
        *,
        lag(spend_amount) over (partition by segmentation, segment_key order by spend_month) as previous_spend_amount
    from shown

),

suppressed as (

    select
        -- ids
        compared.segmentation,
        compared.segment_key,

        -- strings
        coalesce(segment_names.segment_name, {{ all_other() }}) as segment_name,

        -- numbers
        {{ unless_small_cell('compared.customers', 'compared.customers') }} as customers,
        case when not compared.is_suppressed and not month_sizes.is_folded then month_sizes.customers end
            as customers_in_month,
        {{ unless_suppressed('compared.spend_amount') }} as spend_amount,
        {{ unless_suppressed('compared.spend_amount / compared.customers') }} as average_spend_amount,
        {{ unless_suppressed('100 * compared.spend_amount / nullif(compared.income_amount, 0)') }}
            as income_utilisation_pct,
        {{ unless_suppressed('100 * (compared.spend_amount / nullif(compared.previous_spend_amount, 0) - 1)') }}
            as spend_change_pct,
        {{ unless_suppressed(
            '100 * (compared.spend_amount - compared.previous_spend_amount) / nullif(compared.income_amount, 0)'
        ) }} as income_utilisation_change_points,

        -- booleans
        compared.is_suppressed,

        -- dates
        compared.spend_month
    from compared
    left join segment_names
        on compared.segment_key = segment_names.segment_key
    left join month_sizes
        on
            compared.segment_key = month_sizes.segment_key
            and compared.spend_month = month_sizes.period_month

)

select * from suppressed
