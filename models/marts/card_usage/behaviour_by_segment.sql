-- One row per card-usage segment, and one for everyone, and class of behaviour: how common the class is there.
{{ config(enabled=has_inputs('card_usage')) }}
with

cells as (

    select * from {{ ref('int_card_usage__behaviour_cells') }}

),

segments as (

    select * from {{ ref('int_segment_names') }}

),

suppressed as (

    select
        -- ids
        cells.segmentation,
        cells.segment_key,

        -- strings
        coalesce(segments.segment_name, 'All cardholders') as segment_name,
        cells.behaviour_class,

        -- numbers
        cells.segment_customers,
        {{ unless_suppressed('cells.customers') }} as customers,
        {{ unless_suppressed('cells.customer_share') }} as customer_share,
        {{ unless_suppressed('cells.class_share') }} as class_share,
        {{ unless_suppressed('cells.index_100') }} as index_100,
        {{ unless_suppressed('cells.standardised_residual') }} as standardised_residual,
        cells.cramers_v,

        -- booleans
        cells.is_suppressed
    from cells
    left join segments
        on cells.segment_key = segments.segment_key

)

select * from suppressed
