-- One row per card-usage segment, and one for everyone, and class of behaviour: how common the class is there.
{{ config(enabled=has_inputs('card_usage')) }}
with

cells as (

    select * from {{ ref('int_card_usage__behaviour_cells') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

/* what is not shown by itself is one class of its segment */
folded as (

    select
        segmentation,
        segment_key,
        'all_other' as behaviour_class,
        max(segment_customers) as segment_customers,
        cast(sum(customers) as bigint) as customers,
        sum(class_customers) as class_customers,
        max(population_customers) as population_customers,
        max(cramers_v) as cramers_v
    from cells
    where is_suppressed
    group by
        segmentation,
        segment_key

),

shown as (

    select
        segmentation,
        segment_key,
        behaviour_class,
        segment_customers,
        customers,
        customer_share,
        class_share,
        index_100,
        standardised_residual,
        cramers_v,
        false as is_suppressed
    from cells
    where not is_suppressed
    union all
    select
        segmentation,
        segment_key,
        behaviour_class,
        segment_customers,
        customers,
        cast(customers as double) / segment_customers as customer_share,
        cast(customers as double) / nullif(class_customers, 0) as class_share,
        100 * customers * cast(population_customers as double) / nullif(segment_customers * class_customers, 0)
            as index_100,
        {{ adjusted_residual('customers', 'segment_customers', 'class_customers', 'population_customers') }}
            as standardised_residual,
        cramers_v,
        customers < {{ var('minimum_cell_size') }} as is_suppressed
    from folded

),

suppressed as (

    select
        -- ids
        shown.segmentation,
        shown.segment_key,

        -- strings
        coalesce(segments.segment_name, 'All cardholders') as segment_name,
        shown.behaviour_class,

        -- numbers
        shown.segment_customers,
        {{ unless_suppressed('shown.customers') }} as customers,
        {{ unless_suppressed('shown.customer_share') }} as customer_share,
        {{ unless_suppressed('shown.class_share') }} as class_share,
        {{ unless_suppressed('shown.index_100') }} as index_100,
        {{ unless_suppressed('shown.standardised_residual') }} as standardised_residual,
        shown.cramers_v,

        -- booleans
        shown.segment_key is null as is_total,
        shown.is_suppressed
    from shown
    left join segments
        on shown.segment_key = segments.segment_key

)

select * from suppressed
