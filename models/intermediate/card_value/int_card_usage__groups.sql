-- One row per cardholder and group the cardholder counts in: everyone, and the segment where there are segments.
{{ config(enabled=has_inputs('card_usage')) }}
with

features as (

    select * from {{ ref('int_card_usage__features') }}

),

members as (

    select * from {{ ref('int_segment_members') }}
    where segmentation = 'card_usage'

),

groups as (

    select
        'card_usage' as segmentation,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as segment_key,
        'All cardholders' as segment_name
    from features
    union all
    select
        segmentation,
        customer_id,
        segment_key,
        segment_name
    from members

)

select * from groups
